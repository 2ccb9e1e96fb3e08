"""How quick the list is: `python -m benchmarks.listing [URL…] [--businesses 100000] [--engagements 1000000] [--rounds 300]`.

Without URLs, it makes a SQLite file and a PostgreSQL server of its own. Prints a table of milliseconds for pages with all their counts."""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select

from benchmarks.big_store import AS_OF, PLACES, SECTORS, STARTS, TAGS, THEMES, TRADES, ZONE, Size, fill
from jobs.work.board import SORTS
from jobs.work.listing import Wanted, every, find
from jobs.work.steps import assign, dismiss, snooze
from store import bulk, contents, migrate
from store.database import Database
from store.tables import Listed
from tests.databases import new_database, postgres_server

listed = bulk.table_of(Listed)
WHO = "officer1@council.example"


def plain(chance: random.Random) -> Wanted:
    """The list as it opens, or a page of it further on."""
    return Wanted(page=chance.choice((1, 1, 1, 2, 5, 400)), sort=chance.choice(SORTS))


def filtered(chance: random.Random) -> Wanted:
    """One to three filters."""
    choices = {
        "place": PLACES, "sector": SECTORS, "theme": THEMES, "tag": TAGS, "state": ("leader_left", "leader_lapsed", "no_leader_known"),
        "size": ("1-9", "50-249"), "owner": ("me", "nobody"),
    }  # fmt: skip
    names = chance.sample(sorted(choices), chance.choice((1, 2, 3)))
    return Wanted(**{name: (chance.choice(choices[name]),) for name in names}, sort=chance.choice(SORTS))


def searched(chance: random.Random) -> Wanted:
    """Two words of a name, whole or begun."""
    words = [chance.choice(STARTS), chance.choice(TRADES)[: chance.choice((3, 5, 9))]]
    chance.shuffle(words)
    return Wanted(text=" ".join(words))


def misspelt(chance: random.Random) -> Wanted:
    """A name with two letters that changed places."""
    word = chance.choice([trade for trade in TRADES if len(trade) > 6 and " " not in trade])
    at = chance.randrange(1, len(word) - 2)
    slipped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return Wanted(text=f"{chance.choice(STARTS)} {slipped}")


KINDS: dict[str, Callable[[random.Random], Wanted]] = {"plain": plain, "filtered": filtered, "searched": searched, "misspelt": misspelt}


def measure(store: Database, rounds: int, label: str) -> None:
    """Prints the rows of one database."""
    chance = random.Random(7)
    now = datetime.now(UTC)
    with store.reading() as connection:
        ids = list(connection.scalars(select(listed.c.business_id).order_by(listed.c.business_id)))
    assign(store, chance.sample(ids, min(len(ids), 500)), WHO, "chief", now)
    snooze(store, chance.sample(ids, min(len(ids), 200)), AS_OF.replace(month=12), WHO, now, AS_OF)
    dismiss(store, chance.sample(ids, min(len(ids), 200)), "too_small", WHO, now)
    print(f"| {label} | first page, list not in memory yet | {_ms([_timed(lambda: find(store, Wanted(), WHO, AS_OF, ZONE))])} |")
    for kind, make in KINDS.items():
        found = [_timed(partial(find, store, make(chance), WHO, AS_OF, ZONE)) for _ in range(rounds)]
        print(f"| {label} | {kind} | {_ms(found)} |")
    steps, pages = [], []
    for business_id in chance.sample(ids, min(rounds, len(ids))):
        steps.append(_timed(partial(assign, store, [business_id], WHO, "chief", now)))
        pages.append(_timed(partial(find, store, filtered(chance), WHO, AS_OF, ZONE)))
    print(f"| {label} | assign one | {_ms(steps)} |")
    print(f"| {label} | filtered, after an assign | {_ms(pages)} |")
    print(f"| {label} | export of all, s | {_timed(lambda: list(every(store, Wanted(), WHO, AS_OF, ZONE))):.1f} | | |")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ms(found: list[float]) -> str:
    ordered = sorted(found)
    late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return " | ".join(f"{seconds * 1000:.0f}" for seconds in (statistics.median(ordered), late, ordered[-1]))


@contextmanager
def databases(urls: list[str]) -> Iterator[list[str]]:
    """The databases asked for, or one of each kind that goes away afterwards."""
    if urls:
        yield urls
        return
    with tempfile.TemporaryDirectory() as folder, postgres_server({"fsync": "off"}) as server:
        yield [f"sqlite:///{Path(folder) / 'big.db'}", new_database(server)]


def main() -> None:
    """Measures from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("urls", nargs="*", help="databases: filled as they are, or empty to be filled")
    parser.add_argument("--businesses", type=int, default=Size.businesses)
    parser.add_argument("--engagements", type=int, default=Size.engagements)
    parser.add_argument("--rounds", type=int, default=300)
    told = parser.parse_args()
    with databases(told.urls) as urls:
        for url in urls:
            store = Database(url)
            migrate.upgrade(store)
            if contents.is_empty(store):
                fill(store, Size(told.businesses, told.engagements), lambda line: print(f"filling: {line}", flush=True))
            print("| database | what | median ms | p95 ms | longest ms |\n|---|---|---|---|---|")
            measure(store, told.rounds, f"{'sqlite' if store.is_sqlite else 'postgresql'}, {told.businesses:,}")
            store.close()


if __name__ == "__main__":
    main()
