"""The flag policy: a business's state, reach and priority as of a day, as pure functions over plain values.

The rules and their order are a contract; the numbers stand in policy.yaml.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from mappings.own_text import OwnFile
from mappings.policy_rules import PolicyRules

STATES: Final = ("engaged", "leader_left", "leader_lapsed", "leader_not_engaged", "no_leader_known")
REACHES: Final = ("leader", "staff_only", "invited_only", "none")

QUALIFYING: Final = {"meeting", "call", "visit", "event"}
INVITING: Final = {"meeting", "call", "visit", "event"}
MAILED: Final = {"mailing", "letter"}
TOOK_PART: Final = {"attended", "organised"}
NOBODY: Final[Mapping[str, str]] = {}


class Touch(NamedTuple):
    """An engagement as it concerns one business. `day` is local to the configured zone."""

    id: int
    kind: str
    direction: str | None
    status: str | None
    day: date | None
    people: Mapping[str, str] = NOBODY
    """This business's people in it: person id and word (attended, organised, invited, declined, absent)."""
    names_business: bool = False
    has_participants: bool = False

    @property
    def qualifies(self) -> bool:
        """Whether it is of a kind that counts, done or not."""
        return self.kind in QUALIFYING or (self.kind == "email" and self.direction == "inbound")

    @property
    def unattended(self) -> bool:
        """Whether it says with which business it was, and nothing of who took part."""
        return self.names_business and not self.has_participants

    def is_done(self, as_of: date) -> bool:
        """Done by the end of the as-of day; what is planned, cancelled or later counts for nothing."""
        return self.day is not None and self.day <= as_of and self.status in {None, "done"}

    @property
    def what(self) -> str:
        """What it was, as in `inbound email`."""
        return f"{self.direction} {self.kind}" if self.direction else self.kind

    def standing(self, as_of: date) -> str:
        """Whether it counts, in words."""
        if not self.is_done(as_of):
            return self.status or "not done yet"
        return "counts" if self.qualifies else "does not count"


class Member(NamedTuple):
    """A person at a business, joined from all records that say so."""

    person: str
    name: str
    title: str
    level: str
    left_on: date | None = None
    """The first day on which the person counts as having left; None while at the business."""
    left_said: date | None = None
    """The leaving date that a CRM gives, where one does."""
    moved: bool = False
    """A CRM now has the person at another business."""
    do_not_contact: bool = False
    not_leader: bool = False
    """People say that the person leads nothing here, whatever the title."""

    def has_left(self, as_of: date) -> bool:
        """Whether the person has left by the as-of day."""
        return self.left_on is not None and self.left_on <= as_of


