"""Two small CRMs with everything that a sync does: joins, moves, rejects, references by name, participants, themes. All made up."""

import random
from functools import partial
from pathlib import Path

from connector.files import FilesConnector
from connector.kind import BudgetOf
from jobs.sources import Source
from mappings import field_map

COUNCIL = """
business: {from: accounts.csv, id: Id, fields: {name: Name, company_number: No, postcode: Post, employees: Staff, status: {from: State, values: {Shut: closed}}}}
person: {from: people.csv, id: Id, fields: {name: Name, title: Job, email: Mail, business: Firm, left_on: Left, do_not_contact: Dnc}}
engagement:
  - from: "visits-*.csv"
    id: Id
    fields: {kind: Kind, starts_at: When, business: {from: Firm, match: name}, notes: Notes, owner: Owner}
    participants: {from: Who, split: ";", match: name}
participant: {from: attended.csv, fields: {engagement: Visit, person: Person, took_part: Word}}
"""
CHAMBER = """
business: {from: members.csv, id: Ref, fields: {name: Member, company_number: Crn, website: Web}}
person: {from: contacts.csv, id: Ref, fields: {first_name: First, last_name: Last, title: Role, email: Email, business: Member}}
engagement:
  from: events.csv
  id: Event
  fields: {kind: {value: event}, subject: Title, starts_at: Date}
  participants: {from: Guests, split: "|", match: email, took_part: {from: Word}}
"""
TITLES = ("CEO", "Finance Director", "Store Manager", "Clerk", "Head of HR", "")
NOTES = ("wants two more apprentices", "no bus for the night shift", "general catch up", "not interested in a mentor")
KINDS = ("meeting", "call", "visit", "mailing", "webinar")


def files(seed: int, firms: int = 40) -> dict[str, dict[str, list[str]]]:
    """The lines of each file of each CRM, the header first."""
    chance = random.Random(seed)
    people = [(f"Ann{n} Lee{n % 7}", n % firms, TITLES[n % len(TITLES)]) for n in range(2 * firms)]
    council = {
        "accounts.csv": ["Id,Name,No,Post,Staff,State"]
        + [f"A{n},Firm {n} Ltd,{4_100_000 + n * 917:08},ZX{n % 9 + 1} 1AB,{n},{'Shut' if n == 5 else ''}" for n in range(firms)],
        "people.csv": ["Id,Name,Job,Mail,Firm,Left,Dnc"]
        + [f"P{n},{name},{title},p{n}@firm{at}.example,A{at},{'2026-09-01' if n % 11 == 0 else ''},{'yes' if n % 13 == 0 else ''}"
           for n, (name, at, title) in enumerate(people)]
        + [",No Id,Director,x@y.example,A1,,"],
        "attended.csv": ["Visit,Person,Word"] + [f"V{chance.randrange(3 * firms)},P{chance.randrange(2 * firms)},attended" for _ in range(firms)] + ["V99999,P1,attended"],
    }  # fmt: skip
    visits = [
        f"V{n},{KINDS[n % 5]},{_day(chance)},Firm {n % firms},{NOTES[n % 4]},J Officer,{people[n % len(people)][0]};Somebody"
        for n in range(3 * firms)
    ]
    visits.append(f"V{3 * firms},meeting,2026-02-31,Firm 1,,,")
    half = len(visits) // 2
    for part, rows in enumerate((visits[:half], visits[half:]), 1):
        council[f"visits-{part}.csv"] = ["Id,Kind,When,Firm,Notes,Owner,Who", *rows]
    return {"council": council, "chamber": _chamber(chance, people, firms)}


def _chamber(chance: random.Random, people: list[tuple[str, int, str]], firms: int) -> dict[str, list[str]]:
    mine = [(n, person) for n, person in enumerate(people) if person[1] % 2]
    return {
        "members.csv": ["Ref,Member,Crn,Web"] + [f"M{n},FIRM {n} LIMITED,{4_100_000 + n * 917},www.firm{n}.example" for n in range(1, firms, 2)],
        "contacts.csv": ["Ref,First,Last,Role,Email,Member"] + [f"C{n},{name.split()[0]},{name.split()[1]},{title},P{n}@FIRM{at}.EXAMPLE,M{at}" for n, (name, at, title) in mine],
        "events.csv": ["Event,Title,Date,Guests,Word"]
        + [f"E{n},Spring fair {n},{_day(chance)},{'|'.join(f'p{who}@firm{at}.example' for who, (_, at, _) in chance.sample(mine, 3))},{chance.choice(['attended', 'invited', ''])}"
           for n in range(firms)],
    }  # fmt: skip


def _day(chance: random.Random) -> str:
    return f"202{chance.choice('456')}-{chance.randrange(1, 11):02}-{chance.randrange(1, 28):02}T10:00"


def write(folder: Path, lines: dict[str, dict[str, list[str]]], page_rows: int = 20) -> list[Source]:
    """Writes the files; returns the connections that read them."""
    for crm, held in lines.items():
        for name, rows in held.items():
            path = folder / crm / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    maps = {"council": COUNCIL, "chamber": CHAMBER}
    sides = {"council": "council", "chamber": "business"}
    return [
        Source(crm, "files", sides[crm], partial(_files, folder / crm, page_rows), field_map.read(maps[crm], f"{crm}.yaml"))
        for crm in lines
    ]


def _files(folder: Path, page_rows: int, budget: BudgetOf) -> FilesConnector:
    return FilesConnector(folder, page_rows=page_rows)


def later(lines: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    """The same world a month on: people moved, left and came, a firm renamed, rows gone, an engagement changed."""
    council = dict(lines["council"])
    people = [row.replace(",A3,", ",A4,") if row.startswith("P3,") else row for row in council["people.csv"]]
    council["people.csv"] = [row for row in people if not row.startswith("P8,")] + ["P900,New Boss,CEO,boss@firm2.example,A2,,"]
    council["accounts.csv"] = [
        row.replace("Firm 7 Ltd", "Seventh Firm Ltd") for row in council["accounts.csv"] if not row.startswith("A9,")
    ]
    council["visits-2.csv"] = [row.replace("general catch up", "has solar panels on the roof") for row in council["visits-2.csv"]]
    return {"council": council, "chamber": lines["chamber"]}
