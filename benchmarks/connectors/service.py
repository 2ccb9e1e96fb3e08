"""A loopback service for the connectors `rest` and `dataverse`, and whatever else reads those APIs. Run as a process of its own.

python -m benchmarks.connectors.service rest|dataverse ROWS     prints its address, serves until it is ended

Beside the API: /change changes one row of a hundred, /forget undoes it.
"""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from benchmarks.connectors import rows as made
from benchmarks.connectors.rows import Rows
from benchmarks.connectors.ways import API, DATAVERSE, DATAVERSE_PAGE, REST_PAGE
from benchmarks.load.serving import Asked, serve

TYPES = {"contactid": "Uniqueidentifier", "parentcustomerid": "Customer", "statecode": "State", "modifiedon": "DateTime"}
TABLES = {"contacts": ("contact", True), "new_members": ("new_member", False)}
"""The logical name, and whether changes are tracked; where they are not there is no time of change either."""


class Rest:
    """Pages by next link or by offset, rows changed since a time, and a list of deletions that stays empty."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def answer(self, asked: Asked) -> bytes:
        """The answer to any request."""
        query = asked.query
        if asked.path == "/deletions":
            return b'{"rows":[],"next":null}'
        if "modified_since" in query and "start" not in query and query["modified_since"] > made.iso(made.BEGAN):
            return b'{"rows":[%b],"next":null}' % self.rows.since(query["modified_since"])
        if "offset" in query:
            start = int(query["offset"])
            return b'{"rows":[%b],"total":%d}' % (self.rows.page(start, start + int(query["limit"])), self.rows.count)
        start = int(query.get("start", 0))
        end = start + REST_PAGE
        following = f'"{asked.host}/contacts?start={end}"' if end < self.rows.count else "null"
        return b'{"rows":[%b],"next":%b}' % (self.rows.page(start, end), following.encode())


class Dataverse:
    """A token, two tables' definitions, their rows 5,000 at a time, what changed since a delta link or a time."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def answer(self, asked: Asked) -> bytes:
        """The answer to any request."""
        path = asked.path.removeprefix(f"/{API}")
        if path.endswith("/oauth2/v2.0/token"):
            return b'{"access_token":"made-up","token_type":"Bearer","expires_in":3600}'
        if path == "/EntityDefinitions":
            return orjson.dumps({"value": [_definition(name) for name in TABLES if f"'{name}'" in asked.query["$filter"]]})
        if path.endswith("/Attributes"):
            return orjson.dumps({"value": _attributes(tracked="'contact'" in path)})
        return self._rows(asked)

    def _rows(self, asked: Asked) -> bytes:
        query, here = asked.query, asked.host + asked.path
        since = query.get("$deltatoken") or next(iter(re.findall(r"modifiedon ge (\S+)", query.get("$filter", ""))), "")
        if since > made.iso(made.BEGAN) and "$skiptoken" not in query:
            return _listed(self.rows.since(since), self._delta(here))
        start = int(query.get("$skiptoken", 0))
        end = start + DATAVERSE_PAGE
        if end < self.rows.count:
            return _listed(self.rows.page(start, end), f',"@odata.nextLink":"{here}?$skiptoken={end}"')
        return _listed(self.rows.page(start, end), self._delta(here) if "odata.track-changes" in asked.prefer else "")

    def _delta(self, here: str) -> str:
        return f',"@odata.deltaLink":"{here}?$deltatoken={made.iso(datetime.now(UTC))}"'


def _listed(rows: bytes, links: str) -> bytes:
    return b'{"value":[%b]%b}' % (rows, links.encode())


def _definition(name: str) -> dict[str, object]:
    logical, tracked = TABLES[name]
    told = {"LogicalName": logical, "EntitySetName": name, "PrimaryIdAttribute": "contactid", "ChangeTrackingEnabled": tracked}
    return told | {"CanChangeTrackingBeEnabled": {"Value": tracked}, "Privileges": []}


def _attributes(tracked: bool) -> list[dict[str, object]]:
    names = [name.removeprefix("_").removesuffix("_value") for name in DATAVERSE]
    types = TYPES if tracked else TYPES | {"modifiedon": "String"}
    return [{"LogicalName": name, "AttributeType": types.get(name, "String"), "IsValidForRead": True} for name in names]


def main() -> None:
    """Serves."""
    kind, count = sys.argv[1], int(sys.argv[2])
    rows = Rows(made.rest, count, "updated_at") if kind == "rest" else Rows(made.dataverse, count, "modifiedon")
    api: Rest | Dataverse = Rest(rows) if kind == "rest" else Dataverse(rows)
    controls: dict[str, Callable[[], None]] = {"/change": lambda: rows.change(datetime.now(UTC)), "/forget": rows.forget}

    def answer(asked: Asked) -> bytes:
        control = controls.get(asked.path)
        if control is None:
            return api.answer(asked)
        control()
        return b"{}"

    serve(answer, "/")


if __name__ == "__main__":
    main()
