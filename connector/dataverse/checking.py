"""What `placebridge check` says of a Dataverse: who signed in, and for each table whether it can be read and what to mend."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from connector.contract import ConnectorError, Entity, Finding, StopConnection
from connector.dataverse.plan import Plan, Way, plan
from connector.dataverse.reading import refused
from connector.dataverse.service import Service, quoted
from connector.http import Answer, field
from connector.http.findings import expiry_finding, skew_finding

MOST_COUNTED = 5000
"""https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/count-rows"""
TURN_ON = (
    "change tracking is off: turn on 'Track changes' in Power Apps, under Tables, {table}, Properties, Advanced options; until then each "
    "run looks through all ids to find what is gone"
)
CANNOT = "Dataverse cannot track its changes; each run asks for the rows that changed and looks through all ids to find what is gone"
EVERYTHING = {
    "activityparty": "parties have no change tracking, so all of them are read each time; those who are contacts, leads or unresolved "
    "addresses and took part become participants (docs/dataverse.md says how to choose others)",
    "": "it is read whole each time: for reading only what changed, let the block's id be {key}",
}
NO_ACTIVITIES = (
    "the parties of every kind of activity are read, of those too that this field map does not bring in, and are then refused: name the "
    "activities in the block, as in connector: {activities: [appointment, phonecall, email]}"
)


@dataclass(frozen=True)
class Checkup:
    """One look at an organisation."""

    service: Service
    url: str
    secret_expires: date | None

    def findings(self, entities: list[Entity]) -> Iterator[Finding]:
        """Everything there is to say; raises nothing."""
        yield expiry_finding(self.secret_expires, self.service.clock)
        try:
            answer = self.service.get("WhoAmI", "who signed in")
            user = field(answer.data, "UserId", str)
            yield Finding("sign-in", True, self._signed_in(answer, user))
        except ConnectorError as fault:
            yield Finding("sign-in", False, str(fault))
            return
        for entity in entities:
            try:
                yield from self._entity(entity, user)
            except StopConnection as fault:
                yield Finding(_name(entity), False, str(fault))
                return
            except ConnectorError as fault:
                yield Finding(_name(entity), False, str(fault))
        yield from skew_finding(self.service.door.skew)
        yield from _quota(answer)

    def _signed_in(self, answer: Answer, user: str) -> str:
        """Names where the role lets them be read, else ids."""
        organisation = field(answer.data, "OrganizationId", str)
        return (
            f"signed in to {self._text(f'organizations({organisation})', 'name') or organisation} "
            f"as the application user {self._text(f'systemusers({user})', 'fullname') or user}"
        )

    def _text(self, path: str, column: str) -> str | None:
        try:
            found = field(self.service.get(path, "names for check", {"$select": column}).data, column, (str, type(None)), default=None)
        except ConnectorError:
            return None
        return found

    def _entity(self, entity: Entity, user: str) -> Iterator[Finding]:
        found = plan(self.service, entity, self.url)
        depth = self._depth(found, user)
        if depth is not None:
            yield Finding(_name(entity), False, depth)
        yield Finding(_name(entity), True, self._rows(found))
        yield _tracking(found)
        if found.parties and not found.parties.activities:
            yield Finding(_name(entity), False, NO_ACTIVITIES)

    def _rows(self, found: Plan) -> str:
        """How many rows there are, up to what Dataverse counts; with the columns, so that what cannot be selected shows."""
        params = {"$select": found.select, "$top": "1", "$count": "true"} | ({"$filter": found.filter} if found.filter else {})
        answer = self.service.get(found.table.entity_set, found.entity.source, params, accept={400})
        if answer.status == 400:
            raise refused(found, answer)
        count = field(answer.data, "@odata.count", (int, type(None)), default=None)
        if count is None or count < 0:
            return "can be read; at least one row" if field(answer.data, "value", list) else "can be read; no rows"
        return f"can be read; {count:,}{' or more' if count >= MOST_COUNTED else ''} {'row' if count == 1 else 'rows'}"

    def _depth(self, found: Plan, user: str) -> str | None:
        """What is wrong with the role's reach. A role that reaches a part only is answered with that part and no error, and what is
        not in it would be taken for gone. https://learn.microsoft.com/power-apps/developer/data-platform/security-sharing-assigning"""
        privilege = found.table.read_privilege
        if privilege is None:
            return None
        path = f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName={quoted(privilege)})"
        try:
            given = field(self.service.get(path, f"{found.entity.source}, the role's reach").data, "RolePrivileges", list)
        except ConnectorError:
            return None
        depths = [one.get("Depth") for one in given if isinstance(one, dict)]
        if not depths or "Global" in depths:
            return None
        return (
            f"the application user's security role reads only a part of {found.table.logical} ({privilege}), and rows that it does not see "
            "would be taken for deleted: give Read on this table at organisation level (the full circle)"
        )


def _tracking(found: Plan) -> Finding:
    name, table = _name(found.entity), found.table
    if found.way is Way.TRACKED:
        return Finding(name, True, "change tracking is on: each run reads only what changed")
    if found.way is Way.WHOLE:
        return Finding(name, True, EVERYTHING.get(table.logical, EVERYTHING[""]).format(key=table.key))
    return Finding(name, not table.trackable, TURN_ON.format(table=table.logical) if table.trackable else CANNOT)


def _quota(answer: Answer) -> Iterator[Finding]:
    """https://learn.microsoft.com/power-apps/developer/data-platform/api-limits#http-response-headers"""
    left = answer.headers.get("x-ms-ratelimit-burst-remaining-xrm-requests", "")
    if left.isascii() and left.isdigit():
        yield Finding("quota", int(left) > 0, f"{int(left):,} requests are left in the present five minutes")


def _name(entity: Entity) -> str:
    return f"{entity.kind} {entity.source}"
