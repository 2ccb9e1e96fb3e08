"""Keeping the database: `backup`, `restore`, `upgrade` and `support-bundle`."""

from pathlib import Path
from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, Overwrite


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    overwrite: Overwrite = False,
    config: ConfigFile = None,
) -> None:
    """Write the database into one file, while syncs run or not."""
    from placebridge.keeping.backup import backup as work

    work(config, file, overwrite)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what the database holds.")] = False,
    config: ConfigFile = None,
) -> None:
    """Put a backup in the place of what the database holds."""
    from placebridge.keeping.restore import restore as work

    work(config, file, yes)


def upgrade(config: ConfigFile = None) -> None:
    """Bring the database to this version of the program.

    SQLite is backed up first. Several at once do no harm."""
    from placebridge.keeping.upgrade import upgrade as work

    work(config)


def support_bundle(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The file to write.")],
    log: Annotated[Path | None, typer.Option("--log", metavar="FILE", help="The service's log, in JSON.")] = None,
    overwrite: Overwrite = False,
    config: ConfigFile = None,
) -> None:
    """Write a file for whoever helps you, without anybody's data."""
    from placebridge.keeping.support import support_bundle as work

    work(config, file, overwrite, log)
