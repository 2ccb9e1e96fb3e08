"""A large store, made up: `python -m benchmarks.big_store sqlite:////tmp/big.db --businesses 100000 --engagements 1000000 --seed 1`.

Everything as a sync leaves it, from records to flags; the same seed and sizes give the same store. Other benchmarks import `fill`."""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from jobs.flag_stage import flag_businesses
from jobs.rules import Rules
from store import bulk, migrate
from store.database import Database
from store.tables import (
    Business,
    BusinessRecord,
    Connection,
    Engagement,
    EngagementBusiness,
    Participant,
    Person,
    PersonRecord,
    Post,
    Record,
    ThemeFound,
)  # fmt: skip

ZONE = ZoneInfo("Europe/London")
AS_OF = date(2026, 11, 2)
PART = 20_000
"""Rows written at once."""
STARTS = (
    "Bra",
    "Hol",
    "Ken",
    "Mar",
    "Pel",
    "Quil",
    "Ros",
    "Sten",
    "Tam",
    "Ulve",
    "Wen",
    "Yar",
    "Ash",
    "Cor",
    "Dun",
    "Fen",
    "Gar",
    "Har",
    "Lin",
    "Nor",
)
MIDDLES = ("ber", "den", "gra", "lo", "mi", "ne", "sto", "ver", "wi", "thor", "")
ENDS = ("ton", "well", "ford", "by", "wick", "stead", "more", "ley", "worth", "dale", "combe", "shaw")
TRADES = (
    "Engineering", "Foods", "Logistics", "Ceramics", "Care", "Joinery", "Software", "Bakery", "Motors", "Printing", "Textiles", "Packaging",
    "Roofing", "Dental Practice", "Nursery", "Brewery", "Garden Centre", "Haulage", "Plastics", "Consulting", "Fabrications", "Hotels",
)  # fmt: skip
FORMS = ("Ltd", "Limited", "", "LLP", "& Sons Ltd", "Group Ltd", "CIC")
PLACES = tuple(f"{start}{end}" for start in STARTS[:10] for end in ENDS[:3])
SECTORS = (
    "Manufacturing",
    "Retail",
    "Construction",
    "Health and care",
    "Hospitality",
    "Transport",
    "Digital",
    "Food and drink",
    "Professional",
    "Education",
    "",
)
TAGS = ("anchor", "skills pledge", "net zero", "town deal", "investor", "exporter", "family firm", "social value")
TITLES = (
    ("Managing Director", "top_leader"),
    ("Finance Director", "senior_leader"),
    ("Site Manager", "site_leader"),
    ("HR Officer", "not_senior"),
    ("Buyer", "not_senior"),
)
KINDS = ("meeting", "call", "visit", "event", "email", "mailing", "letter")
THEMES = ("skills", "transport", "net_zero", "housing", "town_centres", "health", "digital", "culture")
RESOURCES = ("premises", "people_time", "funding", "jobs_placements", "expertise")
FIRST, LAST = (
    ("Ann", "Bob", "Cai", "Dee", "Eve", "Fay", "Gus", "Hal", "Ivy", "Jon"),
    tuple(f"{start}{end}" for start in STARTS for end in ENDS),
)


@dataclass(frozen=True)
class Size:
    """How large, and by which seed."""

    businesses: int = 100_000
    engagements: int = 1_000_000
    people_each: int = 2
    seed: int = 1


def fill(store: Database, size: Size, say: Callable[[str], None] = lambda line: None) -> None:
    """Fills an empty, migrated store and flags it as of AS_OF."""
    began = time.perf_counter()
    made = _Made(size)
    for name, work in (("businesses", made.businesses), ("people", made.people), ("engagements", made.engagements)):
        for rows in work():
            with store.connect() as connection:
                for model, held in rows.items():
                    columns = {column: [row[column] for row in held] for column in held[0]} if held else {}
                    if columns:
                        bulk.append(connection, model, columns)
        say(f"{name}: {time.perf_counter() - began:.1f} s")
    with store.connect() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT setval('record_id_seq', (SELECT max(id) FROM record))"))
            connection.execute(text("SELECT setval('connection_id_seq', (SELECT max(id) FROM connection))"))
            connection.execute(text("ANALYZE"))  # as a sync does; SQLite is never told
    flagging = time.perf_counter()
    rules = Rules.load()
    flag_businesses(store, AS_OF, rules, ZONE)
    say(f"flags, all of them: {time.perf_counter() - flagging:.1f} s")


Rows = dict[Any, list[dict[str, Any]]]


