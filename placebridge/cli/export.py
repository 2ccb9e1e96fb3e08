"""`placebridge export`: CSV files for programs."""

from pathlib import Path
from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, group

app = group("Write CSV files for programs.")


@app.command("links")
def export_links(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")],
    band: Annotated[str | None, typer.Option("--band", help="sure: only joins that are sure.")] = None,
    config: ConfigFile = None,
) -> None:
    """Which business each business record is, by which evidence."""
    from placebridge.exporting import links as work

    work(config, file, band)


@app.command("people")
def export_people(file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")], config: ConfigFile = None) -> None:
    """Which person each person record is, where, at which level."""
    from placebridge.exporting import people as work

    work(config, file)


@app.command("engagements")
def export_engagements(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")], config: ConfigFile = None
) -> None:
    """Each engagement with its businesses, themes and resources."""
    from placebridge.exporting import engagements as work

    work(config, file)
