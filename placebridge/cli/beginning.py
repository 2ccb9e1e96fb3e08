"""Setting up, and whether all is well: `init`, `check` and `doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, Form, Format


def init(
    folder: Annotated[Path | None, typer.Option("--from", metavar="FOLDER", help="A folder of exports; a sub-folder is one CRM.")] = None,
    into: Annotated[Path, typer.Option("--into", metavar="FOLDER", help="Where to write; here unless said.")] = Path(),
    preset: Annotated[str | None, typer.Option("--preset", metavar="NAME", help="Write only this CRM's field map, to be fitted.")] = None,
) -> None:
    """Write config.env, field maps and the database.

    With --from, the field maps are made from the headers of the exports, by a preset where they are a known CRM's, else guessed. They
    show how full each column is; doubtful lines are commented out. Nothing that exists is overwritten."""
    from placebridge.setting_up import init as work

    work(folder, into, preset)


def check(
    connection: Annotated[str | None, typer.Argument(metavar="CONNECTION", help="Only this connection.")] = None,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """Say what works and what to mend.

    Looks at the settings, rules, field maps, database and connections; changes nothing."""
    from placebridge.checking import check as work

    raise typer.Exit(work(connection, config, form.value))


def doctor(config: ConfigFile = None, form: Form = Format.table) -> None:
    """Say whether it is well and, if not, what to do.

    Looks at this machine, the settings, the database, the worker and each connection's runs; asks no CRM (`check` does)."""
    from placebridge.doctor.examining import doctor as work

    raise typer.Exit(work(config, form.value))
