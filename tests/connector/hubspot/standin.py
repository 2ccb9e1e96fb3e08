"""A stand-in for HubSpot's CRM API, written from its developer pages (developers.hubspot.com/docs/api-reference; each method names its page).

It serves v3 and v4 paths and the dated ones, which have the same shapes. What the pages leave open is left as unhelpful as they allow:
rows that a search sorts equal come in no useful order, and its index shows changes late."""

import json
import re
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import Any

from connector.http.clock import Clock
from tests.connector.http.servers import Asked
from tests.connector.hubspot.account import Account, Record, Version, iso, stamp_name
from tests.connector.sites import Reply, query

Json = dict[str, Any]
OBJECTS = re.compile(r"/crm/(?:v3/objects|objects/\d{4}-\d\d)/([\w-]+)(/search|/batch/read)?")
PROPERTIES = re.compile(r"/crm/(?:v3/properties|properties/\d{4}-\d\d)/([\w-]+)")
ASSOCIATIONS = re.compile(r"/crm/(?:v4/associations|associations/\d{4}-\d\d)/([\w-]+)/([\w-]+)/batch/read")
ACCOUNT = re.compile(r"/account-info/(?:v3|\d{4}-\d\d)/(details|api-usage/daily/private-apps)")
EMAIL_CONTENT = {"hs_email_subject", "hs_email_text", "hs_email_html"}
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda a, b: a == b, "NEQ": lambda a, b: a != b, "LT": lambda a, b: a < b, "LTE": lambda a, b: a <= b,
    "GT": lambda a, b: a > b, "GTE": lambda a, b: a >= b,
}  # fmt: skip


class Refusal(Exception):
    """An answer that is an error ("Error handling": status, category, message, correlationId; all fields are optional)."""

    def __init__(self, status: int, category: str, headers: Mapping[str, str] | None = None, **more: object) -> None:
        super().__init__(category)
        self.reply = Reply(status, {"status": "error", "category": category, "correlationId": "aeb5f871", **more}, headers or {})


