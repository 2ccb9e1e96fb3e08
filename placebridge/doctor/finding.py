"""What the doctor found, and the page that it makes of it."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from placebridge.output import show

WIDTH = 80
COLUMNS = ("check", "ok", "detail", "do")
MARGIN = 21
"""Where the details begin: behind the verdict and the check's name."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `do`: what to do about it, where it is not well."""

    check: str
    detail: str
    do: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is well."""
        return not self.do


def page(findings: Sequence[Finding], form: str) -> None:
    """Prints the findings: for people 80 columns wide, or as csv or json."""
    if form != "table":
        rows = [{"check": one.check, "ok": "yes" if one.ok else "no", "detail": one.detail, "do": one.do} for one in findings]
        show(rows, COLUMNS, form, "")
        return
    print("\n".join(_lines(findings)))


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    for one in findings:
        verdict = "ok  " if one.ok else "MEND"
        yield from _wrapped(f"{verdict} {one.check}", one.detail)
        if one.do:
            yield from _wrapped("", f"-> {one.do}")
    bad = sum(not one.ok for one in findings)
    yield ""
    yield "It is well." if not bad else f"It is not well: {bad} to mend. What each arrow says is to be done, from the top."


def _wrapped(head: str, text: str) -> Iterable[str]:
    """The text beside its head; below it, where that is long. A long path or address is not cut."""
    first = f"{head:<{MARGIN}}"
    if len(head) >= MARGIN:
        yield head
        first = " " * MARGIN
    yield from textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent=first, subsequent_indent=" " * MARGIN, break_on_hyphens=False)
