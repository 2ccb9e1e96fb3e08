"""What `placebridge check` says of a HubSpot account."""

from collections.abc import Iterator
from datetime import date

from connector.contract import ConnectorError, Entity, Finding, StopEntity
from connector.http.clock import Clock
from connector.http.findings import expiry_finding, skew_finding
from connector.http.shape import field
from connector.hubspot.api import Api
from connector.hubspot.associations import Associations
from connector.hubspot.places import Overlap
from connector.hubspot.plan import Plan, missing, plan_of
from connector.hubspot.records import id_of

CONTENT = ("hs_email_subject", "hs_email_text", "hs_email_html")
EMAILS = {"emails", "email", "0-49"}
LITTLE_LEFT = 0.1
"""The part of the daily quota below which it is worth a line to mend."""
NO_CONTENT = (
    "{} emails were looked at and none has a subject or a text: the service key or private app lacks the scope sales-email-read; give it, "
    "then read everything again with sync --full"
)


class Checking:
    """One check of the account."""

    def __init__(self, api: Api, clock: Clock, expires: date | None, overlap: Overlap) -> None:
        self._api, self._clock, self._expires, self._overlap = api, clock, expires, overlap

    def findings(self, entities: list[Entity]) -> Iterator[Finding]:
        """All lines; without sign-in only those that need none."""
        try:
            yield self._sign_in()
        except StopEntity as fault:
            yield Finding("sign-in", False, f"which account this is cannot be asked: {fault}")
        except ConnectorError as fault:
            yield Finding("sign-in", False, str(fault))
            yield expiry_finding(self._expires, self._clock)
            return
        for entity in entities:
            yield from self._entity(entity)
        yield from self._quota()
        yield from skew_finding(self._api.skew)
        yield expiry_finding(self._expires, self._clock)

    def _sign_in(self) -> Finding:
        account, zone = self._api.account()
        return Finding("sign-in", True, f"HubSpot account {account}{f', whose days end at midnight in {zone}' if zone else ''}")

    def _entity(self, entity: Entity) -> Iterator[Finding]:
        name = f"{entity.kind} from {entity.source}"
        try:
            plan = plan_of(entity)
            lacking = missing(plan, self._api.properties(plan.source))
            if lacking:
                words = f"HubSpot has no property named {', '.join(lacking)}; correct the field map"
                yield Finding(name, False, words)
            yield self._rows(name, plan)
            yield from self._content(name, plan)
        except ConnectorError as fault:
            yield Finding(name, False, str(fault))
        else:
            yield from self._habits(name, entity, plan)

    def _rows(self, name: str, plan: Plan) -> Finding:
        """Counts by a search, whose answer has a total, and asks for one record's associations to see whether that is allowed."""
        data = self._api.search(plan.source, [], [], "hs_object_id", limit=1).data
        total, found = field(data, "total", int), field(data, "results", list)
        for to in plan.associated if found else ():
            Associations(self._api, plan.source, to).of([id_of(found[0])])
        with_links = "".join(f", with associations to {to}" for to in plan.associated)
        return Finding(name, True, f"{total:,} {'record' if total == 1 else 'records'}{with_links}")

    def _content(self, name: str, plan: Plan) -> Iterator[Finding]:
        """Without its scope the content of emails is left out of the answers, and nothing says so."""
        wanted = [column for column in plan.named if column in CONTENT]
        if plan.source not in EMAILS or not wanted:
            return
        listed = self._api.listed(plan.source, wanted, None, archived=False)
        records = listed.records if listed else []
        filled = any(field(record, ("properties", column), (str, type(None)), default=None) for record in records for column in wanted)
        if records and not filled:
            yield Finding(name, False, NO_CONTENT.format(len(records)))

    def _habits(self, name: str, entity: Entity, plan: Plan) -> Iterator[Finding]:
        """How it is read, where that is worth knowing."""
        if not plan.by_id:
            yield Finding(name, True, "its id is not HubSpot's own (hs_object_id): everything is read each time, merges are not seen")
        elif plan.associated:
            days = self._overlap.whole_after / 86_400
            often = "at each run" if days == 0 else "every day" if days == 1 else f"every {days:g} days"
            words = f"a changed association alone shows at the next whole read ({often}; WHOLE_READ_DAYS)"
            yield Finding(name, True, words)
        if entity.changed and entity.changed != plan.stamp:
            yield Finding(name, True, f"changes are found by {plan.stamp}, whatever 'changed' says")

    def _quota(self) -> Iterator[Finding]:
        """Nothing where HubSpot does not tell it."""
        try:
            results = self._api.usage()
            for result in results[:1]:
                limit, used = field(result, "usageLimit", int), field(result, "currentUsage", int)
                yield _left(max(0, limit - used), limit)
        except StopEntity:
            return
        except ConnectorError as fault:
            yield Finding("daily quota", False, str(fault))


def _left(left: int, limit: int) -> Finding:
    fine = left > limit * LITTLE_LEFT
    advice = "" if fine else "; read less often, or look which other programs use HubSpot's API"
    return Finding("daily quota", fine, f"{left:,} of {limit:,} requests are left today{advice}")
