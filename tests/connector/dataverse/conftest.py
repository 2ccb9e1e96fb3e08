"""A Dataverse to read: the stand-in on loopback, and a connector made from settings as an admin writes them."""

from pathlib import Path

import pytest

from connector.contract import Entity
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.dataverse.standin import CLIENT, SECRET, TENANT, DataverseStandin
from tests.connector.sites import serve

START = 1_780_000_000.0


class HandClock:
    """Time that stands still but for what is slept and what a test adds."""

    def __init__(self, moment: float = START) -> None:
        self.moment = moment

    def now(self) -> float:
        return self.moment

    def ticks(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += seconds


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def site(clock):
    return DataverseStandin(clock)


@pytest.fixture
def server(site):
    running = serve(site)
    yield running
    running.close()


@pytest.fixture
def connect(server, clock):
    """Opens a connector; what is given goes into its settings, and `clock` is its own where it is not the stand-in's."""
    shared = clock

    def open_it(clock=shared, **given):
        kind = kind_of("dataverse")
        wanted = {"url": server.url, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET, "login_url": server.url}
        return kind.open(kind.settings(**wanted | given), Context("council", Path(), clock=clock))

    return open_it


def block(kind="business", source="accounts", columns=("accountid", "name"), ids=("accountid",), **more) -> Entity:
    return Entity(kind, source, tuple(columns), ids=tuple(ids), **more)


def read(connector, entity, cursor=None) -> list:
    return list(connector.pull(entity, cursor))


def rows(pages) -> list:
    return [row for page in pages for row in page.rows]


def apply(held: dict, pages, ids_at=0) -> dict:
    """What somebody holds who takes the pages in, as the contract tells it: rows by id."""
    named = set()
    for page in pages:
        for row in page.rows:
            held[row[ids_at]] = row
            named.add(row[ids_at])
        for id in [*page.deleted, *(merge.loser for merge in page.merged)]:
            held.pop(id, None)
            named.discard(id)
        named |= set(page.seen)
    return {id: row for id, row in held.items() if id in named} if pages[-1].snapshot else held
