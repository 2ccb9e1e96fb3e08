"""`./run demo`: a fictional town's two CRMs, synced into SQLite, and what came out of it. Every name is made up."""

import csv
import random
import sys
from datetime import date, timedelta
from pathlib import Path

from placebridge.explaining import explain
from placebridge.looking import flags
from placebridge.syncing import Wanted, sync

AS_OF = date(2026, 11, 2)
FOLDER = Path("demo")
FIRST = [
    "Ann",
    "Bilal",
    "Carys",
    "Dev",
    "Eilidh",
    "Farah",
    "Gwen",
    "Hari",
    "Isla",
    "Jonah",
    "Kemi",
    "Leo",
    "Mina",
    "Noor",
    "Owen",
    "Priya",
    "Rosa",
    "Sam",
    "Tess",
    "Uma",
    "Vera",
    "Will",
    "Yusuf",
    "Zoe",
]
LAST = [
    "Abbott",
    "Begum",
    "Clough",
    "Dyer",
    "Ellis",
    "Farrow",
    "Gill",
    "Hobbs",
    "Iqbal",
    "Jessop",
    "Kaye",
    "Lomax",
    "Mistry",
    "Nuttall",
    "OHara",
    "Pickles",
    "Rashid",
    "Sutcliffe",
    "Thorne",
    "Webb",
]
HEADS = [
    "Yarrow",
    "Wensley",
    "Vowchurch",
    "Ullock",
    "Tarvin",
    "Saltram",
    "Rowsley",
    "Quarndon",
    "Penrose",
    "Oakmere",
    "Netherby",
    "Marbury",
    "Lowther",
    "Kestrel",
    "Irwell",
    "Harrow",
    "Garth",
    "Fenton",
    "Elder",
    "Dunlin",
]
TRADES = [
    "Ceramics",
    "Logistics",
    "Dairies",
    "Optics",
    "Foods",
    "Robotics",
    "Timber",
    "Castings",
    "Textiles",
    "Instruments",
    "Bakery",
    "Joinery",
    "Haulage",
    "Packaging",
    "Plastics",
    "Care",
    "Homes",
    "Hotels",
    "Motors",
    "Design",
]
TITLES = [
    "Managing Director",
    "CEO",
    "Finance Director",
    "Owner",
    "Head of HR",
    "Store Manager",
    "PA to the Chief Executive",
    "Marketing Officer",
    "Operations Mgr",
    "",
]
NOTES = [
    "Would take on two more apprentices if the college can run day release.", "Night crew stuck, no bus after ten.", "General catch up.",
    "Not interested in apprenticeships.", "Offered 20 work experience placements for Year 10s.", "Solar on the roof, waiting for the grid connection.",
    "Repeat shoplifting, wants the radio scheme extended.", "MD agreed to chair the town board.", "Chasing the planning decision.",
]  # fmt: skip
COUNCIL = """business: {from: accounts.csv, id: Account, fields: {name: Account Name, company_number: Company No., postcode: Post Code, employees: Staff, town: Town}}
person: {from: contacts.csv, id: Contact, fields: {first_name: First, last_name: Last, title: Job Title, email: Email, business: Account, left_on: {from: Left, format: "%d/%m/%Y"}, do_not_contact: DNC}}
engagement:
  from: "activities-*.csv"
  id: Activity
  fields: {kind: {from: Type, values: {Appointment: meeting, Phone Call: call, Site visit: visit, Campaign: mailing}}, subject: Subject, notes: Description, starts_at: {from: Start, format: "%d/%m/%Y %H:%M"}, business: Regarding, owner: Owner}
  participants: {from: Attendees, split: ";", match: id, took_part: attended}
"""
CHAMBER = """business: {from: members.csv, id: Member Ref, fields: {name: Trading As, company_number: Crn, postcode: Postcode}}
person: {from: people.csv, id: Ref, fields: {name: Full Name, title: Position, email: E-mail, business: Member Ref}}
engagement:
  from: touchpoints.csv
  id: Touchpoint
  fields: {kind: {from: What, values: {"1:1": meeting, Networking event: event, Newsletter: mailing}}, subject: Title, notes: Detail, starts_at: When, business: {from: Member, match: name}}
  participants: {from: Who, split: "|", match: name, took_part: {from: Outcome}}
"""


def main() -> int:
    """Writes the two CRMs if they are not there, syncs them and shows the result."""
    config = FOLDER / "config.env"
    if not config.exists():
        write(FOLDER)
    code = sync(config, Wanted(as_of=AS_OF))
    print("\nThe ten businesses to see first:")
    flags(config, False, AS_OF, None, "table", 10)
    print("\nOne of them explained:\n")
    explain(config, "Quarndon Dairies", AS_OF)
    flags(config, True, AS_OF, FOLDER / "flags.xlsx", "table")
    print(f"Next: open {FOLDER}/flags.xlsx, change a row in {FOLDER}/council/contacts.csv and run this again,")
    print("or put your own exports in a folder and run: ./run init --from FOLDER --into mine")
    return code