class _Made:
    """The rows, part by part. Ids of records go on from 1: business records, then people's, then engagements."""

    def __init__(self, size: Size) -> None:
        self.size, self.chance = size, random.Random(size.seed)
        self.persons = size.businesses * size.people_each

    def businesses(self) -> Iterator[Rows]:
        yield {Connection: [{"id": number, "name": name, "kind": "files", "side": side, "version": 1}
                            for number, (name, side) in enumerate((("council", "council"), ("chamber", "business")), 1)]}  # fmt: skip
        for part in _parts(self.size.businesses):
            rows: Rows = {Business: [], Record: [], BusinessRecord: []}
            for number in part:
                self._business(rows, number)
            yield rows

    def _business(self, rows: Rows, number: int) -> None:
        chance = self.chance
        name = (
            f"{chance.choice(STARTS)}{chance.choice(MIDDLES)}{chance.choice(ENDS)} {chance.choice(TRADES)} {chance.choice(FORMS)}".strip()
        )
        said = {"sector": chance.choice(SECTORS), "place": chance.choice(PLACES), "employees": int(chance.paretovariate(0.7) * 3)}
        tags = "|".join(chance.sample(TAGS, chance.choice((0, 0, 1, 2))))
        fields = {"name": name, "town": said["place"], "tags": tags, "employees": str(said["employees"])}
        rows[Business].append({
            "id": _id("b", number), "name": name, "company_number": f"{4_000_000 + number:08}",
            "town": said["place"], "closed": number % 50 == 0,
            "multi_site": number % 17 == 0, "gone": False, "other_names": name,
            "tags": tags or None, **said, "sector": said["sector"] or None,
        })  # fmt: skip
        rows[Record].append(_record(number + 1, 1 + number % 2, "business", fields))
        rows[BusinessRecord].append(
            {"record_id": number + 1, "business_id": _id("b", number), "method": "alone", "score": 1.0, "band": "sure"}
        )

    def people(self) -> Iterator[Rows]:
        for part in _parts(self.persons):
            rows: Rows = {Person: [], Record: [], PersonRecord: [], Post: []}
            for number in part:
                self._person(rows, number)
            yield rows

    def _person(self, rows: Rows, number: int) -> None:
        at, chance = number // self.size.people_each, self.chance
        record_id, (title, level) = self.size.businesses + number + 1, chance.choice(TITLES)
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        rows[Person].append({"id": _id("p", number), "name": name, "do_not_contact": number % 40 == 0, "gone": False})
        rows[Record].append(_record(record_id, 1 + at % 2, "person", {"name": name, "title": title, "business": str(at)}))
        rows[PersonRecord].append({"record_id": record_id, "person_id": _id("p", number), "method": "alone", "score": 1.0, "band": "sure"})
        rows[Post].append({
            "person_record_id": record_id, "business_record_id": at + 1, "number": 0, "connection_id": 1 + at % 2, "title": title,
            "level": level, "has_left": number % 15 == 0, "do_not_contact": False,
        })  # fmt: skip

    def engagements(self) -> Iterator[Rows]:
        for part in _parts(self.size.engagements):
            rows: Rows = {Record: [], Engagement: [], EngagementBusiness: [], Participant: [], ThemeFound: []}
            for number in part:
                self._engagement(rows, number)
            yield rows

    def _engagement(self, rows: Rows, number: int) -> None:
        chance = self.chance
        at = int(self.size.businesses * chance.random() ** 2)  # some are met often, many hardly ever
        record_id, connection_id = self.size.businesses + self.persons + number + 1, 1 + at % 2
        starts_at = datetime(2022, 11, 1, 10, tzinfo=UTC) + timedelta(days=chance.randrange(1480))
        kind, with_people = chance.choice(KINDS), chance.random() < 0.8
        fields = {
            "kind": kind,
            "subject": f"{kind} {number}",
            "starts_at": starts_at.isoformat(),
            "notes": "catch up on skills and transport",
        }
        rows[Record].append(_record(record_id, connection_id, "engagement", fields))
        rows[Engagement].append({
            "record_id": record_id, "connection_id": connection_id, "kind": kind, "direction": "inbound" if kind == "email" else None,
            "status": None, "starts_at": starts_at, "owner": f"officer{at % 40}", "has_participants": with_people,
        })  # fmt: skip
        rows[EngagementBusiness].append({"engagement_id": record_id, "business_record_id": at + 1, "connection_id": connection_id})
        if with_people:
            who = self.size.businesses + at * self.size.people_each + chance.randrange(self.size.people_each) + 1
            word = chance.choice(("attended", "attended", "invited", "declined"))
            rows[Participant].append({
                "engagement_id": record_id, "who": str(who), "connection_id": connection_id, "person_record_id": who, "took_part": word,
                "stated": True,
            })  # fmt: skip
        if chance.random() < 0.4:
            rows[ThemeFound].append({"engagement_id": record_id, "kind": "theme", "found": chance.choice(THEMES), "evidence": ["skills"]})
            if record_id % 10 == 0:
                offered = RESOURCES[record_id // 10 % len(RESOURCES)]
                rows[ThemeFound].append({"engagement_id": record_id, "kind": "resource", "found": offered, "evidence": ["a meeting room"]})


def _record(number: int, connection_id: int, entity: str, fields: dict[str, Any]) -> dict[str, Any]:
    row_hash = number.to_bytes(16, "big")
    return {"id": number, "connection_id": connection_id, "entity": entity, "source_id": f"{entity[0]}{number}", "block": entity,
            "row_hash": row_hash, "fields": fields}  # fmt: skip


def _id(letter: str, number: int) -> str:
    return letter + blake2b(str(number).encode(), digest_size=5).hexdigest()


def _parts(count: int) -> Iterator[range]:
    return (range(start, min(start + PART, count)) for start in range(0, count, PART))


def main() -> None:
    """Makes one from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="an empty database, as in sqlite:////tmp/big.db")
    parser.add_argument("--businesses", type=int, default=Size.businesses)
    parser.add_argument("--engagements", type=int, default=Size.engagements)
    parser.add_argument("--seed", type=int, default=Size.seed)
    told = parser.parse_args()
    store = Database(told.url)
    migrate.upgrade(store)
    fill(store, Size(told.businesses, told.engagements, seed=told.seed), print)
    store.close()


if __name__ == "__main__":
    main()
