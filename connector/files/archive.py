"""What was read is put away, so that a file that lies in the folder is one that has not been read yet."""

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from connector.contract import ConnectorError, Entity, Finding, StopEntity
from connector.files.naming import ARCHIVE, NothingThere, in_archive
from connector.files.place import Place, Seen, State, state_of
from connector.http.clock import Clock

LOG = logging.getLogger("connector.files")
STAYS = "it counts as read, and the next sync tries to move it again"
YOUNG_SECONDS = 60
"""Whoever writes a file goes on writing after it is moved, and what comes then would not be read."""
Looked = tuple[str, str]
"""An entity's kind and source."""


class Archive:
    """Knows what each entity saw in this run, and moves those files that all of them saw as they still are.

    Several files cannot be moved at once. What is to be moved is therefore noted first: should the run be killed half way, or a file
    resist, the rest counts as read and not as all that there is."""

    def __init__(self, place: Place, clock: Clock) -> None:
        self._place, self._clock = place, clock
        self._looks: dict[Looked, dict[str, State]] = {}
        self._noted: dict[str, State] | None = None

    def fresh(self, entity: Entity, files: Sequence[Seen]) -> list[Seen]:
        """Those files that are not read yet; they are remembered as seen by the entity. Raises StopEntity for the archive's own."""
        if in_archive(entity.source):
            raise StopEntity(f"{entity.source}: what is put away is not read again; name a file above {ARCHIVE}")
        noted = self._pending()
        found = [seen for seen in files if noted.get(seen.name) != state_of(seen)]
        self._looks[entity.kind, entity.source] = {seen.name: state_of(seen) for seen in found}
        return found

    def put_away(self) -> None:
        """Moves what was read. What cannot be moved is warned of in the log, and told by the next check."""
        try:
            fresh = self._unchanged()
            if any(abs(self._clock.now() - time / 1e9) < YOUNG_SECONDS for _size, time in fresh.values()):
                LOG.info("files that changed within the last minute may still be written to; the next sync moves what this one read")
                fresh = {}
            self._move({**self._still_noted(), **fresh})
        except ConnectorError as fault:
            LOG.warning("what was read stays in its folder, and counts as read while it is unchanged: %s", fault)

    def finding(self) -> Finding:
        """Whether files can be put away, and which could not be."""
        try:
            stuck = sorted(self._still_noted())
            names = [*stuck, *(name for look in self._looks.values() for name in look)]
            for folder in sorted({_folder(name) for name in names} or {""}):
                self._place.try_archive(folder)
        except ConnectorError as fault:
            return Finding(ARCHIVE, False, str(fault))
        if stuck:
            return Finding(ARCHIVE, False, f"{', '.join(stuck)}: read, but it could not be moved; {STAYS}. Find out who owns or holds it")
        return Finding(ARCHIVE, True, f"what was read is moved into {ARCHIVE}; delete there what you need not keep")

    def _pending(self) -> dict[str, State]:
        """What an earlier run had read and did not get moved."""
        if self._noted is None:
            try:
                self._noted = _parsed(self._place.note())
            except StopEntity as fault:
                LOG.warning("what an earlier run could not move is not known: %s", fault)
                self._noted = {}
        return self._noted

    def _still_noted(self) -> dict[str, State]:
        return {name: state for name, state in self._pending().items() if self._place.state(name) == state}

    def _unchanged(self) -> dict[str, State]:
        """What every entity that means the file saw as it is now. One that came or changed meanwhile is for the next run."""
        now = {looked: self._now(looked[1]) for looked in self._looks}
        names = {name for look in self._looks.values() for name in look}
        kept: dict[str, State] = {}
        for name in sorted(names):
            states = [(self._looks[looked].get(name), there[name]) for looked, there in now.items() if name in there]
            if states and all(before == after for before, after in states):
                kept[name] = states[0][1]
        return kept

    def _now(self, source: str) -> dict[str, State]:
        try:
            return {seen.name: state_of(seen) for seen in self._place.look(source)}
        except NothingThere:
            return {}

    def _move(self, states: dict[str, State]) -> None:
        noted = bool(self._pending())
        if len(states) > 1:
            self._place.keep_note(_written(states))
            noted = True
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        moment = f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z"
        left: dict[str, State] = {}
        for name, state in states.items():
            try:
                self._place.put_away(name, f"{moment} {name.rpartition('/')[2]}")
            except ConnectorError as fault:
                left[name] = state
                LOG.warning("%s; %s", fault, STAYS)
        if left or noted:
            self._place.keep_note(_written(left))


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _written(states: dict[str, State]) -> str:
    return json.dumps(states, ensure_ascii=False, indent=0) if states else ""


def _parsed(text: str) -> dict[str, State]:
    """A note that is damaged says nothing: the files are read again, which changes nothing."""
    try:
        return {str(name): (int(size), int(time)) for name, (size, time) in dict(json.loads(text)).items()} if text else {}
    except (ValueError, TypeError, AttributeError):
        return {}
