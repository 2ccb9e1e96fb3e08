"""Queries as texts.

Source: SOQL and SOSL Reference: "Date Formats and Date Literals", "Quoted String Escape Sequences", "ORDER BY", "COUNT()"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.http import WrongShape


@dataclass(frozen=True)
class Query:
    """What is asked of one object. Rows come in the order of `clock` and Id, so that a read can go on behind any of them."""

    source: str
    fields: tuple[str, ...]
    where: tuple[str, ...] = ()
    """Conditions that all hold."""
    clock: str | None = None
    """The field that says when a row last changed; None: the order is that of Id alone."""

    def ordered(self, after: Sequence[str] | None = None) -> str:
        """The rows behind one, told by its clock's value and Id, or by its Id alone; None: from the first."""
        order = f"{self.clock}, Id" if self.clock else "Id"
        return f"{self._text(self.fields, self._behind(after))} ORDER BY {order}"

    def unordered(self) -> str:
        """All rows, in no order: what the Bulk API can split among its servers ("Understanding Bulk API 2.0 Query")."""
        return self._text(self.fields, ())

    def count(self) -> str:
        """How many rows."""
        return self._text(("count()",), ())

    def _behind(self, after: Sequence[str] | None) -> tuple[str, ...]:
        if after is None:
            return ()
        *stamps, last = after
        if self.clock and stamps:
            stamp = stamp_text(stamps[0])
            return (f"({self.clock} > {stamp} OR ({self.clock} = {stamp} AND Id > {quoted(last)}))",)
        return (f"Id > {quoted(last)}",)

    def _text(self, fields: Sequence[str], also: tuple[str, ...]) -> str:
        conditions = " AND ".join((*self.where, *also))
        return f"SELECT {', '.join(fields)} FROM {self.source}{f' WHERE {conditions}' if conditions else ''}"


def quoted(text: str) -> str:
    """A text as a literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def stamp_text(stamp: str) -> str:
    """A date and time of an answer (2027-01-02T03:04:05.000+0000) as a literal, in UTC.

    Raises WrongShape when it is none."""
    return literal(seconds_of(stamp))


def seconds_of(stamp: str) -> float:
    """Seconds since 1970. Raises WrongShape when it is no date and time with a zone."""
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise WrongShape("a date and time", "is none")
    return found.timestamp()


def literal(seconds: float) -> str:
    """A time as a literal: 2027-01-02T03:04:05.000Z."""
    return f"{datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
