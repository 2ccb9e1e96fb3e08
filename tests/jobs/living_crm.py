"""A CRM in memory that people work in, behind the connector contract: whole reads, and reads of what changed, in three ways."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from connector.contract import Cursor, Entity, Finding, Merge, Page, ReadOnly, TryLater

WAYS = ("tracked", "swept", "whole")
"""How a table tells what is gone: by itself; by a sweep of all ids; not at all, so that it is read whole each time."""


@dataclass
class Version:
    """What happened last to an id."""

    when: int
    row: dict[str, str] | None
    """None: it is deleted."""
    survivor: str | None = None


@dataclass
class LivingCrm(ReadOnly):
    """Tables by source. `between` is called before each page, as people go on working; `pages_left` stops a read after so many pages."""

    ways: dict[str, str]
    page: int = 3
    tables: dict[str, dict[str, Version]] = field(default_factory=dict)
    now: int = 0
    between: Callable[[], None] = lambda: None
    pages_left: int | None = None
    forgets: bool = False
    """It knows no cursor any more, once."""

    def put(self, table: str, source_id: str, row: dict[str, str]) -> None:
        self._happens(table, source_id, Version(0, {"Id": source_id, **row}))

    def delete(self, table: str, source_id: str) -> None:
        if self.live(table).get(source_id):
            self._happens(table, source_id, Version(0, None))

    def merge(self, table: str, loser: str, survivor: str) -> None:
        if loser != survivor and {loser, survivor} <= self.live(table).keys():
            self._happens(table, loser, Version(0, None, survivor))

    def live(self, table: str) -> dict[str, dict[str, str]]:
        return {source_id: version.row for source_id, version in self.tables.get(table, {}).items() if version.row is not None}

    def _happens(self, table: str, source_id: str, version: Version) -> None:
        self.now += 1
        version.when = self.now
        held = self.tables.setdefault(table, {})
        held.pop(source_id, None)
        held[source_id] = version

    def check(self, entities: list[Entity]) -> list[Finding]:
        return []

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        if cursor is None or not self.forgets:
            yield from self._pull(entity, cursor)
            return
        self.forgets = False
        first, *others = self._pull(entity, None)
        yield replace(first, restarted=True, notes=[f"{entity.source}: everything is read again"])
        yield from others

    def _pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        since = int(str(cursor["since"])) if cursor else -1
        began = int(str(cursor.get("began", self.now))) if cursor else self.now
        at, way = int(str(cursor.get("at", since))) if cursor else -1, self.ways[entity.source]
        whole = since < 0
        while True:
            self._disturb()
            found = [(key, version) for key, version in self.tables.get(entity.source, {}).items() if version.when > at][: self.page]
            if not found:
                break
            at = found[-1][1].when
            yield self._page(entity, found, {"since": since, "began": began, "at": at}, snapshot=whole or way != "tracked")
        ending = {"since": began} if way != "whole" else None
        seen = list(self.live(entity.source)) if way == "swept" and not whole else []
        yield Page(seen=seen, cursor=ending, last=True, snapshot=whole or way != "tracked", living=True)

    def _page(self, entity: Entity, found: list[tuple[str, Version]], cursor: Cursor, snapshot: bool) -> Page:
        return Page(
            rows=[tuple(version.row.get(column, "") for column in entity.columns) for _, version in found if version.row is not None],
            deleted=[key for key, version in found if version.row is None and version.survivor is None],
            merged=[Merge(key, version.survivor) for key, version in found if version.survivor is not None],
            cursor=cursor,
            snapshot=snapshot,
            living=True,
        )

    def _disturb(self) -> None:
        self.between()
        if self.pages_left is not None:
            self.pages_left -= 1
            if self.pages_left < 0:
                raise TryLater("the service asks to wait")
