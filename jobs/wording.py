"""The sentences of a flag: why, whom to approach and through whom. Plain English, from facts only."""

from datetime import date

from jobs.facts import Known
from mappings.policy import TOOK_PART, Judged, Member

MAX_LEADERS = 3


def say_day(day: date) -> str:
    """A day as people write it: 2 October 2026."""
    return f"{day.day} {day:%B %Y}"


def say_person(member: Member) -> str:
    """A person with title, where it is known."""
    return f"{member.name} ({member.title})" if member.title else member.name


def reason(known: Known, judged: Judged, as_of: date, window: int) -> str:
    """Why a business has its state, in a sentence or two."""
    return {
        "engaged": _engaged,
        "leader_left": _leader_left,
        "leader_lapsed": _leader_lapsed,
        "leader_not_engaged": _not_engaged,
        "no_leader_known": _unknown,
    }[judged.state](known, judged, as_of, window)


def _engaged(known: Known, judged: Judged, as_of: date, window: int) -> str:
    who, day = _last(known, [member.person for member in judged.leaders], as_of)
    leader = next(member for member in judged.leaders if member.person == who)
    return f"{say_person(leader)} took part on {say_day(day)}."


def _leader_left(known: Known, judged: Judged, as_of: date, window: int) -> str:
    left = judged.left_leader
    if left is None:
        raise AssertionError("leader_left without a leader who left")
    _, day = _last(known, [left.person], as_of)
    when = f"on {say_day(left.left_on)}" if left.left_on and left.left_on > date.min else "since"
    return (
        f"{say_person(left)} took part on {say_day(day)} but left {when}, and no leader who is there now was met in the last {window} days."
    )


def _leader_lapsed(known: Known, judged: Judged, as_of: date, window: int) -> str:
    who, day = _last(known, [member.person for member in judged.leaders], as_of)
    leader = next(member for member in judged.leaders if member.person == who)
    return f"{say_person(leader)} last took part on {say_day(day)}, more than {window} days ago. {_reach(known, judged, as_of, window)}"


def _not_engaged(known: Known, judged: Judged, as_of: date, window: int) -> str:
    return f"{say_person(judged.leaders[0])} leads it but has never taken part. {_reach(known, judged, as_of, window)}"


def _unknown(known: Known, judged: Judged, as_of: date, window: int) -> str:
    return f"No senior leader is known in any CRM. {_reach(known, judged, as_of, window)}"


def _reach(known: Known, judged: Judged, as_of: date, window: int) -> str:
    if judged.reach == "staff_only":
        if not judged.engaged_staff:
            return f"It was met in the last {window} days, but no leader was named as taking part."
        staff = judged.engaged_staff[0]
        return f"Only staff were met: {say_person(staff)} on {say_day(_last(known, [staff.person], as_of)[1])}."
    if judged.reach == "invited_only":
        return f"In the last {window} days it was only invited or written to."
    return f"Nobody of theirs was met or invited in the last {window} days."


def _last(known: Known, people: list[str], as_of: date) -> tuple[str, date]:
    """Who of these people took part last, and when."""
    found = [
        (touch.day, who)
        for touch in known.facts.touches
        if touch.qualifies and touch.is_done(as_of) and touch.day
        for who in people
        if touch.people.get(who) in TOOK_PART
    ]
    day, who = max(found)
    return who, day


def approach(judged: Judged) -> str:
    """Whom to approach: the known leaders who may be contacted, the highest first."""
    return "; ".join(say_person(member) for member in judged.leaders if not member.do_not_contact) if judged.leaders else ""


def via(known: Known, judged: Judged, as_of: date) -> str:
    """The warm path: a colleague already engaged, else our own officer who had the last engagement."""
    open_doors = [member for member in judged.engaged_staff if not member.do_not_contact]
    if open_doors:
        staff = open_doors[0]
        return f"{say_person(staff)}, met on {say_day(_last(known, [staff.person], as_of)[1])}"
    met = [(touch.day, touch.id) for touch in known.facts.touches if touch.is_done(as_of) and touch.day and touch.id in known.owners]
    if not met:
        return ""
    day, engagement = max(met)
    return f"{known.owners[engagement]}, who was in touch on {say_day(day)}"
