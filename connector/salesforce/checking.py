"""What `placebridge check` says of a Salesforce connection."""

from collections.abc import Callable, Iterator
from datetime import date

from connector.contract import ConnectorError, Entity, Finding, StopEntity, TryLater
from connector.http import Clock, field
from connector.http.findings import expiry_finding, skew_finding
from connector.salesforce.org import Org
from connector.salesforce.plan import Plan, plan_of
from connector.salesforce.schema import Schema
from connector.salesforce.soql import quoted


def findings(org: Org, entities: list[Entity], clock: Clock, expires: date | None) -> Iterator[Finding]:
    """One line for each thing that works or wants mending. Raises nothing of the contract's errors."""
    sparing, org = org, org.unsparing()
    signed_in = _reported("sign-in", lambda: _signed_in(org))
    yield signed_in
    if signed_in.ok:
        yield _reported("API version", lambda: _version(org))
        schema = Schema(org)
        for entity in entities:
            yield _reported(f"{entity.kind} {entity.source}", _looking(org, schema, entity))
        yield _quota(sparing)
        yield from skew_finding(org.door.skew)
    yield expiry_finding(expires, clock)


def _reported(check: str, look: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        ok, detail = look()
    except ConnectorError as fault:
        return Finding(check, False, str(fault))
    return Finding(check, ok, detail)


def _signed_in(org: Org) -> tuple[bool, str]:
    """Who signed in to which organisation, as far as the user may read that."""
    organisation, user = org.ids()
    name = _first(org, f"SELECT Name, IsSandbox FROM Organization WHERE Id = {quoted(organisation)}", "organisation")
    who = _first(org, f"SELECT Username FROM User WHERE Id = {quoted(user)}", "user")
    sandbox = ", a sandbox," if name.get("IsSandbox") is True else ""
    return True, f"signed in as {who.get('Username') or user} to {name.get('Name') or 'organisation'}{sandbox} ({organisation})"


def _first(org: Org, soql: str, what: str) -> dict[str, object]:
    """The first row; nothing where the user may not see it, which is no fault of the sign-in."""
    try:
        records = field(org.query(soql, what).data, "records", list)
    except (StopEntity, TryLater):
        return {}
    return records[0] if records and isinstance(records[0], dict) else {}


def _version(org: Org) -> tuple[bool, str]:
    known = org.versions()
    if org.version in known:
        return True, f"{org.version} is supported; the newest is {known[-1]}"
    return False, f"{org.version} is none that this organisation has; write {known[-1] if known else 'another'} into API_VERSION"


def _looking(org: Org, schema: Schema, entity: Entity) -> Callable[[], tuple[bool, str]]:
    return lambda: _entity(org, schema, entity)


def _entity(org: Org, schema: Schema, entity: Entity) -> tuple[bool, str]:
    plan = plan_of(schema, entity)
    rows = org.count(plan.rows(None).count(), plan.source)
    seen = f"{rows:,} {'row' if rows == 1 else 'rows'}" if rows else "no rows: if there should be some, share them with the run-as user"
    return rows > 0, f"{seen}; {_way(plan)}"


def _way(plan: Plan) -> str:
    """How it is read, and why not better."""
    if not plan.by_id:
        return "each read is of all rows, for the field map's id is not Id; write 'id: Id' to read changes alone"
    if plan.clock is None:
        return "each read is of all rows, for the object does not say when a row changed"
    if plan.where:
        return f"changes are read by {plan.clock}, and all ids each time, because of 'where'"
    return f"changes are read by {plan.clock}"


def _quota(org: Org) -> Finding:
    used, most = org.usage.used, org.usage.most
    if not most:
        return Finding("API calls", True, "the organisation does not say how many are used")
    left = f"{used:,} of {most:,} used in the last 24 hours"
    if org.reserve_reached():
        return Finding("API calls", False, f"{left}; reading waits until fewer are used: see Setup, API Usage, for who uses them")
    return Finding("API calls", True, left)
