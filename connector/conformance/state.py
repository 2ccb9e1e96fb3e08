"""What is held of one entity after its pages: the reference for what a page means. Jobs do the same in the database."""

import json
from datetime import date
from typing import Any

from connector.contract import Connector, Cursor, Entity, Merge, Page, Row, Skipped, Value


class BrokenContract(AssertionError):
    """A connector gave what the contract does not allow; the message says what to do about it."""


class State:
    """The rows of one entity by source_id, and where their read stands. `apply` takes one page, `read` goes on as a run does."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.rows: dict[str, Row] = {}
        self.merged: dict[str, str] = {}
        """The survivor of each record that was merged away."""
        self.deleted: set[str] = set()
        """Every id that any page said is deleted."""
        self.notes: list[str] = []
        self.skipped: list[Skipped] = []
        self.cursor: Cursor | None = None
        """Where the next `read` goes on."""
        self.pages = 0
        self._met: set[str] = set()
        """The ids that this read has shown so far, over all runs that it took."""
        self._at = [entity.columns.index(column) for column in entity.ids]

    def read(self, connector: Connector, pages: int | None = None) -> bool:
        """Goes on from the cursor and takes every page; True when the read is whole. With `pages` it stops after so many of them.

        Raises BrokenContract, and what `pull` raises: what was taken before that stays."""
        last = False
        for count, page in enumerate(connector.pull(self.entity, self.cursor), start=1):
            if last:
                raise BrokenContract("a page comes after the one that said it was the last: set `last` on the last page alone")
            self.apply(page)
            last = page.last
            if count == pages:
                return last
        if not last:
            raise BrokenContract("the pages end and none said that it was the last: set `last` on the last page, even where it has no rows")
        return True

    def apply(self, page: Page) -> None:
        """Takes a page: rows replace those with their id, then deletions, merges and ids seen; after a last page that ends a snapshot,
        what it left out is gone. A page that restarts the read makes void what it has shown so far.

        Raises BrokenContract."""
        check_page(page, self.entity)
        if page.restarted:
            self._met = set()
        for row in page.rows:
            self.rows[self.source_id(row)] = row
        self._met |= {self.source_id(row) for row in page.rows}
        for gone in page.deleted:
            self._remove(gone)
        self.deleted.update(page.deleted)
        for merge in page.merged:
            self._merge(merge)
        self._met.update(page.seen)
        if page.last:
            self._end(page.snapshot)
        self.notes += page.notes
        self.skipped += page.skipped
        self.cursor = None if page.cursor is None else json.loads(json.dumps(page.cursor))
        self.pages += 1

    def source_id(self, row: Row) -> str:
        """The row's source_id; where the entity has no ids, all that it says."""
        return "|".join(as_text(row[at]) for at in self._at) if self._at else repr(row)

    def _remove(self, source_id: str) -> None:
        self.rows.pop(source_id, None)
        self._met.discard(source_id)

    def _merge(self, merge: Merge) -> None:
        self._remove(merge.loser)
        self.merged[merge.loser] = merge.survivor

    def _end(self, snapshot: bool) -> None:
        if snapshot and self.entity.complete:
            self.rows = {source_id: row for source_id, row in self.rows.items() if source_id in self._met}
        self._met = set()


def as_text(value: Value) -> str:
    """A part of a source_id: without outer spaces, a whole number without a decimal point, yes and no as true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def check_page(page: Page, entity: Entity) -> None:
    """Raises BrokenContract for a page that is not of the contract's shape."""
    for row in page.rows:
        _check_row(row, entity)
    for name, ids in (("deleted", page.deleted), ("seen", page.seen)):
        if not all(isinstance(one, str) and one for one in ids):
            raise BrokenContract(f"`{name}` holds something that is no id: give texts, as `Entity.ids` makes them")
    for merge in page.merged:
        if not merge.loser or not merge.survivor or merge.loser == merge.survivor:
            raise BrokenContract("a merge needs a loser and a survivor that are two ids")
    if not all(isinstance(note, str) for note in page.notes):
        raise BrokenContract("a note is a text")
    if page.cursor is None and not page.last:
        raise BrokenContract("a page before the last has no cursor: give every page the cursor to go on after it")
    _check_cursor(page.cursor)


def _check_row(row: Row, entity: Entity) -> None:
    if not isinstance(row, tuple) or len(row) != len(entity.columns):
        raise BrokenContract(f"a row is a tuple with a cell for each of the {len(entity.columns)} columns of the entity, in their order")
    for column, value in zip(entity.columns, row, strict=True):
        if not isinstance(value, str | int | float | bool | date | None):
            raise BrokenContract(f"the cell of {column} is a {type(value).__name__}: give a text, number, yes or no, date or None")
    if entity.ids and not any(as_text(row[entity.columns.index(column)]) for column in entity.ids):
        raise BrokenContract("a row has no id: give it as `Skipped` with a reason")


def _check_cursor(cursor: Cursor | None) -> None:
    try:
        again: Any = json.loads(json.dumps(cursor, allow_nan=False))
    except (TypeError, ValueError):
        again = BrokenContract
    if again != cursor or not (cursor is None or isinstance(cursor, dict)):
        raise BrokenContract("a cursor is a dict that JSON gives back as it was: texts, numbers, yes or no, None, lists and dicts of them")
