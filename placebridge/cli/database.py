"""`placebridge database`: moving to another one."""

from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, group

app = group("Move to another database.")


@app.command("move")
def database_move(
    url: Annotated[str, typer.Argument(metavar="URL", help="An empty database, as in postgresql://user@host/name.")],
    config: ConfigFile = None,
) -> None:
    """Copy everything into another, empty database.

    Reads it back, and says which line to write into the settings."""
    from placebridge.keeping.move import move as work

    work(config, url)