class HubSpotStandIn(Account):
    """The account behind its API: a site."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.portal, self.zone = 1234567, "Europe/London"
        self.tokens = {"pat-eu1-good": ""}
        """Tokens that were issued; EXPIRED_AUTHENTICATION for one that no longer works."""
        self.scopes = {f"crm.objects.{one}.read" for one in ("companies", "contacts", "custom")} | {"sales-email-read", "oauth"}
        self.page_size = 200
        """Rows that a list or search gives at most, whatever limit asks for."""
        self.search_most = 10_000
        """"Search the CRM", limits: a query shows 10,000 results, and paging beyond is an error 400."""
        self.lag = 5.0
        """"Search the CRM", limits: it may take a few moments until new and changed records appear; here: seconds."""
        self.association_inputs, self.association_page = 1000, 500
        """changelog/bug-fix-batch-read-limit-for-hubspot-associations-api; pages of one record's associations."""
        self.per_ten_seconds, self.per_second, self.per_day = 100, 5, 250_000
        """"API usage guidelines": requests of an app in ten seconds, searches of an account in a second, requests of a day."""
        self.longest_address = 8000
        """"Error handling": 414 for a request URI that is too long."""
        self.locked, self.moving = 0, 0
        """Requests still to be answered by 423, or 477 ("Error handling")."""
        self.odd: dict[str, Json] = {}
        """Records that are answered as they stand here, by id, whatever is held."""
        self.unlinkable: set[str] = set()
        """Records whose associations a batch read refuses for another reason than that there are none."""
        self._recent: deque[float] = deque()
        self._searched: deque[float] = deque()
        self.used = 0

    def __call__(self, asked: Asked) -> Reply:
        try:
            reply = self._answer(asked)
        except Refusal as refusal:
            reply = refusal.reply
        return Reply(reply.status, reply.body, {"Date": formatdate(self.clock.now(), usegmt=True), **reply.headers})

    def _answer(self, asked: Asked) -> Reply:
        self._admit(asked)
        body = json.loads(asked.body) if asked.body else {}
        if found := ACCOUNT.fullmatch(asked.path):
            return Reply(body=self._details() if found[1] == "details" else self._usage())
        if found := PROPERTIES.fullmatch(asked.path):
            return Reply(body=self._properties(found[1]))
        if found := ASSOCIATIONS.fullmatch(asked.path):
            return self._associated(found[1], found[2], body["inputs"])
        if found := OBJECTS.fullmatch(asked.path):
            table = found[1]
            self._require_object(table)
            if found[2] is None:
                return Reply(body=self._list(table, query(asked)))
            return self._search(table, body) if found[2] == "/search" else self._batch(table, body, query(asked))
        raise Refusal(404, "OBJECT_NOT_FOUND")

    def _admit(self, asked: Asked) -> None:
        """"Error handling" and "API usage guidelines": 401, 414, 423, 477, 429 and its policyName."""
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refusal(401, "INVALID_AUTHENTICATION")
        if self.tokens[token]:
            raise Refusal(401, self.tokens[token])
        if len(asked.target) > self.longest_address:
            raise Refusal(414, "URI_TOO_LONG")
        if self.moving:
            self.moving -= 1
            raise Refusal(477, "MIGRATION_IN_PROGRESS", {"Retry-After": "30"})
        if self.locked:
            self.locked -= 1
            raise Refusal(423, "LOCKED")
        if self.used >= self.per_day:
            raise _too_many("DAILY")
        searching = asked.path.endswith("/search")
        for recent, most, seconds, policy in (
            (self._recent, self.per_ten_seconds, 10.0, "TEN_SECONDLY_ROLLING"),
            *([(self._searched, self.per_second, 1.0, "SECONDLY")] if searching else []),
        ):
            while recent and recent[0] <= self.clock.now() - seconds:
                recent.popleft()
            if len(recent) >= most:
                raise _too_many(policy)
            recent.append(self.clock.now())
        self.used += 1

    def _require_object(self, table: str) -> None:
        """"Scopes": an object's own, and crm.objects.contacts.read for activities; "Error handling": 403 MISSING_SCOPES."""
        if table not in self.known:
            raise Refusal(400, "VALIDATION_ERROR", message="Unable to infer object type")
        named = "companies" if table == "companies" else "custom" if table.startswith("2-") else "contacts"
        scope = f"crm.objects.{named}.read"
        if scope not in self.scopes:
            raise Refusal(403, "MISSING_SCOPES", errors=[{"message": "…", "context": {"requiredGranularScopes": [scope]}}])

    def _details(self) -> Json:
        """"Account information API"."""
        return {"portalId": self.portal, "accountType": "STANDARD", "timeZone": self.zone, "dataHostingLocation": "eu1"}

    def _usage(self) -> Json:
        """"Account information API", api-usage/daily/private-apps."""
        one = {"name": "private-apps-api-calls-daily", "usageLimit": self.per_day, "currentUsage": self.used, "fetchStatus": "SUCCESS"}
        return {"results": [one]}

    def _properties(self, table: str) -> Json:
        """"Properties": all of an object's."""
        self._require_object(table)
        return {"results": [{"name": name, "label": label, "type": "string"} for name, label in self.known[table].items()]}

    def _list(self, table: str, asked: Mapping[str, str]) -> Json:
        """"Objects", list: limit up to 100, after, properties, archived. Properties that do not exist are left out without a word."""
        limit, archived = int(asked.get("limit", "10")), asked.get("archived", "").lower() == "true"
        if not 1 <= limit <= 100 or not asked.get("after", "0").isdigit():
            raise Refusal(400, "VALIDATION_ERROR")
        names = [name for name in asked.get("properties", "").split(",") if name]
        records = sorted(self.live(table, archived), key=lambda record: int(record.id))
        rest = [record for record in records if int(record.id) > int(asked.get("after", "0"))]
        rows = rest[: min(limit, self.page_size)]
        found: Json = {"results": [self._shown(table, record, names) for record in rows]}
        return found | ({"paging": {"next": {"after": rows[-1].id}}} if len(rest) > len(rows) else {})

    def _batch(self, table: str, body: Json, asked: Mapping[str, str]) -> Reply:
        """"Objects", batch read: up to 100 inputs; 207 where some are not there. Old ids of merged records give the merged record."""
        if len(body["inputs"]) > 100:
            raise Refusal(400, "VALIDATION_ERROR")
        records = {record.id: record for record in self.live(table, asked.get("archived", "").lower() == "true")}
        wanted = [self.current(table, one["id"]) for one in body["inputs"]]
        results = [self._shown(table, records[one], body.get("properties", [])) for one in wanted if one in records]
        lost = len(wanted) - len(results)
        errors = [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some objects"}] if lost else []
        return Reply(207 if lost else 200, {"status": "COMPLETE", "results": results, **({"errors": errors, "numErrors": lost} if lost else {})})

    def _search(self, table: str, body: Json) -> Reply:
        """"Search the CRM": one sort; up to 5 groups of 6 filters; up to 200 rows; `after` counts rows; deleted records never; 400 beyond
        10,000. A property that the object does not have fits nothing (airbytehq/airbyte pull request 85019, tried on an account)."""
        groups, sorts, limit = body.get("filterGroups", []), body.get("sorts", []), int(body.get("limit", 10))
        offset = int(body.get("after") or 0)
        wrong = len(groups) > 5 or len(sorts) > 1 or any(len(group["filters"]) > 6 for group in groups)
        if wrong or not 1 <= limit <= 200 or offset + limit > self.search_most:
            raise Refusal(400, "VALIDATION_ERROR")
        by, backwards = (sorts[0]["propertyName"], sorts[0].get("direction") == "DESCENDING") if sorts else ("hs_object_id", False)
        limit = min(limit, self.page_size)
        wanted = [[_condition(one) for one in group["filters"]] for group in groups] or [[]]
        fitting = []
        for one, version in self.indexed(table, self.lag):
            cells = _Cells(table, one, version.since, version.properties or {})
            if any(all(condition(cells) for condition in group) for group in wanted):
                fitting.append((cells.value(by), zlib.crc32(one.encode()), one, version))
        fitting.sort(key=lambda item: (item[0] is None, item[0], item[1]), reverse=backwards)
        records = {one: _at(one, version.since, version.properties) for _, _, one, version in fitting[offset : offset + limit]}
        found: Json = {"total": len(fitting), "results": [self._shown(table, record, body.get("properties", [])) for record in records.values()]}
        more = {"paging": {"next": {"after": str(offset + limit)}}} if len(fitting) > offset + limit else {}
        return Reply(body=found | more)

    def _associated(self, table: str, to: str, inputs: list[Json]) -> Reply:
        """"Associations v4", batch read: up to 1,000 inputs; each result pages on its own; a record with none is an error in a 207
        (category OBJECT_NOT_FOUND, subCategory crm.associations.NO_ASSOCIATIONS_FOUND)."""
        self._require_object(table)
        self._require_object(to)
        if len(inputs) > self.association_inputs:
            raise Refusal(400, "VALIDATION_ERROR")
        results, errors = [], []
        for asked in inputs:
            links, start = self.linked(table, asked["id"], to), int(asked.get("after") or 0)
            context = {"fromObjectId": [asked["id"]], "fromObjectType": [table], "toObjectType": [to]}
            if asked["id"] in self.unlinkable:
                errors.append({"status": "error", "category": "INTERNAL_ERROR", "context": context})
            elif not links:
                sub = "crm.associations.NO_ASSOCIATIONS_FOUND"
                errors.append({"status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": sub, "context": context})
            else:
                end = start + self.association_page
                shown = [{"toObjectId": int(other), "associationTypes": types} for other, types in links[start:end]]
                paging = {"paging": {"next": {"after": str(end)}}} if len(links) > end else {}
                results.append({"from": {"id": asked["id"]}, "to": shown, **paging})
        body = {"status": "COMPLETE", "results": results, **({"errors": errors, "numErrors": len(errors)} if errors else {})}
        return Reply(207 if errors else 200, body)

    def _shown(self, table: str, record: Record, names: list[str]) -> Json:
        """A record: id, properties as texts, createdAt, updatedAt, archived. What was not asked for is left out, but for the defaults."""
        if record.id in self.odd:
            return self.odd[record.id]
        cells = _Cells(table, record.id, record.changed, record.properties)
        wanted = [name for name in ("createdate", stamp_name(table), "hs_object_id", *names) if name in self.known[table]]
        redacted = table == "emails" and "sales-email-read" not in self.scopes
        properties = {name: None if redacted and name in EMAIL_CONTENT else cells.text(name) for name in wanted}
        times = {"createdAt": iso(record.created), "updatedAt": iso(record.changed)}
        gone = {"archivedAt": iso(record.archived_at)} if record.archived_at is not None else {}
        return {"id": record.id, "properties": properties, **times, "archived": record.archived_at is not None, **gone}


class _Cells:
    """A record's properties, with those that HubSpot keeps itself."""

    def __init__(self, table: str, one: str, changed: int, properties: Mapping[str, str | None]) -> None:
        self._stamp, self._one, self._changed, self._properties = stamp_name(table), one, changed, properties

    def text(self, name: str) -> str | None:
        if name in {self._stamp, "createdate"}:
            return iso(self._changed)
        return self._one if name == "hs_object_id" else self._properties.get(name)

    def value(self, name: str) -> Any:
        """As a search compares it: times in milliseconds, ids as numbers."""
        if name == self._stamp:
            return self._changed
        return int(self._one) if name == "hs_object_id" else self.text(name)


def _condition(told: Mapping[str, str]) -> Callable[[_Cells], bool]:
    """One filter; numbers and times compare as numbers. An empty property fits nothing."""
    name, compare, text = told["propertyName"], COMPARED[told["operator"]], told["value"]
    number = int(text) if text.isdigit() else None

    def fits(cells: _Cells) -> bool:
        found = cells.value(name)
        return found is not None and compare(found, number if isinstance(found, int) else text)

    return fits


def _at(one: str, since: int, properties: Mapping[str, str | None] | None) -> Record:
    return Record(one, since, [Version(since, properties)])


def _too_many(policy: str) -> Refusal:
    """"API usage guidelines": errorType RATE_LIMIT and the policyName; Retry-After is not promised."""
    return Refusal(429, "RATE_LIMITS", errorType="RATE_LIMIT", policyName=policy, message="You have reached your limit.")
