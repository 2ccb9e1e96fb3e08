"""Placebridge's read of each way: the connector as `sync` opens it, with the database's rate budget, and the pull."""

from functools import partial
from pathlib import Path

from benchmarks.connectors.ways import DATAVERSE, REST, REST_PAGE, WAYS
from benchmarks.load.ours import load, opened
from connector.contract import Connector
from connector.kind import Context, Kind
from connector.kinds import kind_of
from jobs.budget import shared_budget
from mappings import field_map
from mappings.field_map import FieldMap
from store.database import Database

FIELDS = ("id", "first_name", "last_name", "title", "email", "phone", "business", "town", "postcode", "status", "notes", "changed")
MAP = """
{connector}
person:
  from: {source}
  id: {id}
  changed: {changed}
  fields:
    first_name: {first_name}
    last_name: {last_name}
    title: {title}
    email: {email}
    phone: {phone}
    business: {business}
    status: {{from: {status}, values: {{"0": active}}}}
    role: {{from: [{town}, {postcode}, {notes}], join: ", "}}
"""
REST_WORDS = """
connector:
  sign_in: none
  rows: rows
  limits: [{{requests: 6000, seconds: 300}}]
  paging: {paging}
"""
CHANGED_WORDS = """
  changed: {params: {modified_since: "{since}"}}
  deleted: {by: list, path: deletions, id: id, params: {since: "{since}"}}
"""
NEXT = "{by: next, at: next}"
OFFSET = f"{{by: offset, param: offset, size: {REST_PAGE}, size_param: limit}}\n  order: kept\n  total: total"
SETTINGS = {
    "rest": lambda url: {"url": url},
    "dataverse": lambda url: {"url": url, "login_url": url, "tenant": "tenant", "client_id": "app", "client_secret": "made-up"},
}


def map_of(name: str) -> FieldMap:
    """The field map of a way."""
    way = WAYS[name]
    words = ""
    if way.service == "rest":
        words = REST_WORDS.format(paging=OFFSET if name == "offset" else NEXT) + (CHANGED_WORDS if way.changes else "")
    columns = dict(zip(FIELDS, REST if way.service == "rest" else DATAVERSE, strict=True))
    return field_map.read(MAP.format(connector=words, source=way.path.rpartition("/")[2], **columns), "map.yaml")


def connector_of(name: str, url: str, store: Database, held: FieldMap) -> Connector:
    """The connector of a way."""
    service = WAYS[name].service
    kind = kind_of(service)
    assert isinstance(kind, Kind)
    context = Context("crm", Path(), held.options, partial(shared_budget, store, "crm"))
    return kind.open(kind.settings.model_validate(SETTINGS[service](url.rstrip("/"))), context)


def read(name: str, url: str, database_url: str) -> None:
    """Reads a way into the database."""
    store, held = opened(database_url), map_of(name)
    connector = connector_of(name, url, store, held)
    load(store, connector, held, ahead=store.writes_side_by_side)
    connector.close(stored=True)
