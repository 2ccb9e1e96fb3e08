"""A HubSpot account as the stand-in holds it: records with their past, associations, properties. No HTTP.

Each behaviour names the page it comes from; pages are of developers.hubspot.com unless they say otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connector.http.clock import Clock

CONTACTS = "contacts"
LABELS = {"hs_object_id": "Record ID", "createdate": "Create date", "hs_lastmodifieddate": "Last modified date"}
MERGED = {"hs_merged_object_ids": "Merged record IDs", "hs_calculated_merged_vids": "Merged vids with timestamps of a contact"}
PLAIN = {"category": "HUBSPOT_DEFINED", "typeId": 200, "label": None}
PRIMARY = {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}


def iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp_name(table: str) -> str:
    """docs/api-reference/2026-03/crm/search-the-crm: contacts have lastmodifieddate, other objects hs_lastmodifieddate."""
    return "lastmodifieddate" if table == CONTACTS else "hs_lastmodifieddate"


@dataclass
class Version:
    """What a record was from a time on; nothing when it was no longer there."""

    since: int
    properties: Mapping[str, str | None] | None


@dataclass
class Record:
    """One record with its past."""

    id: str
    created: int
    versions: list[Version] = field(default_factory=list)
    archived_at: int | None = None

    @property
    def properties(self) -> Mapping[str, str | None]:
        """What it is, or was when it was deleted."""
        return next(version.properties for version in reversed(self.versions) if version.properties is not None)

    @property
    def changed(self) -> int:
        return next(version.since for version in reversed(self.versions) if version.properties is not None)

    def seen_at(self, milliseconds: int) -> Version | None:
        """The version that was there at that time."""
        for version in reversed(self.versions):
            if version.since <= milliseconds:
                return version if version.properties is not None else None
        return None


class Account:
    """The records of one account. `put`, `delete`, `restore`, `purge`, `merge` and `associate` are what people do to it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.tables: dict[str, dict[str, Record]] = {}
        self.aliases: dict[str, dict[str, str]] = {}
        self.known: dict[str, dict[str, str]] = {}
        self.links: dict[tuple[str, str, str], dict[str, list[dict[str, object]]]] = {}
        self.shadows: dict[str, list[Record]] = {}
        """Merged-away records, which the search index shows until it has caught up."""
        self.merge_keeps_id = False
        """Until January 2025 the primary record kept its id; now the merged record has a new one
        (changelog/updated-merge-functionality-for-contacts-and-companies)."""

    def now(self) -> int:
        return int(self.clock.now() * 1000)

    def declare(self, table: str, **labels: str) -> None:
        """Properties that the object has, by name, with their labels."""
        self.known.setdefault(table, {**LABELS, **MERGED, stamp_name(table): "Last modified date"}).update(labels)

    def put(self, table: str, one: str, fields: Mapping[str, str | None]) -> None:
        """Creates or changes a record; a deleted one is restored, which sets its modification date (integrate.hubspot.com/t/11963).
        The id of a record that was merged into another means that one (changelog/updated-merge-functionality-…)."""
        self.declare(table, **{name: name.replace("_", " ").capitalize() for name in fields if name not in self.known.get(table, {})})
        one = self.current(table, one)
        now = self.now()
        record = self.tables.setdefault(table, {}).setdefault(one, Record(one, now))
        record.archived_at = None
        held = record.properties if record.versions else {}
        record.versions.append(Version(now, {**held, **fields}))

    def delete(self, table: str, one: str) -> None:
        """Moves a record to the recycle bin (api-reference "Archive": DELETE moves it there; it can be restored for 90 days)."""
        record = self.tables[table][one]
        record.archived_at = self.now()
        record.versions.append(Version(self.now(), None))

    def purge(self, table: str, one: str) -> None:
        """Deletes for good: it is in no list any more (knowledge.hubspot.com, restorable and permanent contact deletions)."""
        del self.tables[table][one]

    def merge(self, table: str, loser: str, survivor: str) -> str:
        """Merges; gives the id of what came of it (api-reference/legacy/crm/objects/companies/merge-companies). The values are the
        primary record's, both ids point at the result (changelog/updated-merge-functionality-…), and the losers stand in
        hs_merged_object_ids, a contact's in hs_calculated_merged_vids with the time of the merge. Losers are in no list."""
        now = self.now()
        records = self.tables[table]
        gone = [loser] if self.merge_keeps_id else [survivor, loser]
        into = survivor if self.merge_keeps_id else str(max(int(one) for one in records) + 1)
        name = "hs_calculated_merged_vids" if table == CONTACTS else "hs_merged_object_ids"
        past = [records[one].properties.get(name) or "" for one in (survivor, loser)]
        told = [f"{one}:{now}" if table == CONTACTS else one for one in gone]
        properties = {**records[survivor].properties, name: ";".join(part for part in (*past, *told) if part)}
        if not self.merge_keeps_id:
            records[into] = Record(into, now)
        records[into].versions.append(Version(now, properties))
        for one in gone:
            self._move_links(table, one, into)
            self.shadows.setdefault(table, []).append(records.pop(one))
            self.shadows[table][-1].versions.append(Version(now, None))
            self.aliases.setdefault(table, {})[one] = into
        return into

    def current(self, table: str, one: str) -> str:
        """The id that an id means now."""
        aliases = self.aliases.get(table, {})
        while one in aliases:
            one = aliases[one]
        return one

    def live(self, table: str, archived: bool = False) -> Iterator[Record]:
        """Records that are there, or in the recycle bin."""
        return (record for record in self.tables.get(table, {}).values() if (record.archived_at is not None) == archived)

    def indexed(self, table: str, lag: float) -> Iterator[tuple[str, Version]]:
        """What the search index shows: the records as they were `lag` seconds ago."""
        at = self.now() - int(lag * 1000)
        for record in (*self.tables.get(table, {}).values(), *self.shadows.get(table, [])):
            version = record.seen_at(at)
            if version is not None:
                yield record.id, version

    def associate(self, table: str, one: str, to: str, other: str, primary: bool = False) -> None:
        """Associates two records, in both directions; the modification dates stay (airbytehq/airbyte issues 27199 and 44554)."""
        self.links.setdefault((table, one, to), {})[other] = [*([PRIMARY] if primary else []), PLAIN]
        self.links.setdefault((to, other, table), {})[one] = [PLAIN]

    def dissociate(self, table: str, one: str, to: str, other: str) -> None:
        self.links[table, one, to].pop(other, None)
        self.links[to, other, table].pop(one, None)

    def linked(self, table: str, one: str, to: str) -> list[tuple[str, list[dict[str, object]]]]:
        """What a record is associated with, deleted records aside (a deleted record's activities are unassociated from it:
        knowledge.hubspot.com, restorable and permanent contact deletions)."""
        there = {record.id for record in self.live(to)}
        return [(other, types) for other, types in self.links.get((table, one, to), {}).items() if other in there]

    def _move_links(self, table: str, one: str, into: str) -> None:
        """Associations of the merged records are the result's (changelog/updated-merge-functionality-…)."""
        for key in [key for key in self.links if key[:2] == (table, one)]:
            for other, types in self.links.pop(key).items():
                self.links.setdefault((table, into, key[2]), {}).setdefault(other, types)
                back = self.links[key[2], other, table]
                back[into] = back.pop(one)
