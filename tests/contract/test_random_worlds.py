"""Random worlds: the program and the oracle must say the same of every firm, on every day, in every dialect."""

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.contract.dialects import DIALECTS, write
from tests.contract.harness import Place
from tests.contract.oracle import LEADS, Oracle
from tests.contract.story import Tables, Teller

DAYS = ("2026-10-05", "2026-11-01", "2026-11-02", "2026-12-24", "2027-11-01")
FIRMS = 80


def told(chance: random.Random) -> str:
    """The statements of one firm, its twin in the other CRM, its people and what took place."""
    some = chance.choice
    lines = [f"firm a status={some(['', '', 'active', 'closed'])} multi_site={some(['', 'yes', 'no'])}"]
    twin = chance.random() < 0.5
    if twin:
        lines.append(f"firm b in=chamber same=a status={some(['', 'closed'])} multi_site={some(['', 'yes'])}")
    keys = ["c", "d", "e"][: chance.randint(0, 3)]
    for key in list(keys):
        lines.append(f"person {key} {some(list(LEADS))} {leaving(chance)}")
        if twin and chance.random() < 0.5:
            lines.append(f"person {key}2 {some(list(LEADS))} at=b in=chamber same={key} {leaving(chance)}")
            keys.append(f"{key}2")
    for _ in range(chance.randint(0, 4)):
        connection = some(["council", "chamber"]) if twin else "council"
        here = [key for key in keys if key.endswith("2") == (connection == "chamber")]
        lines.append(engagement(chance, connection, here))
    return "; ".join(lines)


def leaving(chance: random.Random) -> str:
    left = chance.choice(["", "", "", "status=left", "status=active", "left_on=2026-10-20", "left_on=2026-11-02", "left_on=2025-01-02"])
    return f"{left} {chance.choice(['', 'changed=2026-05-01', 'changed=2026-06-01'])}".strip()


def engagement(chance: random.Random, connection: str, people: list[str]) -> str:
    kind = chance.choice(["meeting", "call", "visit", "event", "email", "email", "mailing", "letter", "note"])
    edge = datetime.fromisoformat(chance.choice(DAYS)) - timedelta(days=chance.choice([0, 365]))
    at = edge + timedelta(days=chance.choice([-200, -1, 0, 0, 1]), minutes=chance.choice([0, 1, 630, 1410, 1439]))
    moment = at.isoformat(timespec="minutes") + chance.choice(["", "", "Z", "-02:00"])
    words = [
        f"{key}{chance.choice(['', '=attended', '=organised', '=invited', '=absent', '=declined'])}"
        for key in people
        if chance.random() < 0.5
    ]
    extra = ["'?Sam Nobody=attended'"] if chance.random() < 0.1 else []
    if people and chance.random() < 0.2:
        extra.append(f"person={chance.choice(people)}")
    firm = "b" if connection == "chamber" else "a"
    status, direction = chance.choice(["", "", "done", "planned", "cancelled"]), chance.choice(["", "inbound", "outbound"])
    return " ".join(
        [f"{kind} {moment} at={chance.choice([firm, firm, '-'])} in={connection} status={status} direction={direction}", *words, *extra]
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_program_says_what_the_contract_says(tmp_path: Path, template: Path, seed: int) -> None:
    chance, tables = random.Random(seed), Tables()
    for number in range(FIRMS):
        Teller(number, tables).tell(told(chance))
    place, oracle = Place(tmp_path, template), Oracle(tables)
    write(place, tables, DIALECTS[seed % len(DIALECTS)])
    numbers = {
        (c, row["id"]): row["company_number"] for (c, entity), rows in tables.rows.items() if entity == "business" for row in rows.values()
    }
    for day in DAYS:
        place.sync(day)
        flags = place.flags(day)
        wrong = {}
        for key, number in numbers.items():
            row = flags.get(place.links[key])
            got = f"{row['state']} {row['reach']}" if row else "-"
            if got != (expected := oracle.state(number, date.fromisoformat(day))):
                wrong[key] = (day, got, expected)
        assert wrong == {}


def test_yesterday_can_be_asked_for_today(tmp_path: Path, template: Path) -> None:
    chance, tables = random.Random(99), Tables()
    for number in range(FIRMS):
        Teller(number, tables).tell(told(chance))
    place, oracle = Place(tmp_path, template), Oracle(tables)
    write(place, tables, DIALECTS[0])
    place.sync(DAYS[2])
    names = {row["name"] for row in place.flags(DAYS[2]).values()}
    assert names
    for day in DAYS:
        flags = place.flags(day)
        for row in tables.of("council", "business"):
            found = flags.get(place.links["council", row["id"]])
            assert (f"{found['state']} {found['reach']}" if found else "-") == oracle.state(row["company_number"], date.fromisoformat(day))
