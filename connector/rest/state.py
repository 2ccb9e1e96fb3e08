"""A read's cursor: which stage it is at and where, and since when the next one has to look."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from connector.contract import Cursor
from connector.rest.place import Place

Stage = Literal["deletions", "rows", "sweep"]
STAGES = ("deletions", "rows", "sweep")


@dataclass(frozen=True)
class State:
    """A read on its way. Times are seconds since 1970 by this machine's clock."""

    began: float
    since: float | None = None
    """None: everything is read."""
    stage: Stage = "rows"
    place: Place = field(default_factory=Place)
    trusted: bool = True
    """All stages before this one."""

    def cursor(self, key: str) -> dict[str, Any]:
        """To go on from here."""
        times = {"began": self.began, "since": self.since}
        return {"key": key, **times, "stage": self.stage, "at": self.place.written(), "trusted": self.trusted}

    def at(self, stage: Stage) -> "State":
        """At the start of a further stage."""
        return replace(self, stage=stage, place=Place(), trusted=self.trusted and self.place.trusted)


def ended(key: str, since: float | None) -> dict[str, Any] | None:
    """After the last page; None where the next read is from the start."""
    return None if since is None else {"key": key, "since": since}


def resumed(cursor: Cursor, key: str, now: float) -> State | None:
    """The state that a cursor means, its read begun or yet to begin; None where it means nothing here."""
    since, began, stage = cursor.get("since"), cursor.get("began", now), cursor.get("stage")
    if cursor.get("key") != key or not isinstance(since, int | float | None) or not isinstance(began, int | float):
        return None
    if stage is None:
        return None if since is None else State(now, since, "deletions")
    if stage not in STAGES:
        return None
    try:
        return State(began, since, stage, Place.read(cursor.get("at")), cursor.get("trusted") is True)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
