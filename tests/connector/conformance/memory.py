"""The smallest connector that does all that the contract asks, to a system in memory; and the defects that it can be given."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pydantic import Field, SecretStr

from connector.conformance import World
from connector.contract import Entity, Finding, Merge, Page, ReadOnly, StopConnection, StopEntity
from connector.kind import Kind, KindSettings

KEY = "memory-key-4711"
PAGE = 3
DEFECTS = {
    "loses the last row": "test_a_whole_read_gives_every_row_with_its_cells",
    "swaps cells": "test_a_whole_read_gives_every_row_with_its_cells",
    "one page": "test_a_whole_read_gives_every_row_with_its_cells",
    "gives a row twice": "test_a_whole_read_gives_every_row_once_while_nothing_changes",
    "no last page": "test_a_whole_read_gives_every_row_with_its_cells",
    "every page is the last": "test_a_whole_read_gives_every_row_once_while_nothing_changes",
    "no snapshot": "test_a_whole_read_is_a_snapshot",
    "a cursor of tuples": "test_a_whole_read_gives_every_row_with_its_cells",
    "skips a page when going on": "test_a_read_goes_on_after_any_page",
    "an increment is a snapshot": "test_a_read_after_no_change_loses_nothing",
    "deletes what is there": "test_a_read_after_no_change_loses_nothing",
    "no increment": "test_what_changed_is_in_the_next_read",
    "no deletions": "test_what_was_deleted_is_gone_after_the_next_read",
    "deletions after rows": "test_a_row_that_was_deleted_and_came_back_is_there",
    "begins at the end": "test_what_changes_while_it_is_read_is_in_the_next_read",
    "no merges": "test_a_merge_arrives",
    "crashes on nonsense": "test_a_cursor_of_nonsense_is_a_whole_read_with_a_note",
    "no note": "test_a_cursor_of_nonsense_is_a_whole_read_with_a_note",
    "not restarted": "test_a_cursor_of_nonsense_is_a_whole_read_with_a_note",
    "stops on damage": "test_a_damaged_cursor_stops_nothing",
    "names no column": "test_a_column_that_is_not_there_is_named",
    "takes any column": "test_a_column_that_is_not_there_is_named",
    "stops all": "test_a_source_that_is_not_there_stops_the_entity_alone",
    "check is silent": "test_check_has_a_good_word_for_each_entity",
    "check finds nothing": "test_check_reports_a_source_that_is_not_there",
    "check raises": "test_a_sign_in_that_is_refused_stops_the_connection",
    "lets anybody in": "test_a_sign_in_that_is_refused_stops_the_connection",
    "tells the key": "test_no_secret_is_seen_anywhere",
    "one fingerprint for all": "test_a_fingerprint_is_a_text_or_none",
}
"""What can be wrong with the connector, and the test of the suite that finds it."""


ALWAYS = {
    "loses the last row": lambda page: {"rows": page.rows[:-1] if page.last else page.rows},
    "swaps cells": lambda page: {"rows": [(row[0], row[2], row[1], *row[3:]) for row in page.rows]},
    "gives a row twice": lambda page: {"rows": page.rows + page.rows[:1]},
    "no last page": lambda page: {"last": False},
    "every page is the last": lambda page: {"last": True},
    "a cursor of tuples": lambda page: {"cursor": {"at": (1, 2)}},
}
INCREMENTS = {
    "deletes what is there": lambda page: {"deleted": ["id-1"]},
    "no increment": lambda page: {"rows": []},
    "no deletions": lambda page: {"deleted": []},
}
"""Defects of a page: what of it is another."""


@dataclass
class System:
    """Tables of rows, each with the tick at which it changed, and what became of those that are gone."""

    tables: dict[str, dict[str, dict]] = field(default_factory=dict)
    gone: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Tick, table, id, survivor if it was merged."""
    tick: int = 0
    key: str = KEY

    def put(self, table: str, row_id: str, cells: dict) -> None:
        self.tick += 1
        self.tables.setdefault(table, {})[row_id] = {**cells, "id": row_id, "changed": self.tick}

    def remove(self, table: str, row_id: str, survivor: str = "") -> None:
        self.tick += 1
        del self.tables[table][row_id]
        self.gone.append((self.tick, table, row_id, survivor))


