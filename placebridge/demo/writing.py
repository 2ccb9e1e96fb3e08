"""Writes the town's exports, field maps and settings into a folder."""

import csv
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from placebridge.demo import chamber, council
from placebridge.demo.town import Town

CONFIG = """# The demo's settings; config.example.env tells what there is.
PLACEBRIDGE_DATABASE_URL=sqlite:///placebridge.db
PLACEBRIDGE_TIMEZONE=Europe/London
PLACEBRIDGE_CONNECTIONS__COUNCIL__KIND=files
PLACEBRIDGE_CONNECTIONS__COUNCIL__SIDE=council
PLACEBRIDGE_CONNECTIONS__COUNCIL__PATH=council
PLACEBRIDGE_CONNECTIONS__COUNCIL__MAPPING=council.yaml
PLACEBRIDGE_CONNECTIONS__CHAMBER__KIND=files
PLACEBRIDGE_CONNECTIONS__CHAMBER__SIDE=business
PLACEBRIDGE_CONNECTIONS__CHAMBER__PATH=chamber
PLACEBRIDGE_CONNECTIONS__CHAMBER__MAPPING=chamber.yaml
"""


def write(folder: Path, seed: int = 7) -> None:
    """Writes everything. The settings come last, so that a folder with them is whole."""
    town = Town.of(seed)
    for name in ("council", "chamber"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.yaml").write_text(
            files("placebridge.demo").joinpath(f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8"
        )
    _text(folder / "council/accounts.csv", council.ACCOUNTS, council.accounts(town))
    _text(folder / "council/contacts.csv", council.CONTACTS, council.contacts(town))
    activities = council.activities(town)
    _text(folder / "council/activities-1.csv", council.ACTIVITIES, activities[:1100])
    _text(folder / "council/activities-2.csv", council.ACTIVITIES, activities[1100:])
    _workbook(folder / "chamber/members.xlsx", chamber.MEMBERS, chamber.members(town))
    _text(folder / "chamber/people.csv", chamber.PEOPLE, chamber.people(town), "cp1252", ";")
    _text(folder / "chamber/touchpoints.csv", chamber.TOUCHPOINTS, chamber.touchpoints(town), "cp1252", ";")
    (folder / "config.env").write_text(CONFIG, encoding="utf-8")


def _text(path: Path, head: list[str], rows: Sequence[Sequence[str | int]], encoding: str = "utf-8-sig", delimiter: str = ",") -> None:
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(head)
        writer.writerows(rows)


def _workbook(path: Path, head: list[str], rows: Sequence[Sequence[str | int]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Members")
        sheet.write_row(0, 0, ["Members as at 2 November 2026 (fictional)"])
        sheet.write_row(2, 0, head)
        for line, row in enumerate(rows, 3):
            sheet.write_row(line, 0, row)
