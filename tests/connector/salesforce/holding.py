"""A clock that waits for nothing, what jobs would hold after some pages, and entities in few words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from connector.contract import Entity, Merge, Page


class Moment:
    """A time that moves only when it is told to, or slept away."""

    def __init__(self) -> None:
        self.time, self.slept = 1_800_000_000.0, []

    def now(self) -> float:
        return self.time

    def ticks(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def pass_by(self, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        self.time += days * 86_400 + hours * 3600 + minutes * 60


@dataclass
class Held:
    """What jobs would hold after the pages: rows by id, and where to go on."""

    rows: dict = field(default_factory=dict)
    merged: list = field(default_factory=list)
    cursor: object = None
    skipped: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    pages: int = 0
    heard: set = field(default_factory=set)

    def take_all(self, pages: Iterable[Page]) -> "Held":
        for page in pages:
            self.take(page)
        return self

    def take(self, page: Page, at: int = 0) -> "Held":
        """`at`: where the id is among the columns."""
        assert page.living
        self.pages += 1
        for row in page.rows:
            self.rows[row[at]] = row
            self.heard.add(row[at])
        for one in page.deleted:
            self.rows.pop(one, None)
        for one in page.merged:
            assert isinstance(one, Merge)
            self.rows.pop(one.loser, None)
            self.merged.append((one.loser, one.survivor))
        self.heard.update(page.seen)
        self.skipped += page.skipped
        self.notes += page.notes
        self.cursor = page.cursor
        if page.last and page.snapshot:
            self.rows = {one: row for one, row in self.rows.items() if one in self.heard}
        if page.last:
            self.heard = set()
        return self


def entity(source="Account", *columns, kind="business", ids=("Id",), complete=True, **options):
    return Entity(kind, source, columns or ("Id", "Name"), None, ids, complete, options)
