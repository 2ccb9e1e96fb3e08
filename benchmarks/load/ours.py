"""Placebridge's load of the same pages: a connector of the contract, the pull with its cursor, hash, rejects and deletions.

python -m benchmarks.load.ours URL DATABASE [--whole]      --whole: the whole sync, linking and flags included
"""

import sys
from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from zoneinfo import ZoneInfo

import orjson
import requests

from connector.contract import Connector, Cursor, Entity, Finding, Page, ReadOnly
from jobs import runs
from jobs.pull import Task, pull
from mappings import field_map
from placebridge.garbage import keep_for_good
from store import bulk, migrate
from store.database import Database
from store.tables import Connection

ZONE, TODAY = ZoneInfo("Europe/London"), date(2026, 11, 1)
MAP = """
person:
  from: contacts
  id: id
  changed: updated_at
  fields:
    first_name: first_name
    last_name: last_name
    title: title
    email: email
    phone: phone
    business: account
    status: status
    role: {from: [town, postcode, notes], join: ", "}
"""


class Contacts(ReadOnly):
    """The pages of benchmarks.load.contacts."""

    def __init__(self, url: str) -> None:
        self._url = url

    def check(self, entities: list[Entity]) -> list[Finding]:
        """Nothing to report."""
        return []

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        """One page of the API is one page."""
        session = requests.Session()
        following = str(cursor["next"]) if cursor else self._url
        while following:
            found = orjson.loads(session.get(following, timeout=60).content)
            following = found["next"] or ""
            rows = list(map(itemgetter(*entity.columns), found["rows"]))
            yield Page(rows=rows, cursor={"next": following}, last=not following)


def main() -> None:
    """Loads, or syncs whole."""
    url, database_url, *options = sys.argv[1:]
    store, held = opened(database_url), field_map.read(MAP, "map.yaml")
    if options == ["--whole"]:
        whole(store, Contacts(url), held)
    else:
        load(store, Contacts(url), held)


def opened(database_url: str) -> Database:
    """The database, in a process that is as `placebridge sync` has it."""
    keep_for_good()
    store = Database(database_url)
    migrate.upgrade(store)
    return store


def load(store: Database, connector: Connector, held: field_map.FieldMap, ahead: bool = False) -> None:
    """Pulls the people."""
    with store.connect() as connection:
        bulk.insert(connection, Connection, ("name", "kind", "side", "version"), [("crm", "files", "council", 0)])
    run_id = runs.begin(store, "crm")
    pull(Task(store, 1, run_id, connector, held, "person", ZONE, TODAY, ahead=ahead))
    runs.end(store, {"crm": ("done", "")})


def whole(store: Database, contacts: Contacts, held: field_map.FieldMap) -> None:
    """The whole pipeline."""
    from jobs.pipeline import sync
    from jobs.pulling import Options
    from jobs.rules import Rules
    from jobs.sources import Source

    sync(store, [Source("crm", "files", "council", lambda budget: contacts, held)], Rules.load(), Options(ZONE, TODAY))


if __name__ == "__main__":
    main()
