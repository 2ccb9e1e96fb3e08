"""Two CRMs of a few firms in which the rules join some records, leave some pairs open, and people decide."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from connector.files import FilesConnector
from jobs.flag import flags_as_of
from jobs.flag_stage import reflag
from jobs.pipeline import refresh, sync
from jobs.pulling import Options
from jobs.rules import Rules
from jobs.sources import Source
from mappings import field_map
from store import bulk
from store.database import Database
from store.tables import BusinessRecord, Connection, PersonRecord, Record
from tests.snapshot import Rows, everything

ZONE, DAY, RULES = ZoneInfo("Europe/London"), date(2026, 11, 1), Rules.load()
NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
COUNCIL = """
business: {from: firms.csv, id: Id, fields: {name: Name, postcode: Post, town: Town, website: Web}}
person: {from: people.csv, id: Id, fields: {name: Name, title: Job, email: Mail, business: Firm, do_not_contact: Dnc}}
engagement:
  from: visits.csv
  id: Id
  fields: {kind: Kind, starts_at: When, business: Firm, notes: Notes, owner: Owner}
  participants: {from: Who, split: ";", match: id}
"""
CHAMBER = """
business: {from: members.csv, id: Ref, fields: {name: Member, postcode: Post, town: Town, website: Web}}
person: {from: contacts.csv, id: Ref, fields: {name: Name, title: Role, email: Email, business: Member}}
"""
FILES = {
    "council": {
        "firms.csv": ["Id,Name,Post,Town,Web", "A1,Netherby Ceramics Ltd,ZX1 1AB,Thornley,netherby.example", "A2,The Plough,ZX2 1AB,Thornley,",
                      "A3,Ashdown Dental,ZX3 1AB,Millbrook,ashdown.example", "A4,Netherby Ceramics,ZX1 1AB,Thornley,", "A5,Quill Print,ZX5 1AB,Thornley,"],
        "people.csv": ["Id,Name,Job,Mail,Firm,Dnc", "P1,Ann Lee,Chief Executive,ann@netherby.example,A1,", "P2,Bob Ray,Clerk,bob@netherby.example,A1,",
                       "P3,Cy Doe,Managing Director,cy@ashdown.example,A3,", "P4,Di Fox,Chief Executive,di@ashdown.example,A3,yes"],
        "visits.csv": ["Id,Kind,When,Firm,Notes,Owner,Who", "V1,meeting,2026-08-01,A1,wants apprentices,J Officer,P1;P2", "V2,call,2026-09-01,A3,about apprentices,J Officer,P3"],
    },
    "chamber": {
        "members.csv": ["Ref,Member,Post,Town,Web", "M1,NETHERBY CERAMICS LIMITED,ZX1 1AB,Thornley,www.netherby.example", "M2,The Plough,,Stockport,",
                        "M3,Dental at Ashdown,,Millbrook,", "M5,Quill Printers,ZX5 9ZZ,Thornley,"],
        "contacts.csv": ["Ref,Name,Role,Email,Member", "C1,A Lee,CEO,ann@netherby.example,M1", "C3,C Doe,,,M3"],
    },
}  # fmt: skip
Lines = dict[str, dict[str, list[str]]]


@dataclass
class Town:
    """The two CRMs, read into a database as often as wanted."""

    store: Database
    folder: Path

    def sync(self, lines: Lines = FILES, **options: Any) -> None:
        """A sync as of the day."""
        sources = []
        for name, mapping, side in (("council", COUNCIL, "council"), ("chamber", CHAMBER, "business")):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            for file, rows in lines[name].items():
                (self.folder / name / file).write_text("\n".join(rows) + "\n", encoding="utf-8")
            sources.append(Source(name, "files", side, partial(_files, self.folder / name), field_map.read(mapping, f"{name}.yaml")))
        results = sync(self.store, sources, RULES, Options(ZONE, DAY, accept_deletions=True, **options))
        assert [result.outcome for result in results] == ["done", "done"], results

    def refresh(self) -> None:
        """The stages alone."""
        refresh(self.store, RULES, Options(ZONE, DAY))

    def record(self, source_id: str) -> int:
        """A record's number, by its id in its CRM."""
        return self.records()[source_id]

    def records(self) -> dict[str, int]:
        """The numbers of all records."""
        record, known = bulk.table_of(Record), bulk.table_of(Connection)
        with self.store.reading() as connection:
            query = select(record.c.source_id, record.c.id).join(known, known.c.id == record.c.connection_id)
            return dict(connection.execute(query.where(record.c.entity != "participant")).all())

    def holder(self, source_id: str) -> str:
        """The business or person that a record is."""
        model, name = (PersonRecord, "person_id") if source_id[0] in "PC" else (BusinessRecord, "business_id")
        table = bulk.table_of(model)
        with self.store.reading() as connection:
            return str(connection.scalar(select(table.c[name]).where(table.c.record_id == self.record(source_id))))

    def one(self, *source_ids: str) -> bool:
        """Whether these records are one business or person."""
        return len({self.holder(found) for found in source_ids}) == 1

    def flag(self, source_id: str, day: date = DAY) -> dict[str, Any]:
        """A business's flag as of a day, by one of its records."""
        rows = flags_as_of(self.store, day, RULES.policy, ZONE)
        return next(row for row in rows if row["business_id"] == self.holder(source_id))

    def stored_flag(self, source_id: str) -> dict[str, Any]:
        """A business's flag once it was looked at again."""
        assert reflag(self.store, [self.holder(source_id)], DAY, RULES, ZONE)
        return self.flag(source_id)

    def tables(self) -> dict[str, Rows]:
        """What is worked out and held, without what people decided, what tells of the work, and ids that are no longer used."""
        found = everything(self.store)
        gone = {"link_decision", "correction", "audit", "run", "stage", "cursor", "business", "person"}
        kept = {name: rows for name, rows in found.items() if name not in gone}
        used = {name: self._used(name) for name in ("business", "person")}
        ids = {row[0] for row in used["business"]}
        of_used = {name: [row for row in kept[name] if row[0] in ids] for name in ("flag_history", "listed", "seat")}
        return kept | used | of_used

    def _used(self, name: str) -> Rows:
        from store.tables import Business, Person

        table = bulk.table_of(Business if name == "business" else Person)
        with self.store.reading() as connection:
            return sorted(
                tuple(repr(value) for value in row) for row in connection.execute(select(table).where(table.c.merged_into.is_(None)))
            )


def read(store: Database, folder: Path) -> None:
    """Fills a new store with what the two CRMs hold."""
    Town(store, folder).sync()


def _files(folder: Path, budget: object) -> FilesConnector:
    return FilesConnector(folder)