@dataclass(frozen=True)
class Facts:
    """All that is known of one business that a flag rests on."""

    closed: bool = False
    multi_site: bool = False
    employees: int | None = None
    sides: frozenset[str] = frozenset()
    members: tuple[Member, ...] = ()
    touches: tuple[Touch, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """What the policy says of a business as of a day."""

    state: str
    reach: str
    points: dict[str, int]
    leaders: tuple[Member, ...]
    """Current leaders, the highest level first."""
    left_leaders: tuple[Member, ...]
    """Leaders who took part in the window and have left."""
    engaged_staff: tuple[Member, ...]
    """Others of theirs who took part in the window and are still there."""
    counted: tuple[Touch, ...]
    """The engagements that count, done by the as-of day, however long ago."""
    in_window: tuple[Touch, ...]
    """Those of them that lie in the window."""
    next_on: date | None
    """The next day on which time alone could change any of this."""

    @property
    def priority(self) -> int:
        """The sum of the points."""
        return sum(self.points.values())


class Case:
    """One business as of one day, with everything that the rules ask about it."""

    def __init__(self, facts: Facts, as_of: date, rules: PolicyRules) -> None:
        self.facts, self.as_of, self.rules = facts, as_of, rules
        self.opens = as_of - timedelta(days=rules.window_days)
        """The first day of the window."""
        self.done = [touch for touch in facts.touches if touch.is_done(as_of)]
        """Engagements that are done, of any kind, however long ago."""
        self.counted = [touch for touch in self.done if touch.qualifies]
        """Engagements that are done and count, however long ago."""
        self.in_window = self.recent(self.counted)
        """Those of them that lie in the window."""
        self.took_part = who_took_part(self.in_window)
        """Who took part in the window, by their ids."""
        leading = [member for member in facts.members if self._is_leader(member)]
        current = [member for member in leading if not member.has_left(as_of)]
        self.leaders = sorted(current, key=self.by_level)
        """Current leaders, the highest level first."""
        self.left_leaders = [member for member in leading if member.has_left(as_of)]

    def recent(self, touches: list[Touch]) -> list[Touch]:
        """Those of these that lie in the window, where all are done."""
        return [touch for touch in touches if touch.day is not None and touch.day >= self.opens]

    def by_level(self, member: Member) -> tuple[int, str, str]:
        """Sorts members, the highest level first."""
        return self.rules.rank(member.level), member.name, member.person

    def _is_leader(self, member: Member) -> bool:
        """Whether a member's level makes a leader here."""
        if member.not_leader:
            return False
        return member.level in self.rules.leaders or (self.facts.multi_site and member.level in self.rules.leaders_where_multi_site)


def who_took_part(touches: Iterable[Touch]) -> set[str]:
    """The ids of all who took part in one of these, each of which counts."""
    return {who for touch in touches for who, word in touch.people.items() if word in TOOK_PART}


def judge(facts: Facts, as_of: date, rules: PolicyRules) -> Judged | None:
    """What the policy says of a business; None for a closed one, which has no row."""
    if facts.closed:
        return None
    case = Case(facts, as_of, rules)
    state, reach = _state(case), _reach(case)
    left = [member for member in case.left_leaders if member.person in case.took_part]
    return Judged(
        state=state,
        reach=reach,
        points=_points(case, state, reach),
        leaders=tuple(case.leaders),
        left_leaders=tuple(left),
        engaged_staff=tuple(_engaged_staff(case)),
        counted=tuple(case.counted),
        in_window=tuple(case.in_window),
        next_on=next_change(facts, as_of, rules),
    )


def _state(case: Case) -> str:
    if any(leader.person in case.took_part for leader in case.leaders):
        return "engaged"
    if any(leader.person in case.took_part for leader in case.left_leaders):
        return "leader_left"
    if not who_took_part(case.counted).isdisjoint(leader.person for leader in case.leaders):
        return "leader_lapsed"
    return "leader_not_engaged" if case.leaders else "no_leader_known"


def _reach(case: Case) -> str:
    if any(leader.person in case.took_part for leader in case.leaders):
        return "leader"
    if any(met_somebody(touch) for touch in case.in_window):
        return "staff_only"
    if any(_invited_somebody(touch) for touch in case.recent(case.done)):
        return "invited_only"
    return "none"


def met_somebody(touch: Touch) -> bool:
    """Whether somebody of the business took part in an engagement, as far as anybody wrote down who was there."""
    return touch.unattended or not TOOK_PART.isdisjoint(touch.people.values())


def _invited_somebody(touch: Touch) -> bool:
    if touch.kind in INVITING:
        return bool(touch.people)
    mailed = touch.kind in MAILED or (touch.kind == "email" and touch.direction != "inbound")
    return mailed and (touch.names_business or bool(touch.people))


def _engaged_staff(case: Case) -> Iterator[Member]:
    there = [member for member in case.facts.members if member.person in case.took_part and not member.has_left(case.as_of)]
    for member in sorted(there, key=case.by_level):
        if member not in case.leaders:
            yield member


def _points(case: Case, state: str, reach: str) -> dict[str, int]:
    """Priority as named points, each of which an officer can read."""
    if state == "engaged":
        return {}
    rules, facts = case.rules, case.facts
    found = {
        f"state {state}": rules.points.get(f"state {state}", 0),
        f"reach {reach}": rules.points.get(f"reach {reach}", 0),
        "size": rules.size_points(facts.employees),
        "several sites": rules.points.get("several sites", 0) if facts.multi_site else 0,
        "known on both sides": rules.points.get("known on both sides", 0) if len(facts.sides) > 1 else 0,
        "themes": min(len(facts.themes), 3) * rules.points.get("each theme", 0),
    }
    return {name: points for name, points in found.items() if points}


def next_change(facts: Facts, as_of: date, rules: PolicyRules) -> date | None:
    """The first day after `as_of` on which time alone could change what the policy says: an engagement begins to count or leaves the
    window, or a leaving date comes."""
    opens, open_for = as_of - timedelta(days=rules.window_days), timedelta(days=rules.window_days + 1)
    begin = [touch.day for touch in facts.touches if touch.day is not None and touch.status in {None, "done"}]
    inside = [day for day in begin if day >= opens]
    gone = [member.left_on for member in facts.members if member.left_on]
    ahead = [day for day in (*inside, *gone) if day > as_of]
    return min([*ahead, min(inside) + open_for] if inside else ahead, default=None)


def load(extra: OwnFile | None = None) -> PolicyRules:
    """The rules that ship, with a council's own file over them. Raises ValueError with every fault found."""
    return PolicyRules.load(extra)
