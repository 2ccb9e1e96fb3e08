"""The sentences of a flag: why, whom to approach and through whom. Plain English, and nothing that the records do not say."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from jobs.decisions import kinds
from jobs.facts import Known
from mappings.companies import Company, Officer
from mappings.policy import TOOK_PART, Judged, Member, Touch, met_somebody

say_day = kinds.say_day
COMPANIES_HOUSE = "Companies House"
OFFICERS_NAMED = 4
STANDINGS = {"liquidation": "in liquidation", "receivership": "in receivership", "administration": "in administration"}
OCCASIONS = {"meeting": "a meeting", "call": "a call", "visit": "a visit", "event": "an event", "email": "an email exchange"}


def say_person(member: Member) -> str:
    """A person with title, where it is known."""
    return f"{member.name} ({member.title})" if member.title else member.name


def say_touch(touch: Touch) -> str:
    """An engagement that counts: a meeting on 2 October 2026."""
    return f"{OCCASIONS[touch.kind]} on {say_day(touch.day)}" if touch.day else OCCASIONS[touch.kind]


def reason(known: Known, judged: Judged, as_of: date, window: int) -> str:
    """Why a business has its state, in a sentence or two; and what Companies House says, where that is not that it trades."""
    said = {
        "engaged": _engaged,
        "leader_left": _leader_left,
        "leader_lapsed": _leader_lapsed,
        "leader_not_engaged": _not_engaged,
        "no_leader_known": _unknown,
    }[judged.state](known, judged, as_of, window)
    return f"{said}{_not_trading(known.company, as_of)}"


def _not_trading(company: Company | None, as_of: date) -> str:
    if company is None or not (company.has_ended(as_of) or company.in_trouble()):
        return ""
    return f" {COMPANIES_HOUSE}, as of {say_day(company.asked_on)}: {say_standing(company)}."


def say_standing(company: Company) -> str:
    """A company's status: dissolved on 3 March 2026; in liquidation."""
    words = STANDINGS.get(company.status) or company.status.replace("-", " ") or "no status given"
    return f"{words} on {say_day(company.ceased_on)}" if company.ceased_on else words


def say_officer(officer: Officer) -> str:
    """An officer with role: Jane Smith (director since 3 March 2019)."""
    role = officer.role.replace("-", " ").replace("llp", "LLP")
    since = f" since {say_day(officer.appointed_on)}" if officer.appointed_on else ""
    return f"{officer.name} ({role}{since})"


def _engaged(known: Known, judged: Judged, as_of: date, window: int) -> str:
    leader, touch = _last(judged, judged.leaders)
    return f"{say_person(leader)} took part in {say_touch(touch)}."


def _leader_left(known: Known, judged: Judged, as_of: date, window: int) -> str:
    left, touch = _last(judged, judged.left_leaders)
    return (
        f"{say_person(left)} took part in {say_touch(touch)} but {say_gone(left, as_of)}."
        f" No leader who is there now took part in the last {window} days.{_not_to_contact(judged)}"
    )


def say_gone(member: Member, as_of: date) -> str:
    """How the records say that somebody is no longer there."""
    if member.left_said and member.left_said <= as_of:
        return f"left on {say_day(member.left_said)}"
    return "is no longer recorded there" if member.moved else "has left"


def _leader_lapsed(known: Known, judged: Judged, as_of: date, window: int) -> str:
    leader, touch = _last(judged, judged.leaders)
    lapsed = f"{say_person(leader)} last took part in {say_touch(touch)}, more than {window} days ago."
    return f"{lapsed} {_reach(known, judged, as_of, window)}{_not_to_contact(judged)}"


def _not_engaged(known: Known, judged: Judged, as_of: date, window: int) -> str:
    first, others = say_person(judged.leaders[0]), len(judged.leaders) - 1
    if others:
        said = (
            f"{first} and {others} other {'leader' if others == 1 else 'leaders'} are known, but none of them is on record as taking part"
        )
    else:
        said = f"{first} leads it, but is not on record as taking part"
    return f"{said} in a meeting, call, visit or event. {_reach(known, judged, as_of, window)}{_not_to_contact(judged)}"


def _not_to_contact(judged: Judged) -> str:
    if not judged.leaders or not all(member.do_not_contact for member in judged.leaders):
        return ""
    one = len(judged.leaders) == 1
    return " The leader who is known is not to be contacted." if one else " The leaders who are known are not to be contacted."


