"""What was found: `flags`, `explain`, `report`, `runs` and `rejects`."""

from pathlib import Path
from typing import Annotated

import typer

from placebridge.cli.options import AsOf, ConfigFile, Form, Format


def flags(
    everybody: Annotated[bool, typer.Option("--all", help="The engaged too.")] = False,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write a list for people: .xlsx, .csv or .json.")] = None,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """List businesses whose leaders are not engaged.

    The most important first: state, why, whom to approach and through whom. --format and --out hold every column."""
    from placebridge.looking import flags as work

    work(config, everybody, as_of, out, form.value)


def explain(
    business: Annotated[str, typer.Argument(metavar="BUSINESS", help="An id, a company number or a name.")],
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show everything behind one business's state."""
    from placebridge.explaining import explain as work

    work(config, business, as_of)


def report(
    share: Annotated[bool, typer.Option("--share", help="Counts fit to leave the building: small ones are hidden.")] = False,
    threshold: Annotated[int | None, typer.Option("--threshold", metavar="N", help="With --share: hide 1 to N - 1; 5 unless said.")] = None,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write a page (.html) or a list (.csv).")] = None,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """Show places by themes, who is at the table, and measures.

    Who is engaged, which sectors are missing, which resources are offered, and how it changed. --share is for handing on."""
    from placebridge.report import report as work

    work(config, share, threshold, as_of, out, form.value)


def runs(
    config: ConfigFile = None,
    form: Form = Format.table,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest so many.")] = 20,
) -> None:
    """List the newest runs and what they changed."""
    from placebridge.looking import runs as work

    work(config, form.value, limit)


def rejects(config: ConfigFile = None, form: Form = Format.table) -> None:
    """List the rows that stand refused, and why.

    Beside them, what was noticed of rows that were kept: words that are none of ours, references that point at nothing."""
    from placebridge.looking import rejects as work

    work(config, form.value)
