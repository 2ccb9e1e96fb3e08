"""The kind `rest` driven against a site, and what a store would hold after its pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector.contract import Connector, Cursor, Entity, Page, Row
from connector.kind import Context
from connector.kinds import kind_of

COLUMNS = ("id", "name", "changed")


class SetClock:
    """A clock that stands until it is set on; sleeping sets it on."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def ticks(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def entity(source: str = "firms", columns: tuple[str, ...] = COLUMNS, options: Any = None, **more: Any) -> Entity:
    return Entity("business", source, columns, **{"ids": ("id",), "options": options or {}, **more})


def opened(url: str, options: dict, clock: Any, folder: Path = Path("/nowhere"), **settings: Any) -> Connector:
    kind = kind_of("rest")
    return kind.open(kind.settings(url=url, **settings), Context("council", folder, options, clock=clock))


@dataclass
class Held:
    """Rows by id: what came, less what was deleted and what a snapshot leaves out. `cursor` goes on after the last page taken."""

    ids: tuple[int, ...] = (0,)
    rows: dict[str, Row] = field(default_factory=dict)
    came: set[str] = field(default_factory=set)
    cursor: Cursor | None = None
    pages: list[Page] = field(default_factory=list)

    def take(self, page: Page) -> None:
        assert page.living
        self.pages.append(page)
        for row in page.rows:
            key = "|".join(str(row[at]) for at in self.ids)
            self.rows[key] = row
            self.came.add(key)
        for gone in page.deleted:
            self.rows.pop(gone, None)
        self.came |= set(page.seen)
        self.cursor = page.cursor
        if page.last:
            if page.snapshot:
                self.rows = {key: row for key, row in self.rows.items() if key in self.came}
            self.came = set()

    def pull(self, connector: Connector, wanted: Entity) -> list[Page]:
        """A whole pull from where it stands; its pages."""
        self.pages = []
        for page in pages(connector, wanted, self.cursor):
            self.take(page)
        assert self.pages[-1].last
        return self.pages

    def notes(self) -> list[str]:
        return [note for page in self.pages for note in page.notes]


def pages(connector: Connector, wanted: Entity, cursor: Cursor | None) -> Iterator[Page]:
    """Pages up to the last; a cursor has to live through JSON."""
    import json

    last = False
    for page in connector.pull(wanted, cursor and json.loads(json.dumps(cursor))):
        assert not last
        last = page.last
        yield page
    assert last
