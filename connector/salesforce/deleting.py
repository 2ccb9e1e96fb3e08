"""The log of what was deleted: it tells of records that have left the recycle bin since, and of what went with a parent.

Source: REST API Developer Guide, "sObject Get Deleted" (resources_getdeleted); SOAP API Developer Guide, "getDeleted()": 15 days back at
most; start before end by more than a minute, seconds ignored; INVALID_REPLICATION_DATE after a purge; EXCEEDED_ID_LIMIT above 600,000."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from connector.contract import Merge
from connector.http import field as told
from connector.salesforce.cells import from_record
from connector.salesforce.errors import codes, refusal
from connector.salesforce.org import Org
from connector.salesforce.plan import ID, Plan
from connector.salesforce.schema import Path
from connector.salesforce.soql import quoted, seconds_of

SAFE_DAYS = 14
"""A day less than the log reaches back."""
LEAST = 120.0
"""Seconds that are asked for at least, for minutes are cut off."""
MOST = 2_000
"""Above as many ids a sweep takes fewer requests."""
AT_A_TIME = 200
INCOMPLETE = {"INVALID_REPLICATION_DATE", "EXCEEDED_ID_LIMIT"}
DAY = 86_400.0


@dataclass
class Gone:
    """What the log said."""

    deleted: list[str] = field(default_factory=list)
    merged: list[Merge] = field(default_factory=list)
    covered: float | None = None
    """The log is whole up to there, in seconds since 1970: where the next reading of it begins at the latest."""


def gone_since(org: Org, plan: Plan, since: float, until: float) -> Gone | None:
    """What was deleted between two times of the service's clock; None when the log does not tell it all, and only a sweep does."""
    start = min(since, until - LEAST)
    if until - start > SAFE_DAYS * DAY:
        return None
    params = (("start", _iso(start)), ("end", _iso(until)))
    answer = org.get(f"sobjects/{plan.source}/deleted/", f"{plan.source} deletions", *params, accept={400})
    if answer.status == 400:
        if INCOMPLETE & set(codes(answer)):
            return None
        raise refusal(answer, f"{plan.source} deletions", until)
    ids = list(dict.fromkeys(told(one, "id", str) for one in told(answer.data, "deletedRecords", list)))
    if len(ids) > MOST or seconds_of(told(answer.data, "earliestDateAvailable", str)) > start:
        return None
    gone = _sorted_out(org, plan, ids)
    gone.covered = seconds_of(told(answer.data, "latestDateCovered", str))
    return gone


def _sorted_out(org: Org, plan: Plan, ids: list[str]) -> Gone:
    """Looks in the recycle bin: what was restored is not gone, and what was merged says with what."""
    gone = Gone()
    for begin in range(0, len(ids), AT_A_TIME):
        part = ids[begin : begin + AT_A_TIME]
        binned = _looked_up(org, plan, part)
        for one in part:
            deleted, master = binned.get(one, (True, None))
            if deleted and master:
                gone.merged.append(Merge(one, master))
            elif deleted:
                gone.deleted.append(one)
    return gone


def _looked_up(org: Org, plan: Plan, ids: list[str]) -> dict[str, tuple[bool, str | None]]:
    """By id, of those that are still there or in the recycle bin: whether it is deleted, and what it was merged with."""
    if not plan.marks_deletions:
        return {}
    own = [path for path in plan.paths if path.soql == "MasterRecordId"]
    paths = [ID, Path(("IsDeleted",), "boolean"), *own]
    fields = ", ".join(path.soql for path in paths)
    soql = f"SELECT {fields} FROM {plan.source} WHERE Id IN ({', '.join(quoted(one) for one in ids)})"
    found: dict[str, tuple[bool, str | None]] = {}
    for record in told(org.query(soql, f"{plan.source} deletions").data, "records", list):
        cells = from_record(record, paths)
        master = cells[2] if len(cells) > 2 else None
        found[str(cells[0])] = (cells[1] is True, str(master) if master else None)
    return found


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
