"""What several commands take, said once."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


def group(about: str) -> typer.Typer:
    """A group of commands, without words of its own."""
    return typer.Typer(no_args_is_help=True, help=about, rich_markup_mode=None)


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def _day(text: str) -> date:
    """A day of the command line; one so far off that no record is near it is a slip of the hand."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as in 2026-11-01") from None
    if not 1900 <= found.year < 2200:
        raise typer.BadParameter(f"'{text}' is too far off; write a day between 1900 and 2199, as in 2026-11-01")
    return found


ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="The settings; config.env in this folder unless said.")]
Form = Annotated[Format, typer.Option("--format", help="table for people; csv or json for programs.")]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="The day to judge by, as in 2026-11-01; today unless said."),
]
OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")]
ConnectionName = Annotated[str, typer.Argument(metavar="CONNECTION", help="A connection's name.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file where it exists.")]
