"""Where a read stands, as it is written into a cursor."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from connector.contract import Cursor
from connector.salesforce.batches import At

VERSION = 1
LOG, ROWS, IDS = "log", "rows", "ids"
NUMBERS = {"began", "swept", "log_from"}


@dataclass
class State:
    """All times are seconds since 1970, by the service's clock."""

    org: str
    """The organisation's id: a sandbox that was refreshed is another."""
    mark: str
    began: float
    swept: float
    """When all ids were last seen."""
    log_from: float
    """From where on the log of deletions is to be read."""
    since: float | None = None
    """Changes from there on; None: all rows."""
    sweeps: bool = False
    """All ids are asked for behind the rows."""
    stage: str = ROWS
    """Empty: the read is done, and the next one is of changes."""
    at: At | None = None
    total: int = 0
    done: int = 0

    @property
    def whole(self) -> bool:
        return self.since is None

    def end_stage(self) -> None:
        """Goes on to what comes behind this stage."""
        self.at = None
        self.stage = IDS if self.stage == ROWS and self.sweeps else ""

    def cursor(self) -> Cursor:
        """What `of` reads."""
        return {"version": VERSION, **{one.name: getattr(self, one.name) for one in fields(self)}}

    @classmethod
    def of(cls, cursor: Cursor) -> "State | None":
        """The state that a cursor holds; None when it is none of this version."""
        told = {one.name: cursor.get(one.name) for one in fields(cls)}
        if cursor.get("version") != VERSION or not _sound(told):
            return None
        return cls(**told)  # type: ignore[arg-type]


def _sound(told: Mapping[str, object]) -> bool:
    """Whether each value is of its kind; a cursor may have been written by another version, or by hand."""
    since, at = told["since"], told["at"]
    return (
        all(isinstance(told[name], str) for name in ("org", "mark", "stage"))
        and all(_number(told[name]) for name in NUMBERS)
        and (since is None or _number(since))
        and isinstance(told["sweeps"], bool)
        and (at is None or isinstance(at, Mapping))
        and all(isinstance(told[name], int) for name in ("total", "done"))
        and told["stage"] in {LOG, ROWS, IDS, ""}
    )


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11
