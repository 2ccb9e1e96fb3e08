"""A stand-in for APIs of many styles: what differs between them is switched by attributes."""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from urllib.parse import urlencode

from connector.http import Clock
from tests.connector.http.servers import Asked
from tests.connector.sites import Reply, query

SECRETS = {"token": "tok-1", "user": "sync", "password": "pw-1", "client_id": "app", "client_secret": "sec-1"}


@dataclass
class Standin:
    """Tables of records, in the order of their ids; deleted ones are kept and hidden. Times come from the clock."""

    clock: Clock
    paging: str = "offset"
    """next, link, page, offset, cursor or none."""
    sign_in: str = "bearer"
    """none, bearer, basic, header or oauth."""
    post: bool = False
    """Searches are POSTs with a JSON body."""
    page_size: int = 3
    """Rows at most in an answer, whatever is asked."""
    totals: bool = True
    throttle: int = 0
    """Every so many requests one is refused with 429; 0 for none."""
    clamps: bool = False
    """After the last page comes the last page again."""
    ignores: frozenset[str] = frozenset()
    """Parameters that are not heeded."""
    shuffled: bool = False
    """No order: every answer begins elsewhere."""
    tables: dict[str, dict[str, dict]] = field(default_factory=dict)
    asked: int = 0

    def put(self, table: str, id: str, fields: dict) -> None:
        """Creates or changes a record."""
        self.tables.setdefault(table, {})[id] = {**fields, "id": id, "changed": self.clock.now(), "deleted": False}

    def delete(self, table: str, id: str) -> None:
        """Deletes a record; one that is not there is nothing."""
        if record := self.tables.get(table, {}).get(id):
            record |= {"changed": self.clock.now(), "deleted": True}

    def living(self, table: str) -> dict[str, dict]:
        """What is there now."""
        return {id: row for id, row in self.tables.get(table, {}).items() if not row["deleted"]}

    def __call__(self, asked: Asked) -> Reply:
        self.asked += 1
        date = {"Date": formatdate(self.clock.now(), usegmt=True)}
        if asked.path == "/token":
            return Reply(200, {"access_token": "oauth-1", "expires_in": 3600}, date) if b"sec-1" in asked.body else Reply(401, {}, date)
        if not self._signed(asked.headers):
            return Reply(401, {"error": "who are you"}, date)
        if self.throttle and self.asked % self.throttle == 0:
            return Reply(429, {}, {**date, "Retry-After": "7"})
        said = {name: value for name, value in self._said(asked).items() if name not in self.ignores}
        if asked.path == "/api/me":
            return Reply(200, {"user": {"name": "sync@example.org"}}, date)
        return self._listed(asked, asked.path.removeprefix("/api/").removesuffix("/search"), said, date)

    def _signed(self, headers: dict[str, str]) -> bool:
        basic = b64encode(b"sync:pw-1").decode()
        wanted = {
            "bearer": ("authorization", "Bearer tok-1"),
            "basic": ("authorization", f"Basic {basic}"),
            "header": ("x-api-key", "tok-1"),
            "oauth": ("authorization", "Bearer oauth-1"),
        }
        name, value = wanted.get(self.sign_in, ("host", headers["host"]))
        return headers.get(name) == value

    def _said(self, asked: Asked) -> dict:
        return json.loads(asked.body) if asked.method == "POST" else query(asked)

    def _listed(self, asked: Asked, table: str, said: dict, date: dict[str, str]) -> Reply:
        deletions, table = table.endswith("/deletions"), table.removesuffix("/deletions")
        if table not in self.tables:
            return Reply(404, {}, date)
        rows = [row for _, row in sorted(self.tables[table].items()) if self._shown(row, said, deletions)]
        if self.shuffled and rows:
            at = self.asked * 2 % len(rows)
            rows = [*rows[at:], *rows[:at]]
        if deletions:
            rows = [{"id": row["id"], "record": row["id"]} for row in rows]
        return self._paged(asked, rows, said, date)

    def _shown(self, row: dict, said: dict, deletions: bool) -> bool:
        since = datetime.fromisoformat(said["since"]).timestamp() if "since" in said else 0.0
        visible = row["deleted"] if deletions else not row["deleted"] or said.get("deleted") == "all"
        return visible and row["changed"] >= since

    def _paged(self, asked: Asked, rows: list[dict], said: dict, date: dict[str, str]) -> Reply:
        size = len(rows) if self.paging == "none" else min(int(said.get("size", 2)), self.page_size)
        start = self._start(rows, said, size)
        page = rows[start : start + size]
        answer: dict = {"rows": [_told(row, said) for row in page], "meta": {"total": len(rows)} if self.totals else {}}
        headers = dict(date)
        if start + size < len(rows) and self.paging in {"cursor", "next", "link"}:
            link = f"/api/{asked.path.removeprefix('/api/')}?" + urlencode({**said, "after": page[-1]["id"]})
            answer |= {"cursor": {"cursor": page[-1]["id"]}, "next": {"links": {"next": link}}}.get(self.paging, {})
            headers |= {"Link": f'<{link}&a=1,2>; title="a, b"; rel="last next", </x>; rel=prev'} if self.paging == "link" else {}
        return Reply(200, answer, headers)

    def _start(self, rows: list[dict], said: dict, size: int) -> int:
        if self.paging == "page":
            start = (int(said.get("page", 1)) - 1) * size
            return min(start, (len(rows) - 1) // size * size) if self.clamps and rows else start
        if self.paging == "offset":
            return int(said.get("offset", 0))
        return sum(row["id"] <= said["after"] for row in rows) if "after" in said else 0


def _told(row: dict, said: dict) -> dict:
    wanted = said["fields"] if isinstance(said.get("fields"), list) else said["fields"].split(",") if "fields" in said else list(row)
    stamp = {"changed": datetime.fromtimestamp(row["changed"], UTC).isoformat()} if "changed" in row else {}
    return {name: value for name, value in (row | stamp).items() if name in wanted}
