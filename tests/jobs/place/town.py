"""A made-up town with a business, a college, a trust and a charity in it, whose notes are about themes and offers."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector.files import FilesConnector
from jobs.pipeline import sync
from jobs.pulling import Options
from jobs.rules import Rules
from jobs.sources import Source
from mappings import field_map
from store.database import Database
from tests.databases import fill_like

ZONE = ZoneInfo("Europe/London")
RULES = Rules.load()
AS_OF = date(2026, 11, 1)
MAP = """
business:
  from: accounts.csv
  id: Id
  fields: {name: Name, town: Town, sector: Sector, charity_number: Charity, employees: Staff, tags: Tags, status: {from: State, values: {Shut: closed}}}
person: {from: people.csv, id: Id, fields: {name: Name, title: Job, email: Mail, business: Firm, role: Role}}
engagement:
  from: visits.csv
  id: Id
  fields: {kind: Kind, starts_at: When, business: Firm, notes: Notes}
  participants: {from: Who, split: ";", match: name}
"""
FILES = {
    "accounts.csv": """Id,Name,Town,Sector,Charity,Staff,Tags,State
A1,Harbour Bakery Ltd,Thornley,Retail,,12,premises; key account,
A2,Northford College,Thornley,,,300,,
A3,Vale NHS Foundation Trust,Marbury,,,4000,,
A4,Helping Hands,Thornley,,1099999,3,,
A5,Steelworks Ltd,Marbury,Manufacturing,,90,,
A6,Gone Ltd,Thornley,,,5,,Shut
""",
    "people.csv": """Id,Name,Job,Mail,Firm,Role
P1,Ann Lee,Managing Director,ann@harbour.example,A1,Business Chair
P2,Bob Ray,Principal,bob@college.example,A2,
P3,Cy Doe,Receptionist,cy@vale.example,A3,Champion; Connector
P4,Di Fox,Chief Executive,di@hands.example,A4,
P5,Ed Oak,Managing Director,ed@steel.example,A5,Main contact
""",
    "visits.csv": """Id,Kind,When,Firm,Notes,Who
V1,meeting,2026-08-01,A1,Would take four apprentices. They can lend us a meeting room for the group.,Ann Lee
V2,meeting,2026-07-01,A2,Apprenticeship courses for the levy.,Bob Ray
V3,meeting,2026-06-01,A3,Apprenticeships in nursing.,Cy Doe
V4,meeting,2024-06-01,A4,Wants two apprentices.,Di Fox
V5,mailing,2026-06-01,A5,Apprenticeships mailing.,
V6,note,2026-05-01,A5,They offered to lend the canteen room to the group.,
""",
}


def source(folder: Path, files: dict[str, str] | None = None) -> Source:
    """The town's CRM as a connection, written into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (FILES | (files or {})).items():
        (folder / name).write_text(content, encoding="utf-8")
    return Source("council", "files", "council", lambda budget: FilesConnector(folder), field_map.read(MAP, "map.yaml"))


def begun(store: Database, folder: Path) -> None:
    """What `synced` makes of a new store."""
    fill_like(store, folder, synced)


def synced(store: Database, folder: Path, files: dict[str, str] | None = None, as_of: date = AS_OF, **options: Any) -> None:
    """Reads the town."""
    (result,) = sync(store, [source(folder, files)], RULES, Options(ZONE, as_of, **options))
    assert result.outcome == "done", result.messages
