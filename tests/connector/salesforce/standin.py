"""A stand-in for one Salesforce organisation, from Salesforce's developer pages; each behaviour names its page.

Guides: REST = REST API Developer Guide, SOAP = SOAP API Developer Guide, BULK = Bulk API 2.0 and Bulk API Developer Guide, HELP = Salesforce Help."""

import copy
import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

import jwt

from tests.connector.http.servers import Asked
from tests.connector.salesforce.objects import OBJECTS, UNLOGGED, FieldSpec, spec
from tests.connector.salesforce.soql_reader import Malformed, Reader, Select
from tests.connector.sites import Reply, query

DAY = 86_400
ORG_ID, USER_ID = "00D000000000001EAA", "005000000000001AAA"


class Refused(Exception):
    """REST, "Status Codes and Error Responses": a list of objects with errorCode and message."""

    def __init__(self, status: int, code: str, message: str = "refused") -> None:
        self.reply = Reply(status, [{"errorCode": code, "message": message}])


@dataclass
class Job:
    """BULK, "Create a Query Job": its results are fixed when it has run."""

    id: str
    version: str
    lines: list[list[str]]
    header: list[str]
    polls: int
    delimiter: str = "COMMA"
    ending: str = "LF"


@dataclass
class Table:
    """One object's fields and records."""

    name: str
    fields: dict[str, FieldSpec]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[tuple[float, str]] = field(default_factory=list)
    """The delete log: when, which."""
    purged_to: float = 0.0
    """When the last record that is physically gone was deleted."""


