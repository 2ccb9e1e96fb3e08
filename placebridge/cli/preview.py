"""`placebridge preview`: the rules on notes and titles of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, OutFile, group

app = group("Try the rules on your own notes or titles.")


@app.command("themes")
def preview_themes(
    file: Annotated[Path, typer.Argument(metavar="IN.csv", help="With the columns id, subject and notes.")],
    out: OutFile,
    config: ConfigFile = None,
) -> None:
    """Find the themes of notes, and the words that earned them."""
    from placebridge.previewing import themes as work

    work(file, out, config)


@app.command("titles")
def preview_titles(
    file: Annotated[Path, typer.Argument(metavar="IN.csv", help="With the column title.")], out: OutFile, config: ConfigFile = None
) -> None:
    """Find the leader level of job titles in a file, and why."""
    from placebridge.previewing import titles as work

    work(file, out, config)
