"""The kinds of correction: what can be said, and how it is said in a sentence. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

NOT_LEADER: Final = "not_leader"
HAS_LEFT: Final = "has_left"
NOT_THEME: Final = "not_theme"
IS_THEME: Final = "is_theme"
WRONG_PLACE: Final = "wrong_place"
DO_NOT_APPROACH: Final = "do_not_approach"
CLAIM: Final = "claim"

SAID_BY_PERSON: Final = "a colleague said so"
"""The words that earned a theme which no words of the engagement did."""
REASONS: Final = {
    "live_tender": "a live tender",
    "enforcement": "enforcement is under way",
    "dispute": "a dispute",
    "pre_election": "the pre-election period",
    "other": "another reason",
}
"""Why a business is not to be approached, and how it is said."""


@dataclass(frozen=True)
class Shut:
    """That a business is not to be approached: why, and the first day on which it may be again. `words` say more, and must where the
    reason is another."""

    reason: str
    ends_on: date
    words: str = ""


@dataclass(frozen=True)
class Correction:
    """What a person said of a business, of a person there or of an engagement. `business_id` and `person_id` are those of now."""

    id: int
    kind: str
    business_id: str | None
    person_id: str | None
    engagement_id: int | None
    ends_on: date | None
    """The first day on which it no longer holds."""
    who: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    """has_left: `since`; not_theme and is_theme: `theme`; wrong_place: `place`; do_not_approach: `reason` and `words`; claim: `by`."""

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.undone_at is None and (self.ends_on is None or day < self.ends_on)

    @property
    def since(self) -> date:
        """From which day the person has left."""
        return date.fromisoformat(self.detail["since"])


@lru_cache(maxsize=4096)
def say_day(day: date) -> str:
    """A day as people write it: 2 October 2026."""
    return f"{day.day} {day:%B %Y}"


def say_shut(shut: Correction) -> str:
    """That a business is not to be approached, until when and why."""
    until = f" until {say_day(shut.ends_on)}" if shut.ends_on else ""
    return f"Not to be approached{until}: {say_reason(shut)}."


def say_reason(shut: Correction) -> str:
    """Why it is not to be approached; where words were given for another reason, they alone."""
    reason, words = str(shut.detail["reason"]), str(shut.detail.get("words", ""))
    if reason == "other" and words:
        return words
    return f"{REASONS.get(reason, reason)} ({words})" if words else REASONS.get(reason, reason)


def say(said: Correction, person: str = "", about: str = "") -> str:
    """A correction in words. `person` is the person's name, `about` says which engagement it is."""
    theme, of = said.detail.get("theme", ""), about or "the engagement"
    return {
        NOT_LEADER: lambda: f"{person or said.person_id} is not a leader here",
        HAS_LEFT: lambda: f"{person or said.person_id} left on {say_day(said.since)}",
        NOT_THEME: lambda: f"{of} is not about {theme}",
        IS_THEME: lambda: f"{of} is about {theme}",
        WRONG_PLACE: lambda: f"its place is {said.detail['place']}",
        DO_NOT_APPROACH: lambda: say_shut(said).rstrip("."),
        CLAIM: lambda: f"{said.detail['by']} is on it{f' until {say_day(said.ends_on)}' if said.ends_on else ''}",
    }[said.kind]()
