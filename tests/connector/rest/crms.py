"""Small stand-ins for two CRMs, after their documentation (docs/rest.md cites the pages); they refuse what it does not have."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from zoneinfo import ZoneInfo

from connector.http import Clock
from tests.connector.http.servers import Asked
from tests.connector.sites import Reply, query

WHERE = re.compile(r"whereGroup\[(\d+)\]\[(\w+)\]")
COMPARE = {">=": lambda a, b: a >= b, "=": lambda a, b: a == b}


@dataclass
class Crm:
    """Records by table; subclasses answer as their system does."""

    clock: Clock
    page_size: int = 3
    tables: dict[str, dict[str, dict]] = field(default_factory=dict)

    def put(self, table: str, id: str, fields: dict) -> None:
        """Creates or changes a record."""
        rows = self.tables.setdefault(table, {})
        created = rows.get(id, {}).get(self.created) or self.stamp()
        rows[id] = {**fields, self.id: id, self.created: created, self.modified: self.stamp()}

    def delete(self, table: str, id: str) -> None:
        """Deletes a record."""
        del self.tables[table][id]

    def stamp(self) -> str:
        return datetime.fromtimestamp(self.clock.now(), self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def __call__(self, asked: Asked) -> Reply:
        reply = self.answered(asked, query(asked))
        return Reply(reply.status, reply.body, {"Date": formatdate(self.clock.now(), usegmt=True)})


class Espo(Crm):
    """EspoCRM: an API key in a header, `list` and `total`, where items in brackets, times in UTC."""

    id, created, modified, zone = "id", "createdAt", "modifiedAt", UTC

    def answered(self, asked: Asked, said: dict[str, str]) -> Reply:
        if asked.headers.get("x-api-key") != "key-1":
            return Reply(401)
        name = asked.path.removeprefix("/api/v1/")
        if name == "App/user":
            return Reply(200, {"user": {"userName": "placebridge"}})
        if name not in self.tables:
            return Reply(404)
        wanted = said.pop("select").split(",")
        rows = [row for row in self._ordered(name, said) if self._fits(row, self._where(said))]
        start, size = int(said["offset"]), min(int(said["maxSize"]), self.page_size)
        page = [{column: row.get(column) for column in {*wanted, "id"}} for row in rows[start : start + size]]
        return Reply(200, {"list": page, "total": len(rows) if name != "Meeting" else -1})

    def _ordered(self, name: str, said: dict[str, str]) -> list[dict]:
        assert said["order"] == "asc"
        return sorted(self.tables[name].values(), key=lambda row: (row[said["orderBy"]], row["id"]))

    def _where(self, said: dict[str, str]) -> list[dict[str, str]]:
        items: dict[str, dict[str, str]] = {}
        for name, value in said.items():
            if match := WHERE.fullmatch(name):
                items.setdefault(match[1], {})[match[2]] = value
        return list(items.values())

    def _fits(self, row: dict, where: list[dict[str, str]]) -> bool:
        assert all(item["type"] == "greaterThanOrEquals" for item in where)
        return all(row[item["attribute"]] >= item["value"] for item in where)


class Frappe(Crm):
    """ERPNext: a token of key and secret, `data`, fields and filters as JSON, times in the site's zone, deletions as Deleted Document."""

    id, created, modified, zone = "name", "creation", "modified", ZoneInfo("Europe/London")

    def delete(self, table: str, id: str) -> None:
        super().delete(table, id)
        deleted = self.tables.setdefault("Deleted Document", {})
        self.put("Deleted Document", f"D{len(deleted)}", {"deleted_doctype": table, "deleted_name": id, "restored": 0})

    def answered(self, asked: Asked, said: dict[str, str]) -> Reply:
        if asked.headers.get("authorization") != "token key-1:secret-1":
            return Reply(403)
        table = asked.path.removeprefix("/api/resource/").replace("%20", " ")
        if table not in self.tables and table != "Deleted Document":
            return Reply(404)
        rows = sorted(self.tables.get(table, {}).values(), key=lambda row: (row[said["order_by"].removesuffix(" asc")], row["name"]))
        filters = json.loads(said.get("filters", "[]"))
        rows = [row for row in rows if all(COMPARE[sign](row[name], value) for name, sign, value in filters)]
        start = int(said.get("limit_start", 0))
        page = rows[start : start + min(int(said.get("limit_page_length", 20)), self.page_size)]
        return Reply(200, {"data": [{name: row.get(name) for name in json.loads(said["fields"])} for row in page]})