class Organisation:
    """A Site. Tests change its world by `put`, `delete`, `merge`, `undelete` and `empty_recycle_bin`."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.page_size = 2000
        """REST, "Query": the default of a page of results."""
        self.client_id, self.client_secret, self.username, self.public_key = "app", "s3cret", "sync@example.org", ""
        self.instance_url = ""
        self.audience = "https://login.salesforce.com"
        self.used, self.most = 0, 100_000
        self.bulk_polls = 1
        """How often a job says InProgress before it is done."""
        self.bulk_refuses: set[str] = set()
        self.versions = ["62.0", "63.0", "64.0", "65.0"]
        self.tables = {name: Table(name, {one.name.lower(): one for one in map(spec, fields)}) for name, fields in OBJECTS.items()}
        self.hidden: set[tuple[str, str]] = set()
        self.tokens: set[str] = set()
        self.locators: dict[str, tuple[list[dict], int]] = {}
        self.jobs: dict[str, Job] = {}
        self.made = 0
        self.put("Organization", ORG_ID, Name="Exampleshire Council", IsSandbox=False)
        self.put("User", USER_ID, Name="Sync", Username=self.username, Email=self.username)

    # What tests do to its world

    def put(self, table: str, id: str, fields: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Creates or changes a record, after restoring it where it is deleted; SystemModstamp moves (Object Reference, "System Fields")."""
        there = self.tables[table]
        if there.rows.get(id, {}).get("isdeleted"):
            self.undelete(table, id)
        now = float(int(self.clock.now()))
        row = there.rows.setdefault(id, {"id": id, "isdeleted": False, "createddate": now})
        row |= {name.lower(): value for name, value in {**(fields or {}), **more}.items()}
        unknown = set(row) - set(there.fields) - {"isdeleted", "createddate", "lastmodifieddate", "systemmodstamp"}
        assert not unknown, f"{table} has no {unknown}"
        row |= {"systemmodstamp": now, "lastmodifieddate": now}

    def delete(self, table: str, id: str, master: str | None = None) -> None:
        """Into the recycle bin, and into the delete log (SOAP, "getDeleted()")."""
        there, now = self.tables[table], float(int(self.clock.now()))
        row = there.rows[id]
        row |= {"isdeleted": True, "systemmodstamp": now, "deleted": now}
        if master:
            row["masterrecordid"] = master
        there.log.append((now, id))

    def undelete(self, table: str, id: str) -> None:
        """Out of the recycle bin (SOAP, "undelete()")."""
        row = self.tables[table].rows[id]
        del row["deleted"]
        row |= {"isdeleted": False, "systemmodstamp": float(int(self.clock.now())), "masterrecordid": None}

    def merge(self, table: str, loser: str, survivor: str) -> None:
        """SOAP, "merge()": the loser is deleted, its MasterRecordId is the survivor, and what pointed at it points at the survivor."""
        self.delete(table, loser, survivor)
        self.put(table, survivor)
        for other in self.tables.values():
            names = [one.name.lower() for one in other.fields.values() if table in one.targets and one.name != "MasterRecordId"]
            for row in other.rows.values():
                for name in names:
                    if row.get(name) == loser:
                        row |= {name: survivor, "systemmodstamp": float(int(self.clock.now()))}

    def empty_recycle_bin(self, table: str) -> None:
        """SOAP, "emptyRecycleBin()": the records are gone for good; `earliestDateAvailable` is the last of them (GetDeletedResult)."""
        there = self.tables[table]
        for id_, row in list(there.rows.items()):
            if row["isdeleted"]:
                there.purged_to = max(there.purged_to, row["deleted"])
                del there.rows[id_]

    def define(self, table: str, *fields: str) -> None:
        """A custom object."""
        self.tables[table] = Table(table, {one.name.lower(): one for one in map(spec, fields)})

    def spelled(self, table: str) -> list[str]:
        """An object's fields as `define` takes them."""
        return list(OBJECTS[table])

    # The site

    def __call__(self, asked: Asked) -> Reply:
        try:
            reply = self._answer(asked)
        except Refused as refused:
            reply = refused.reply
        limits = {"Sforce-Limit-Info": f"api-usage={self.used}/{self.most}"} if self.used else {}
        return Reply(reply.status, reply.body, {"Date": formatdate(self.clock.now(), usegmt=True), **limits, **reply.headers})

    def _answer(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")
        if parts[:3] == ["services", "oauth2", "token"]:
            return self._token(dict(parse_qsl(asked.body.decode())), asked)
        if parts[:2] != ["services", "data"]:
            return Reply(404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])
        if len(parts) == 2:
            return Reply(200, [{"label": "a release", "url": f"/services/data/v{one}", "version": one} for one in self.versions])
        self._admit(asked)
        version, what, *rest = parts[2].removeprefix("v"), *parts[3:]
        if version not in self.versions:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        routes = {"query": self._query, "queryAll": self._query, "sobjects": self._sobjects, "jobs": self._jobs}
        if what not in routes:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        return routes[what](asked, version, what, rest)

    def _admit(self, asked: Asked) -> None:
        """REST, "Status Codes": 401 INVALID_SESSION_ID; 403 REQUEST_LIMIT_EXCEEDED. "API Usage Header": each call counts."""
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            raise Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if self.used >= self.most:
            raise Refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.used += 1

    def _token(self, form: dict[str, str], asked: Asked) -> Reply:
        """HELP, "OAuth 2.0 Client Credentials Flow" and "OAuth 2.0 JWT Bearer Flow"; refusals: "OAuth 2.0 Authorization Errors"."""
        if form.get("grant_type") == "client_credentials":
            if form.get("client_id") != self.client_id:
                return Reply(400, {"error": "invalid_client_id", "error_description": "client identifier invalid"})
            if form.get("client_secret") != self.client_secret:
                return Reply(400, {"error": "invalid_client", "error_description": "invalid client credentials"})
            if not self.username:
                return Reply(400, {"error": "invalid_grant", "error_description": "no client credentials user enabled"})
        else:
            refused = self._assertion(form.get("assertion", ""))
            if refused:
                return Reply(400, {"error": "invalid_grant", "error_description": refused})
        self.made += 1
        token = f"00D!token{self.made}"
        self.tokens.add(token)
        instance = self.instance_url or f"http://{asked.headers['host']}"
        identity = f"https://login.salesforce.com/id/{ORG_ID}/{USER_ID}"
        return Reply(200, {"access_token": token, "signature": "x", "instance_url": instance, "id": identity, "token_type": "Bearer", "issued_at": "1"})

    def _assertion(self, assertion: str) -> str | None:
        try:
            claims = jwt.decode(assertion, self.public_key, algorithms=["RS256"], options={"verify_aud": False, "verify_exp": False})
        except jwt.InvalidTokenError:
            return "invalid assertion"
        if claims["aud"] != self.audience:
            return "audience is invalid"
        if claims["iss"] != self.client_id:
            return "client identifier invalid"
        if claims["exp"] < self.clock.now():
            return "expired authorization code"
        return None if claims["sub"] == self.username else "user hasn't approved this consumer"

    # Queries

    def _query(self, asked: Asked, version: str, what: str, rest: list[str]) -> Reply:
        """REST, "Query", "QueryAll" (deleted and archived rows too) and "Query More Results"."""
        if rest:
            if rest[0] not in self.locators:
                raise Refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
            records, at = self.locators[rest[0]]
            return self._results(records, at, version, what)
        select = self._read(query(asked)["q"])
        rows = self._found(select, what == "queryAll")
        if not select.fields:
            return Reply(200, {"totalSize": len(rows), "done": True, "records": []})
        table = self.tables[self._named(select.source)]
        return self._results([self._record(table, select.fields, row) for row in rows], 0, version, what)

    def _results(self, records: list[dict], at: int, version: str, what: str) -> Reply:
        end = at + self.page_size
        told: dict[str, Any] = {"totalSize": len(records), "done": end >= len(records)}
        if end < len(records):
            self.made += 1
            locator = f"0r8{self.made:015}-{end}"
            self.locators[locator] = (records, end)
            told["nextRecordsUrl"] = f"/services/data/v{version}/{what}/{locator}"
        return Reply(200, told | {"records": records[at:end]})

    def _read(self, text: str) -> Select:
        try:
            select = Reader(text).select()
        except Malformed as fault:
            raise Refused(400, "MALFORMED_QUERY", str(fault)) from None
        table = self.tables[self._named(select.source)]
        if len({one.lower() for one in select.fields}) < len(select.fields):
            raise Refused(400, "INVALID_FIELD", "duplicate field selected")
        for path in [*select.fields, *select.named]:
            self._typed(table, path)
        return select

    def _named(self, source: str) -> str:
        found = next((name for name in self.tables if name.lower() == source.lower() and (name, "") not in self.hidden), None)
        if found is None:
            raise Refused(400, "INVALID_TYPE", f"sObject type '{source}' is not supported.")
        return found

    def _typed(self, table: Table, path: str) -> FieldSpec:
        """The field of a path; INVALID_FIELD where field-level security hides it (REST, "Status Codes")."""
        head, _, tail = path.lower().partition(".")
        if tail:
            found = next((one for one in table.fields.values() if (one.relation or "").lower() == head), None)
            if found is None:
                raise Refused(400, "INVALID_FIELD", f"Didn't understand relationship '{head}' in field path.")
            return self._typed(self.tables[found.targets[0] if len(found.targets) == 1 else "Name"], tail)
        if head not in table.fields or (table.name, table.fields[head].name) in self.hidden:
            raise Refused(400, "INVALID_FIELD", f"No such column '{path}' on entity '{table.name}'.")
        return table.fields[head]

    def _found(self, select: Select, everything: bool) -> list[dict]:
        table = self.tables[self._named(select.source)]
        rows = [row for row in self._there(table) if everything or not (row["isdeleted"] or row.get("isarchived"))]
        rows = [row for row in rows if select.test(lambda path, row=row: self._value(table, path, row))]
        for name, falls in reversed(select.order):
            rows.sort(key=lambda row, name=name: self._value(table, name, row), reverse=falls)
        return rows[: select.limit]

    def _there(self, table: Table) -> list[dict]:
        """HELP, "Recycle Bin": what was deleted 15 days ago is gone from it."""
        oldest = self.clock.now() - 15 * DAY
        return [row for row in table.rows.values() if not row["isdeleted"] or row["deleted"] > oldest]

    def _value(self, table: Table, path: str, row: dict | None) -> Any:
        if row is None:
            return None
        head, _, tail = path.lower().partition(".")
        if not tail:
            value = row.get(head)
            return False if value is None and table.fields[head].type == "boolean" else value
        reference = next(one for one in table.fields.values() if (one.relation or "").lower() == head)
        leads_to = row.get(reference.name.lower())
        for target in reference.targets:
            other = self.tables.get(target)
            if other is not None and leads_to in other.rows:
                return self._value(other, tail, {"type": target, **other.rows[leads_to]})
        return None

    def _record(self, table: Table, fields: list[str], row: dict) -> dict:
        """REST, "Query": attributes first; a related record is an object in it, or null."""
        record: dict[str, Any] = {"attributes": {"type": table.name, "url": f"/services/data/v64.0/sobjects/{table.name}/{row['id']}"}}
        for path in fields:
            spelled = self._spelled(table, path)
            value = shown(self._typed(table, path), self._value(table, path, row))
            self._nest(record, spelled, value, self._value(table, path.rpartition(".")[0] + ".Id", row) if "." in path else True)
        return record

    def _spelled(self, table: Table, path: str) -> list[str]:
        head, _, tail = path.partition(".")
        if not tail:
            return [table.fields[head.lower()].name]
        found = next(one for one in table.fields.values() if (one.relation or "").lower() == head.lower())
        return [found.relation or "", *self._spelled(self.tables[found.targets[0] if len(found.targets) == 1 else "Name"], tail)]

    def _nest(self, record: dict, names: list[str], value: Any, leads_somewhere: Any) -> None:
        for name in names[:-1]:
            if leads_somewhere is None:
                record.setdefault(name, None)
                return
            record = record.setdefault(name, {"attributes": {"type": name}})
        record[names[-1]] = value

    # Objects

    def _sobjects(self, asked: Asked, version: str, what: str, rest: list[str]) -> Reply:
        """REST, "Describe Global", "sObject Describe", "sObject Get Deleted"."""
        seen = [name for name in self.tables if (name, "") not in self.hidden]
        if not rest:
            return Reply(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [{"name": name, "queryable": True} for name in seen]})
        name = next((one for one in seen if one.lower() == rest[0].lower()), None)
        if name is None:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        table = self.tables[name]
        if rest[1:2] == ["deleted"]:
            return self._deleted(table, query(asked))
        fields = [one.described() for one in table.fields.values() if (name, one.name) not in self.hidden]
        logged = name not in UNLOGGED and "isdeleted" in table.fields
        return Reply(200, {"name": name, "queryable": True, "replicateable": logged, "fields": fields})

    def _deleted(self, table: Table, asked: Mapping[str, str]) -> Reply:
        """REST, "sObject Get Deleted" and SOAP, "getDeleted()"."""
        start, end = (datetime.fromisoformat(asked[name]).timestamp() // 60 * 60 for name in ("start", "end"))
        if end - start <= 60 or start < self.clock.now() - 15 * DAY - 60:
            raise Refused(400, "INVALID_REPLICATION_DATE", "start is not before end, or too long ago")
        if start < table.purged_to:
            raise Refused(400, "INVALID_REPLICATION_DATE", "the recycle bin has been purged since")
        found = [(when, id_) for when, id_ in table.log if start <= when < end + 60]
        if len(found) > self.most_deleted:
            raise Refused(400, "EXCEEDED_ID_LIMIT", "too many ids")
        records = [{"id": id_, "deletedDate": stamp(when)} for when, id_ in found]
        earliest = table.purged_to or self.clock.now() - 15 * DAY
        return Reply(200, {"deletedRecords": records, "earliestDateAvailable": stamp(min(earliest, start)), "latestDateCovered": stamp(end)})

    most_deleted = 600_000

    # Bulk jobs

    def _jobs(self, asked: Asked, version: str, what: str, rest: list[str]) -> Reply:
        """BULK, "Create a Query Job", "Get Information About a Query Job", "Get Results for a Query Job"."""
        if rest[:1] != ["query"]:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        if len(rest) == 1:
            return self._new_job(json.loads(asked.body), version)
        job = self.jobs.get(rest[1])
        if job is None:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        if len(rest) == 3:
            return self._job_results(job, version, query(asked))
        job.polls -= 1
        return Reply(200, self._job_info(job, "InProgress" if job.polls >= 0 else "JobComplete"))

    def _job_info(self, job: Job, state: str) -> dict:
        shape = {"contentType": "CSV", "columnDelimiter": job.delimiter, "lineEnding": job.ending, "apiVersion": float(job.version)}
        return {"id": job.id, "operation": "query", "state": state, "concurrencyMode": "Parallel", **shape}

    def _new_job(self, wanted: dict, version: str) -> Reply:
        select = self._read(wanted["query"])
        name = self._named(select.source)
        if name in self.bulk_refuses:
            raise Refused(400, "INVALIDENTITY", f"Entity '{name}' is not supported by the Bulk API.")
        table = self.tables[name]
        specs = [self._typed(table, path) for path in select.fields]
        lines = [
            [written(one, self._value(table, path, row)) for one, path in zip(specs, select.fields, strict=True)]
            for row in self._found(select, wanted["operation"] == "queryAll")
        ]
        self.made += 1
        header = [".".join(self._spelled(table, path)) for path in select.fields]
        job = Job(f"750{self.made:015}", version, lines, header, self.bulk_polls, wanted.get("columnDelimiter", "COMMA"), wanted.get("lineEnding", "LF"))
        self.jobs[job.id] = job
        return Reply(200, self._job_info(job, "UploadComplete"))

    def _job_results(self, job: Job, version: str, asked: Mapping[str, str]) -> Reply:
        """All cells quoted; `Sforce-Locator` is a text that says nothing, or "null"; 409 for another version than the job's."""
        if version != job.version:
            raise Refused(409, "API_ERROR", "another API version than the job's")
        if job.polls >= 0:
            raise Refused(412, "JOB_NOT_COMPLETE", "can only download query results of successfully completed bulk job")
        at = int(asked["locator"], 36) if asked.get("locator") else 0
        end = at + int(asked.get("maxRecords", "50000"))
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(job.header)
        writer.writerows(job.lines[at:end])
        told = {"Sforce-Locator": base36(end) if end < len(job.lines) else "null", "Sforce-NumberOfRecords": str(len(job.lines[at:end]))}
        return Reply(200, text.getvalue().encode(), {"Content-Type": "text/csv; charset=UTF-8", **told})

    def copy(self, table: str) -> dict[str, dict]:
        """The records that are there, deleted ones aside; for tests to compare with."""
        return copy.deepcopy({id_: row for id_, row in self.tables[table].rows.items() if not row["isdeleted"]})


def stamp(seconds: float) -> str:
    """REST, "Valid Date and DateTime Formats": answers have +0000."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def shown(one: FieldSpec, value: Any) -> Any:
    """A value in JSON; an empty text is null."""
    if one.type == "datetime" and isinstance(value, int | float):
        return stamp(value)
    if one.type in {"double", "currency", "percent"} and value is not None:
        return float(value)
    return None if value == "" else value


def written(one: FieldSpec, value: Any) -> str:
    """A value in CSV (BULK, "Prepare CSV Files"): null is empty, times end in Z."""
    told = shown(one, value)
    if told is None:
        return ""
    if isinstance(told, bool):
        return "true" if told else "false"
    return str(told).replace("+0000", "Z") if one.type == "datetime" else str(told)


def base36(number: int) -> str:
    """A locator that says nothing to who reads it."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"
