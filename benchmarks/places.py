"""How quick the picture of a place is on a large store: `python -m benchmarks.places`.

Fills a store on SQLite and one on PostgreSQL, asks each question many times and prints the 95th percentile."""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select

from benchmarks.big_store import AS_OF, PLACES, ZONE, Size, fill
from jobs import dirty
from jobs.flag_stage import flag_businesses
from jobs.place import measures, needs, offers, readiness, roles
from jobs.place.numbers import gather
from jobs.place.picture import Stored, at_the_table, heat
from jobs.place.report import Names, full
from jobs.place.share import shared
from jobs.rules import Rules
from store import bulk, migrate
from store.database import Database
from store.tables import Business
from tests.databases import empty_databases

RULES = Rules.load()
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TIMES = 30


def main() -> None:
    """Fills the stores and prints a table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--businesses", type=int, default=100_000)
    words.add_argument("--engagements", type=int, default=1_000_000)
    words.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    said = words.parse_args()
    for kind in said.database or ("sqlite", "postgresql"):
        with empty_databases(kind) as new_url:
            store = Database(new_url())
            migrate.upgrade(store)
            fill(store, Size(said.businesses, said.engagements), lambda line, kind=kind: print(f"{kind}: {line}", flush=True))
            _measure(store, kind)
            store.close()


def _measure(store: Database, kind: str) -> None:
    place = PLACES[0]
    found = needs.add(store, needs.NewNeed(place, "skills", "premises"), RULES.themes, RULES.resources, "bench", NOW)
    need = needs.one(store, found)
    questions: dict[str, tuple[Callable[[], object], int]] = {
        "heat, places by themes": (lambda: _reading(store, lambda seen: heat(seen, RULES.themes.ids)), TIMES),
        "heat of one sector": (lambda: _reading(store, lambda seen: heat(seen, RULES.themes.ids, sector="business")), TIMES),
        "at the table, a place and theme": (
            lambda: _reading(store, lambda seen: at_the_table(seen, RULES.sectors.ids, "skills", place=place)),
            TIMES,
        ),
        "a need's five matches": (lambda: offers.matches(store, need, ZONE), TIMES),
        "roles of a place": (lambda: roles.roles(store, place=place), TIMES),
        "readiness of a place": (lambda: readiness.readiness(store, place), TIMES),
        "measures": (lambda: _history(store), 3),
        "the whole report": (lambda: full(gather(store, AS_OF, RULES, ZONE), Names.of(RULES)), 1),
        "the report to share": (lambda: shared(gather(store, AS_OF, RULES, ZONE), Names.of(RULES)), 1),
        "flags and counts after 1 % changed": (lambda: _again(store), 1),
    }
    for name, (ask, times) in questions.items():
        took = [_timed(ask) for _ in range(times)]
        most = statistics.quantiles(took, n=20)[-1] if times > 5 else max(took)
        print(f"{kind}: {name}: {1000 * most:,.0f} ms", flush=True)


def _table(seen: Stored, place: str) -> object:
    return at_the_table(seen, RULES.sectors.ids, "skills", place=place)


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def _reading(store: Database, ask: Callable[[Stored], object]) -> object:
    with store.reading() as connection:
        return ask(Stored(connection))


def _history(store: Database) -> object:
    with store.reading() as connection:
        history = measures.load(connection)
    return history.by("place", measures.month_ends(AS_OF, 12)), measures.moves(history.changes, AS_OF, 12)


def _again(store: Database) -> None:
    table = bulk.table_of(Business)
    with store.connect() as connection:
        ids = list(connection.scalars(select(table.c.id).order_by(table.c.id)))
        dirty.mark_businesses(connection, ids[::100])
    flag_businesses(store, AS_OF, RULES, ZONE)


if __name__ == "__main__":
    main()