def write(folder: Path, seed: int = 7) -> None:
    """The fictional town: about 400 businesses, 900 people and 3,000 engagements, as messy as real ones."""
    chance = random.Random(seed)  # noqa: S311 - a seeded town, not a secret
    firms = [
        (f"{head} {trade}", 4_100_000 + index * 917, f"ZX{1 + index % 9} {1 + index % 8}AB")
        for index, (head, trade) in enumerate((h, t) for h in HEADS for t in TRADES)
    ]
    people = [_person(chance, index, chance.randrange(len(firms))) for index in range(900)]
    _council(folder / "council", chance, firms, people)
    _chamber(folder / "chamber", chance, firms, people)
    lines = ["PLACEBRIDGE_DATABASE_URL=sqlite:///placebridge.db", "PLACEBRIDGE_TIMEZONE=Europe/London"]
    for name, side, text in (("council", "council", COUNCIL), ("chamber", "business", CHAMBER)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        key = f"PLACEBRIDGE_CONNECTIONS__{name.upper()}__"
        lines += [f"{key}KIND=files", f"{key}SIDE={side}", f"{key}PATH={name}", f"{key}MAPPING={name}.yaml"]
    (folder / "config.env").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _person(chance: random.Random, index: int, firm: int) -> tuple[str, str, str, str, int]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    return first, last, chance.choice(TITLES), f"{first}.{last}{index}@firm{firm}.example".lower(), firm


def _day(chance: random.Random) -> date:
    return AS_OF - timedelta(days=chance.randrange(0, 900))


def _council(folder: Path, chance: random.Random, firms: list[tuple[str, int, str]], people: list[tuple[str, str, str, str, int]]) -> None:
    accounts = [
        [f"A-{i:04}", f"{name} Ltd", number if i % 3 else "", code, chance.choice(["", 8, 60, "1,200"]), "Thornley"]
        for i, (name, number, code) in enumerate(firms)
    ]
    _save(
        folder / "accounts.csv",
        ["Account", "Account Name", "Company No.", "Post Code", "Staff", "Town"],
        [*accounts, ["Total", "", "", "", 400, ""]],
    )
    contacts = [
        [f"C-{i:04}", first, last, title, mail, f"A-{firm:04}", "01/09/2026" if i % 17 == 0 else "", "yes" if i % 41 == 0 else "no"]
        for i, (first, last, title, mail, firm) in enumerate(people)
    ]
    head = ["Contact", "First", "Last", "Job Title", "Email", "Account", "Left", "DNC"]
    _save(folder / "contacts.csv", head, [*contacts, ["", "No", "Id", "Director", "", "A-0001", "", ""]])
    rows = []
    for i in range(2200):
        who, day = chance.randrange(len(people)), _day(chance)
        kind = chance.choice(["Appointment", "Phone Call", "Site visit", "Campaign"])
        start = "31/02/2026 10:00" if i == 99 else f"{day:%d/%m/%Y} 10:30"
        rows.append(
            [
                f"ACT-{i:04}",
                kind,
                f"Note {i}",
                chance.choice(NOTES),
                start,
                f"A-{people[who][4]:04}",
                chance.choice(["J Officer", "K Officer"]),
                f"C-{who:04}",
            ]
        )
    head = ["Activity", "Type", "Subject", "Description", "Start", "Regarding", "Owner", "Attendees"]
    _save(folder / "activities-1.csv", head, rows[:1100])
    _save(folder / "activities-2.csv", head, rows[1100:])


def _chamber(folder: Path, chance: random.Random, firms: list[tuple[str, int, str]], people: list[tuple[str, str, str, str, int]]) -> None:
    members = [
        [f"M{i:04}", f"{name.upper()} LIMITED", f"{number:08}", code.replace(" ", "")]
        for i, (name, number, code) in enumerate(firms)
        if i % 2
    ]
    _save(folder / "members.csv", ["Member Ref", "Trading As", "Crn", "Postcode"], members, "cp1252", ";")
    mine = [(i, person) for i, person in enumerate(people) if person[4] % 2]
    rows = [[f"P{i:04}", f"{first} {last}", title, mail.upper(), f"M{firm:04}"] for i, (first, last, title, mail, firm) in mine]
    _save(folder / "people.csv", ["Ref", "Full Name", "Position", "E-mail", "Member Ref"], rows, "cp1252", ";")
    touches = []
    for i in range(800):
        first, last, _, _, firm = chance.choice(mine)[1]
        outcome = chance.choice(["attended", "invited", "declined", ""])
        when = f"{_day(chance).isoformat()}T18:00:00"
        touches.append(
            [
                f"T{i:04}",
                chance.choice(["1:1", "Networking event", "Newsletter"]),
                f"Event {i}",
                chance.choice(NOTES),
                when,
                firms[firm][0],
                f"{first} {last}",
                outcome,
            ]
        )
    _save(folder / "touchpoints.csv", ["Touchpoint", "What", "Title", "Detail", "When", "Member", "Who", "Outcome"], touches, "cp1252", ";")


def _save(
    path: Path, head: list[str], rows: list[list[object]] | list[list[str]], encoding: str = "utf-8-sig", delimiter: str = ","
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(head)
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
