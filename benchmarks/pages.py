"""How quick the review page is: `python -m benchmarks.pages [--sizes 10000 100000] [--engagements-each 10] [--rounds 100] [--only sqlite]`.

Each size is filled anew (made up, `benchmarks/big_store.py`), a real server is started, and somebody who has signed in asks for pages over
HTTP. Prints the median and the 95th percentile of each kind of page, and how long flags take: all of them, and after 1 % changed."""

import argparse
import random
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import requests
import uvicorn
from sqlalchemy import select, update

from benchmarks.big_store import AS_OF, PLACES, TRADES, ZONE, Size, fill
from jobs import dirty
from jobs.flag_stage import flag_businesses
from jobs.rules import Rules
from review.app import make_app
from review.site import Site
from store import bulk, migrate
from store.database import Database
from store.tables import Business, Stage
from tests.databases import new_database, postgres_server

business, stage = bulk.table_of(Business), bulk.table_of(Stage)
RULES = Rules.load()
CODE = "aaaa-bbbb-cccc"


def kinds(ids: list[str], chance: random.Random) -> dict[str, Callable[[], str]]:
    """What is asked for, by the name of the row."""
    return {
        "list, first page": lambda: "/businesses",
        "list, a later page": lambda: f"/businesses?page={chance.randint(2, 50)}",
        "list, filtered": lambda: f"/businesses?place={chance.choice(PLACES)}&state=leader_lapsed&sort=name",
        "search": lambda: f"/businesses?q={chance.choice(TRADES)[:5]}+{chance.choice(PLACES)[:4]}",
        "business": lambda: f"/businesses/{chance.choice(ids)}",
        "places by themes": lambda: "/places",
    }


@contextmanager
def served(store: Database) -> Iterator[tuple[str, requests.Session]]:
    """A real server on the store, and somebody who has signed in."""
    site = Site(store, ZONE, RULES, try_out_code=CODE, now=lambda: datetime(AS_OF.year, AS_OF.month, AS_OF.day, 12, tzinfo=UTC))
    server = uvicorn.Server(uvicorn.Config(make_app(site), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with requests.Session() as session:
        token = re.search(r'name="csrf" value="([^"]+)"', session.get(f"{base}/sign-in").text)
        said = {"csrf": token and token[1], "code": CODE, "role": "officer"}
        session.post(f"{base}/sign-in", data=said, allow_redirects=False).raise_for_status()  # the list, which it leads to, is measured
        yield base, session
    server.should_exit = True
    thread.join()


def pages(store: Database, rounds: int, label: str) -> None:
    """Prints a row for each kind of page."""
    chance = random.Random(7)
    with store.reading() as connection:
        ids = list(connection.scalars(select(business.c.id).limit(20_000)))
    with served(store) as (base, session):
        print(f"| {label} | list, not in memory yet | {_timed(lambda: session.get(f'{base}/businesses')) * 1000:.0f} | |")
        for name, path in kinds(ids, chance).items():
            if session.get(f"{base}{path()}").status_code != 200:
                print(f"| {label} | {name} | no such page | |")
                continue
            took = sorted(_timed(lambda path=path: session.get(f"{base}{path()}")) for _ in range(rounds))  # type: ignore[misc]
            print(f"| {label} | {name} | {took[rounds // 2] * 1000:.0f} | {took[int(rounds * 0.95)] * 1000:.0f} |", flush=True)


def flags(store: Database, label: str) -> None:
    """Prints how long flags take: all of them, as when the rules changed, and after 1 % of the businesses changed."""
    work = partial(flag_businesses, store, AS_OF, RULES, ZONE)
    with store.connect() as connection:
        before = connection.execute(select(stage.c.worked_from).where(stage.c.name == "flag")).scalar_one() | {"rules": "others"}
        connection.execute(update(stage).where(stage.c.name == "flag").values(worked_from=before))
    print(f"| {label} | flags, all | {_timed(work):.1f} s | |")
    with store.connect() as connection:
        ids = list(connection.scalars(select(business.c.id)))
        dirty.mark_businesses(connection, random.Random(3).sample(ids, len(ids) // 100))
    print(f"| {label} | flags, 1 % changed | {_timed(work):.2f} s | |", flush=True)


def _vacuum(store: Database) -> None:
    """What PostgreSQL does by itself within minutes of a filling, and would else do on the same processors while flags are measured."""
    with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        print(f"vacuum: {_timed(lambda: connection.exec_driver_sql('VACUUM ANALYZE')):.1f} s", flush=True)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def one(url: str, size: Size, rounds: int) -> None:
    """Everything of one database and size."""
    store = Database(url)
    migrate.upgrade(store)
    fill(store, size, lambda line: print(f"filling: {line}", flush=True))
    if not store.is_sqlite:
        _vacuum(store)
    label = f"{'sqlite' if store.is_sqlite else 'postgresql'}, {size.businesses:,}"
    print("| database, businesses | what | median ms | p95 ms |\n|---|---|---|---|")
    pages(store, rounds, label)
    flags(store, label)
    store.close()


def main() -> None:
    """Measures from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--engagements-each", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    told = parser.parse_args()
    for count in told.sizes:
        size = Size(count, count * told.engagements_each)
        if told.only != "postgresql":
            with tempfile.TemporaryDirectory() as folder:
                one(f"sqlite:///{Path(folder) / 'big.db'}", size, told.rounds)
        if told.only != "sqlite":
            with postgres_server({"fsync": "off"}) as server:
                one(new_database(server), size, told.rounds)


if __name__ == "__main__":
    main()