class MemoryConnector(ReadOnly):
    """Reads by id, then by tick. A cursor is {since, begun, after}: changes after tick `since`, ids after `after`."""

    def __init__(self, system: System, key: str, defect: str = "") -> None:
        self.system, self.key, self.defect = system, key, defect

    def check(self, entities):
        findings = []
        for entity in entities:
            try:
                self._table(entity)
                findings.append(Finding(entity.source, True, "read"))
            except (StopEntity, StopConnection) as fault:
                if self.defect == "check raises":
                    raise
                findings.append(Finding(entity.source, self.defect == "check finds nothing", str(fault)))
        return [Finding("all", one.ok, "") for one in findings] if self.defect == "check is silent" else findings

    def fingerprint(self, entity):
        return "always" if self.defect == "one fingerprint for all" else None

    def pull(self, entity, cursor):
        table, notes = self._table(entity), []
        if cursor is not None and not self._good(cursor):
            if self.defect == "crashes on nonsense":
                raise KeyError(str(cursor))
            if self.defect == "stops on damage" and cursor.keys() & {"since"} and "begun" in cursor:
                raise StopEntity("this cursor does not work")
            notes = [] if self.defect == "no note" else ["this cursor is none; all is read again"]
            cursor = None
        since, after = (cursor["since"], cursor["after"]) if cursor else (-1, "")
        begun = cursor["begun"] if cursor and after else self.system.tick
        for page in self._pages(entity, table, since, begun, after):
            yield replace(page, notes=notes, restarted=bool(notes) and self.defect != "not restarted")
            notes = []

    def _pages(self, entity, table, since, begun, after):
        snapshot = (since < 0 and self.defect != "no snapshot") or self.defect == "an increment is a snapshot"
        size = 100 if self.defect == "one page" else PAGE
        while True:
            wanted = sorted(row_id for row_id, row in table.items() if row_id > after and row["changed"] > since)
            if self.defect == "skips a page when going on" and after and since < 0 and len(wanted) == 5:
                wanted = wanted[3:]
            rows, last = wanted[:size], len(wanted) <= size
            after = rows[-1] if rows else after
            gone = [one for one in self.system.gone if one[0] > since and one[1] == entity.source and one[2] not in table and last]
            if self.defect == "deletions after rows":
                gone = [one for one in self.system.gone if one[0] > since and one[1] == entity.source and last]
            begins = self.system.tick if self.defect == "begins at the end" else begun
            onward = {"since": since, "begun": begun, "after": after}
            merges = [] if self.defect == "no merges" else [Merge(one[2], one[3]) for one in gone if one[3]]
            page = Page(
                rows=[tuple(table[row_id].get(column) for column in entity.columns) for row_id in rows],
                deleted=[one[2] for one in gone if since >= 0 and (not one[3] or self.defect == "no merges")],
                merged=merges if since >= 0 else [],
                cursor={"since": begins, "begun": begins, "after": ""} if last else onward,
                last=last, snapshot=snapshot, living=True,
            )  # fmt: skip
            yield self._spoiled(page, since)
            if last:
                return

    def _spoiled(self, page, since):
        spoil = ALWAYS.get(self.defect) or (INCREMENTS.get(self.defect) if since >= 0 else None)
        return replace(page, **spoil(page)) if spoil else page

    def _good(self, cursor):
        numbers = all(isinstance(cursor.get(name), int) for name in ("since", "begun")) and cursor["begun"] >= 0 and cursor["since"] >= -1
        return numbers and (cursor.get("after") == "" or cursor.get("after") in self._ids())

    def _ids(self):
        known = {row_id for table in self.system.tables.values() for row_id in table}
        return known | {one[2] for one in self.system.gone}

    def _table(self, entity):
        said = f" (with the key {self.key})" if self.defect == "tells the key" else ""
        if self.key != self.system.key and self.defect != "lets anybody in":
            raise StopConnection(f"the key is refused{said}; write the right one")
        if entity.source not in self.system.tables:
            raise (StopConnection if self.defect == "stops all" else StopEntity)(f"there is no table {entity.source}{said}; correct `from`")
        known = {column for row in self.system.tables[entity.source].values() for column in row}
        for column in entity.columns:
            if column not in known and self.defect != "takes any column":
                raise StopEntity("a column is missing" if self.defect == "names no column" else f"there is no column {column}")
        return self.system.tables[entity.source]


class MemorySettings(KindSettings):
    """What a system in memory wants."""

    key: SecretStr = Field(description="the key")


class MemoryWorld(World):
    """The system and who reads it."""

    def __init__(self, defect: str = "") -> None:
        self.system, self.defect = System(), defect

    def connector(self) -> MemoryConnector:
        return MemoryConnector(self.system, KEY, self.defect)

    def entities(self) -> Sequence[Entity]:
        columns = ("id", "name", "town", "changed")
        return [Entity("business", "firms", columns, "changed", ("id",)), Entity("person", "people", columns, "changed", ("id",))]

    def put(self, entity, source_id, fields):
        self.system.put(entity.source, source_id, fields)

    def delete(self, entity, source_id):
        self.system.remove(entity.source, source_id)

    def merge(self, entity, loser, survivor):
        self.system.remove(entity.source, loser, survivor)

    def break_sign_in(self):
        self.system.key = "another"

    def secrets(self):
        return [KEY]


KIND = Kind(MemorySettings, lambda settings, context: MemoryConnector(System(), settings.key.get_secret_value()), "a system in memory")