def _unknown(known: Known, judged: Judged, as_of: date, window: int) -> str:
    denied = [say_person(member) for member in known.facts.members if member.not_leader and not member.has_left(as_of)]
    if denied:
        are = "is no leader" if len(denied) == 1 else "are no leaders"
        said = f"No senior leader who is there now is known; of {'; '.join(denied)} a colleague said: {are}."
    else:
        said = "No CRM names a senior leader who is there now."
    return f"{said} {_reach(known, judged, as_of, window)}"


def _reach(known: Known, judged: Judged, as_of: date, window: int) -> str:
    if judged.reach == "staff_only":
        return _staff_only(known, judged, as_of, window)
    if judged.reach == "invited_only":
        return f"In the last {window} days it was only invited or written to."
    return f"In the last {window} days nobody known to be theirs took part or was invited."


def _staff_only(known: Known, judged: Judged, as_of: date, window: int) -> str:
    if judged.engaged_staff:
        staff, touch = _last(judged, judged.engaged_staff)
        return f"Only staff took part: {say_person(staff)} in {say_touch(touch)}."
    gone = _met(judged, [member for member in known.facts.members if member.has_left(as_of)])
    last = max(gone, key=_order, default=None)
    if last is not None and _when(last[1])[0] >= as_of - timedelta(days=window):
        member, touch = last
        return f"Only staff took part: {say_person(member)}, who {say_gone(member, as_of)}, in {say_touch(touch)}."
    touch = max((touch for touch in judged.counted if touch.unattended), key=_when)
    return f"The last that is on record is {say_touch(touch)}, which does not say who took part."


def _when(touch: Touch) -> tuple[date, int]:
    return touch.day or date.min, -touch.id


def _met(judged: Judged, people: Iterable[Member]) -> Iterator[tuple[Member, Touch]]:
    """Which of these people took part in what counts."""
    members = {member.person: member for member in people}
    for touch in judged.counted:
        for who, word in touch.people.items():
            if who in members and word in TOOK_PART:
                yield members[who], touch


def _order(met: tuple[Member, Touch]) -> tuple[date, str, str, int]:
    member, touch = met
    return _when(touch)[0], member.name, member.person, -touch.id


def _last(judged: Judged, people: Iterable[Member]) -> tuple[Member, Touch]:
    """Who of these people took part last, and in what."""
    return max(_met(judged, people), key=_order)


def approach(known: Known, judged: Judged, as_of: date) -> str:
    """Whom to approach: the known leaders who may be contacted, the highest first; where there is none, who runs the company by
    Companies House. While people say that the business is not to be approached, that, and nobody."""
    if shut := known.corrected.shut_on(as_of):
        return kinds.say_shut(shut)
    leaders = [say_person(member) for member in judged.leaders if not member.do_not_contact]
    return "; ".join(leaders) or _officers(known, as_of)


def leading_officers(known: Known, as_of: date) -> list[Officer]:
    """Who runs the company by Companies House, without those who are not to be contacted or have left, and those who people say are no
    leaders."""
    shut = [member.name for member in known.facts.members if member.do_not_contact or member.not_leader or member.has_left(as_of)]
    return known.company.leading(as_of, shut) if known.company else []


def _officers(known: Known, as_of: date) -> str:
    if known.company is None:
        return ""
    found = [say_officer(one) for one in leading_officers(known, as_of)]
    more = len(found) - OFFICERS_NAMED
    named = "; ".join(found[:OFFICERS_NAMED]) + (f"; and {more} more" if more > 0 else "")
    return f"by {COMPANIES_HOUSE}, as of {say_day(known.company.asked_on)}: {named}" if found else ""


def via(known: Known, judged: Judged, as_of: date) -> str:
    """The warm path: a colleague already engaged, else the officer who owns the last engagement in which theirs took part. While people
    say that the business is not to be approached, that."""
    if shut := known.corrected.shut_on(as_of):
        return kinds.say_shut(shut)
    open_doors = [member for member in judged.engaged_staff if not member.do_not_contact]
    if open_doors:
        staff, touch = _last(judged, open_doors)
        return f"{say_person(staff)}, who took part in {say_touch(touch)}"
    ours = [touch for touch in judged.counted if touch.id in known.owners and met_somebody(touch)]
    if not ours:
        return ""
    touch = max(ours, key=_when)
    return f"{known.owners[touch.id]}, named as the owner of {say_touch(touch)}"
