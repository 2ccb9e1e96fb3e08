"""A correction as people say it."""

from dataclasses import dataclass, replace
from datetime import datetime

from jobs.decisions.kinds import Correction, say
from jobs.facts import Known
from jobs.wording import say_day
from review.site import Site
from review.words import theme_name


@dataclass(frozen=True)
class Shown:
    """A correction in words."""

    id: int
    kind: str
    sentence: str
    who: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


def shown(site: Site, known: Known, said: Correction) -> Shown:
    """A correction as people say it."""
    names = {member.person: member.name for member in known.facts.members}
    touch = next((one for one in known.facts.touches if one.id == said.engagement_id), None)
    about = f"the {touch.kind} of {say_day(touch.day) if touch.day else 'no date'}" if touch else ""
    theme = {"theme": theme_name(site, said.detail["theme"])} if "theme" in said.detail else {}
    sentence = say(replace(said, detail=said.detail | theme), names.get(said.person_id or "", "somebody who is no longer held"), about)
    return Shown(said.id, said.kind, f"{sentence[:1].upper()}{sentence[1:]}", said.who, said.at, said.undone_by, said.undone_at)
