"""`placebridge connection`: renaming, replacing and removing one."""

from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, ConnectionName, group

app = group("Rename, replace or remove a connection.")


@app.command("rename")
def connection_rename(
    name: ConnectionName, new_name: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")], config: ConfigFile = None
) -> None:
    """Give a connection another name; every id stays."""
    from placebridge.connections import rename as work

    work(config, name, new_name)


@app.command("replace")
def connection_replace(
    connection: ConnectionName,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which records are which.")] = False,
    config: ConfigFile = None,
) -> None:
    """Move a connection to another system; every id stays.

    Write the new system's lines into the settings first. Says which records are the same, and asks."""
    from placebridge.connections import replace as work

    work(config, connection, yes, dry_run)


@app.command("remove")
def connection_remove(
    name: ConnectionName,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    config: ConfigFile = None,
) -> None:
    """Remove a connection and all that was read from it. Says first what goes."""
    from placebridge.connections import remove as work

    work(config, name, yes)
