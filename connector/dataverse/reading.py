"""Reading a table page by page, each with a cursor to go on after it.

A cursor is a mapping: `of`, the mark of the plan that it belongs to; `at`, the stage of the read (see Stage); `link`, the next page or the
delta link, as the service gave it; `since`, the time that an incremental read begins with; `began`, when the read began (both ISO, by
the service's clock)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from itertools import count

from connector.contract import Cursor, Page, StopEntity
from connector.dataverse.columns import not_offered
from connector.dataverse.judging import Expired, message_of
from connector.dataverse.plan import MERGED, Plan, Way
from connector.dataverse.rows import ids, told
from connector.dataverse.service import Service
from connector.http import Answer, Call, field, linked, onward, pages
from connector.notes import noted

TRACK = "odata.track-changes"
LINK_IS_DEAD = frozenset(range(400, 500)) - {401, 402, 403, 407, 408, 421, 425, 429}
"""What a link that is no longer good may be answered with; the others are about the sign-in, the role, the proxy, or passing."""
AGAIN = "{source} was read again from the start: {why}"
OTHER = "the connection, the columns or the table's change tracking are others than when it was last read"
EXPIRED = "the link to its changes had expired (Dataverse keeps changes for some days only, 7 unless an administrator says otherwise)"


class Stage(Enum):
    """Where in a read a page stands."""

    WHOLE = "whole"
    """All rows."""
    DELTA = "delta"
    """What change tracking gives."""
    CHANGED = "changed"
    """The rows that changed since a time."""
    SWEEP = "sweep"
    """All ids, after those rows."""


@dataclass(frozen=True)
class Position:
    """A cursor, understood."""

    at: Stage
    link: str | None = None
    since: str = ""
    began: str = ""

    @classmethod
    def of(cls, cursor: Cursor, mark: str) -> "Position | None":
        """None for a cursor that belongs to another plan or is none of ours."""
        stages = {stage.value: stage for stage in Stage}
        at, link = stages.get(str(cursor.get("at"))), cursor.get("link")
        if cursor.get("of") != mark or at is None or not isinstance(link, (str, type(None))):
            return None
        return cls(at, link, str(cursor.get("since", "")), str(cursor.get("began", "")))

    def cursor(self, mark: str) -> Cursor:
        """What the next read is given; JSON-safe."""
        return {"of": mark, "at": self.at.value, "link": self.link, "since": self.since, "began": self.began}


@dataclass
class Reader:
    """One read of one block."""

    service: Service
    plan: Plan
    page_size: int
    look_back: float
    """Seconds before the last read's begin from which a table without tracking is read again."""

    def __post_init__(self) -> None:
        self.mark = self.plan.mark()

    def read(self, cursor: Cursor | None) -> Iterator[Page]:
        """As the contract's `pull`."""
        position = Position.of(cursor, self.mark) if cursor is not None else None
        try:
            notes = [self._again(OTHER)] if cursor is not None and position is None else []
            yield from noted(self._stages(position or self._start()), notes)
        except Expired:
            yield from noted(self._stages(self._start()), [self._again(EXPIRED)])

    def _start(self) -> Position:
        return Position(Stage.WHOLE, began=_iso(self.service.now()))

    def _stages(self, position: Position) -> Iterator[Page]:
        if position.at is Stage.CHANGED and position.link is None:
            position = replace(position, began=_iso(self.service.now()))
        if position.at is not Stage.SWEEP:
            yield from self._rows(position)
        if position.at is Stage.SWEEP or (position.at is Stage.CHANGED and self.plan.entity.complete):
            yield from self._sweep(position if position.at is Stage.SWEEP else replace(position, at=Stage.SWEEP, link=None))

    def _rows(self, position: Position) -> Iterator[Page]:
        sweeps = position.at is Stage.CHANGED and self.plan.entity.complete

        def page(answer: Answer) -> Page:
            after, last = self._after(position, answer)
            found = told(self.plan, answer)
            return Page(
                rows=found.rows,
                deleted=found.deleted,
                merged=found.merged,
                skipped=found.skipped,
                cursor=after.cursor(self.mark) if after else None,
                last=last and not sweeps,
                snapshot=position.at is Stage.WHOLE or sweeps,
                living=True,
            )

        return map(page, self._answers(position))

    def _sweep(self, position: Position) -> Iterator[Page]:
        """Rows that were merged into another are left out: they are there, and are nobody any more."""

        def page(answer: Answer) -> Page:
            after, last = self._after(position, answer)
            return Page(seen=ids(self.plan, answer), cursor=after.cursor(self.mark) if after else None, last=last, living=True)

        return map(page, self._answers(position))

    def _after(self, position: Position, answer: Answer) -> tuple[Position | None, bool]:
        """Where to go on after this answer, and whether it is the last of its stage."""
        onward = _link(answer, "@odata.nextLink")
        if onward is not None:
            return replace(position, link=onward), False
        if self.plan.way is Way.TRACKED:
            delta = _link(answer, "@odata.deltaLink")
            unchanged = position.link if position.at is Stage.DELTA else None
            return (Position(Stage.DELTA, delta or unchanged) if delta or unchanged else None), True
        if self.plan.way is Way.WHOLE:
            return None, True
        if position.at is Stage.CHANGED and self.plan.entity.complete:
            return replace(position, at=Stage.SWEEP, link=None), True
        return Position(Stage.CHANGED, since=_earlier(position.began, self.look_back)), True

    def _answers(self, position: Position) -> Iterator[Answer]:
        """The answers from the position to the end of its stage, every link of them checked."""
        first = self._resumed(position) if position.link else self._asked(position)

        def following(answer: Answer) -> Call | None:
            onward = _link(answer, "@odata.nextLink") if answer.status < 400 else None
            return linked(self._resumed(position), answer, onward) if onward else None

        def good(number: int, answer: Answer) -> Answer:
            if answer.status >= 400 and (number or position.link):
                raise Expired(f"{first.what}: the service gives links that it does not know itself; tell whoever runs it")
            if answer.status >= 400:
                raise refused(self.plan, answer)
            return answer

        return map(good, count(), pages(self.service.door, first, following))

    def _resumed(self, position: Position) -> Call:
        """A link that the service gave, followed as it is."""
        call = self.service.call("", self.plan.entity.source, prefer=self._prefer(position), accept=LINK_IS_DEAD)
        return replace(call, url=position.link or "")

    def _asked(self, position: Position) -> Call:
        """The first request of a stage."""
        sweep = position.at is Stage.SWEEP
        parts = [self.plan.filter]
        parts += [f"{self.plan.changed} ge {position.since}"] if position.at is Stage.CHANGED else []
        parts += [f"({MERGED} eq false or {MERGED} eq null)"] if sweep and self.plan.merges else []
        params = {"$select": self.plan.table.key if sweep else self.plan.select}
        chosen = " and ".join(part for part in parts if part)
        params |= {"$filter": chosen} if chosen else {}
        return self.service.call(self.plan.table.entity_set, self.plan.entity.source, params, self._prefer(position), accept={400})

    def _prefer(self, position: Position) -> str:
        """Every page of a read gets the same, as Dataverse asks for; a delta link tracks by itself."""
        track = f"{TRACK}," if self.plan.way is Way.TRACKED and position.at is Stage.WHOLE else ""
        return track + self.plan.prefer(self.page_size)

    def _again(self, why: str) -> str:
        return AGAIN.format(source=self.plan.entity.source, why=why)


def refused(plan: Plan, answer: Answer) -> StopEntity:
    """What is wrong with a request that was answered with 400, by the columns that the answer names."""
    named = not_offered(plan.table, plan.columns, message_of(answer))
    words = named or "Dataverse refuses the request (answer 400): run check, and compare the columns of the field map with the table's"
    return StopEntity(f"{plan.entity.source}: {words}")


def _link(answer: Answer, name: str) -> str | None:
    """A link of an answer, absolute, so that it is still good in a cursor. Raises StopConnection for one to another host."""
    found = field(answer.data, name, (str, type(None)), default=None) if answer.data is not None else None
    return onward(answer, found) if found else None


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _earlier(moment: str, seconds: float) -> str:
    return _iso(datetime.fromisoformat(moment).timestamp() - seconds)
