"""A file as a table, whatever its format: planned (its header found) before it is read."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Protocol

from connector.contract import Row, StopEntity, TryLater
from connector.files.delimited import Delimited, Dialect, dialect
from connector.files.folder import Found, os_faults, stamp_of
from connector.files.header import Header
from connector.files.sheet import Sheet
from connector.files.sieve import Sieve
from connector.files.sniffing import SAVE_AS, is_workbook
from connector.files.workbook import Layout, Workbook, layout, workbook_faults

COMPLAINTS = 5
"""Files whose faults are told in full; more are counted."""


@dataclass(frozen=True)
class Plan:
    """A file, and where in it the wanted columns are."""

    found: Found
    told: Dialect | Layout

    @property
    def header(self) -> Header:
        return self.told.header

    @property
    def words(self) -> str:
        """Format, encoding and delimiter, for people."""
        return self.told.words if isinstance(self.told, Dialect) else f"Excel workbook, sheet '{self.told.sheet}'"

    @property
    def name(self) -> str:
        return self.found.name if isinstance(self.told, Dialect) else self.told.name

    def notes(self) -> list[str]:
        """What an admin should know before any row is read."""
        encoding = self.told.encoding.notes if isinstance(self.told, Dialect) else ()
        return [*encoding, *self.header.notes(self.name)]


class Reader(Protocol):
    """Reads a table in order."""

    sieve: Sieve

    @property
    def row(self) -> int:
        """Records after the header that have gone by: data, left out or skipped."""

    @property
    def ended(self) -> bool: ...

    @property
    def done(self) -> int:
        """About how many bytes of the file are read."""

    def read(self, records: int) -> list[Row]:
        """The rows among the next so many records."""


def plan(found: Found, wanted: Sequence[str]) -> Plan:
    """Looks at a file's beginning (and at all bytes of a text, for its encoding); raises StopEntity."""
    with unchanged(found):
        if is_workbook(found.path, found.name):
            return Plan(found, layout(found.path, found.name, found.sheet, wanted))
        if found.sheet is not None:
            raise StopEntity(f"{found.name} is not a workbook and has no sheet '{found.sheet}'; {SAVE_AS}")
        return Plan(found, dialect(found.path, found.name, wanted))


def plan_all(files: Sequence[Found], wanted: Sequence[str]) -> list[Plan]:
    """Plans every file; what is wrong with any of them is told in one StopEntity."""
    plans: list[Plan] = []
    faults: list[str] = []
    for found in files:
        try:
            plans.append(plan(found, wanted))
        except StopEntity as fault:
            faults.append(str(fault))
    if faults:
        more = [f"{len(faults) - COMPLAINTS} more files have faults"] if len(faults) > COMPLAINTS else []
        raise StopEntity("\n".join([*faults[:COMPLAINTS], *more]))
    return plans


@contextmanager
def opened(plan: Plan, wanted: Sequence[str]) -> Iterator[Reader]:
    """The table, ready to read its first record after the header. Raises TryLater at the end should the file have changed meanwhile."""
    found, told = plan.found, plan.told
    with unchanged(found):
        if isinstance(told, Dialect):
            with closing(Delimited(found.path, found.name, told, wanted)) as text:
                yield text
            return
        with workbook_faults(found.name):
            book = Workbook(found.path, found.name)
        with book:
            with workbook_faults(found.name):
                sheet = Sheet(book, told, wanted, found.stamp.size)
            with closing(sheet):
                yield sheet


@contextmanager
def unchanged(found: Found) -> Iterator[None]:
    """A file that is written while it is read makes no fault of its own: it is left for the next run."""
    try:
        yield
    except (StopEntity, UnicodeDecodeError) as fault:
        _require_same(found)
        if isinstance(fault, StopEntity):
            raise
        raise StopEntity(f"{found.name} cannot be read as text; save it as CSV UTF-8") from fault
    _require_same(found)


def _require_same(found: Found) -> None:
    with os_faults(found.name):
        if stamp_of(found.path) != found.stamp:
            raise TryLater(f"{found.name} changed while it was read; it is left for the next run")
