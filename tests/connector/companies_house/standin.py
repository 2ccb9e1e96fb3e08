"""A stand-in of the Companies House Public Data API: what Prism lacks, which is a state, pages, 404 and the limit of requests.

Its answers are held against the published OpenAPI description by test_standin.py."""

from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any

from connector.http import Clock
from tests.connector.http.servers import Asked
from tests.connector.sites import Reply, query

Fields = dict[str, Any]


@dataclass
class CompaniesHouseSite:
    """Companies and their officers. The limit counts in windows that follow each other, as Companies House says of its own."""

    clock: Clock
    key: str = "a-key"
    limit: int = 600
    window: float = 300.0
    page_size: int = 50
    """The most officers of a page, however many are asked for."""
    tells_reset: bool = True
    companies: dict[str, Fields] = field(default_factory=dict)
    officers: dict[str, dict[str, Fields]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Companies whose profile the service fails to give."""
    refused: int = 0
    """How many requests were answered with 429."""
    times: list[float] = field(default_factory=list)
    """When each request came that counted."""
    _began: float = float("-inf")
    _taken: int = 0

    def put(self, table: str, id: str, fields: Fields) -> None:
        """Creates or changes a company, or an officer: `put("officers", "01234567/o1", {...})`."""
        if table == "companies":
            self.companies[id] = self.companies.get(id, {}) | fields
        else:
            number, _, officer = id.partition("/")
            held = self.officers.setdefault(number, {})
            held[officer] = held.get(officer, {}) | fields

    def delete(self, table: str, id: str) -> None:
        """Removes a company, or an officer."""
        if table == "companies":
            del self.companies[id]
        else:
            number, _, officer = id.partition("/")
            del self.officers[number][officer]

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization", "") != self._expected(asked):
            return Reply(401, {"error": "Invalid Authorization", "type": "ch:service"})
        now = self.clock.now()
        if now >= self._began + self.window:
            self._began, self._taken = now, 0
        headers = {"X-Ratelimit-Limit": str(self.limit), "X-Ratelimit-Remain": str(max(0, self.limit - self._taken - 1))}
        if self.tells_reset:
            headers["X-Ratelimit-Reset"] = str(int(self._began + self.window) + 1)
        if self._taken >= self.limit:
            self.refused += 1
            return Reply(429, None, headers)
        self._taken += 1
        self.times.append(now)
        reply = self._answer(asked)
        return Reply(reply.status, reply.body, {**headers, **reply.headers})

    def _expected(self, asked: Asked) -> str:
        """The key as the user name, with an empty password."""
        given = asked.headers.get("authorization", "").removeprefix("Basic ")
        return f"Basic {given}" if b64decode(given or b"") == f"{self.key}:".encode() else "nothing"

    def _answer(self, asked: Asked) -> Reply:
        _, what, number, *rest = asked.path.split("/")
        if asked.method != "GET" or what != "company":
            return Reply(404, {"errors": [{"error": "not-found", "type": "ch:service"}]})
        if number in self.broken:
            return Reply(500, {"errors": [{"error": "internal", "type": "ch:service"}]})
        if number not in self.companies:
            return Reply(404, {"errors": [{"error": "company-profile-not-found", "type": "ch:service"}]})
        return self._officers(number, query(asked)) if rest == ["officers"] else Reply(200, self._profile(number))

    def _profile(self, number: str) -> Fields:
        found = {
            "company_name": f"COMPANY {number} LIMITED",
            "company_number": number,
            "company_status": "active",
            "type": "ltd",
            "can_file": True,
            "date_of_creation": "2001-02-03",
            "etag": "e",
            "jurisdiction": "england-wales",
            "has_charges": False,
            "accounts": {"accounting_reference_date": {"day": 31, "month": 12}},
            "links": {"self": f"/company/{number}", "officers": f"/company/{number}/officers"},
        }
        return {name: value for name, value in (found | self.companies[number]).items() if value is not None}

    def _officers(self, number: str, asked: dict[str, str]) -> Reply:
        held = self.officers.get(number)
        if not held:
            return Reply(404, {"errors": [{"error": "company-officers-not-found", "type": "ch:service"}]})
        start, size = int(asked.get("start_index", 0)), min(self.page_size, int(asked.get("items_per_page", 35)))
        items = [self._officer(number, id, fields) for id, fields in held.items()]
        resigned = sum("resigned_on" in one for one in items)
        page = {
            "active_count": len(items) - resigned,
            "etag": "e",
            "items": items[start : start + size],
            "items_per_page": size,
            "kind": "officer-list",
            "links": {"self": f"/company/{number}/officers"},
            "resigned_count": resigned,
            "start_index": start,
            "total_results": len(items),
        }
        return Reply(200, page)

    def _officer(self, number: str, id: str, fields: Fields) -> Fields:
        return {
            "name": f"QUILL, Person {id}",
            "officer_role": "director",
            "appointed_on": "2019-03-04",
            "date_of_birth": {"month": 7, "year": 1971},
            "nationality": "British",
            "occupation": "Engineer",
            "country_of_residence": "England",
            "address": {"premises": "1", "address_line_1": "Nowhere Street", "locality": "Thornley", "postal_code": "ZX1 1AB"},
            "links": {"self": f"/company/{number}/appointments/{id}", "officer": {"appointments": f"/officers/{id}/appointments"}},
        } | fields
