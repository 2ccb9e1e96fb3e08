"""The command line: every command and group, in the order of `placebridge --help`.

Each says what it does and hands over; what it hands to is imported only then, so that --help is quick."""

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from placebridge import __version__
from placebridge.cli import config, connection, connector, database, export, links, notices, preview, register, schedule
from placebridge.cli.beginning import check, doctor, init
from placebridge.cli.keeping import backup, restore, support_bundle, upgrade
from placebridge.cli.running import digest, review, sync, worker
from placebridge.cli.showing import explain, flags, rejects, report, runs
from placebridge.garbage import spare_loading

DONE, FAILED = 0, 1
STOPPED = 130
"""By Ctrl-C, as shells count it."""

app = typer.Typer(
    name="placebridge", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Which businesses' senior leaders are not yet engaged, why, and whom to approach: from your CRMs' records.\n\n"
    "Start with `placebridge init --from FOLDER`, then `placebridge check`, `placebridge sync` and `placebridge flags`.",
    epilog="Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 done in part, 75 another sync is running.",
)  # fmt: skip
COMMANDS = (
    init, check, doctor, sync, worker, review, flags, explain, report, runs, rejects, digest, backup, restore, upgrade, support_bundle,
)  # fmt: skip
GROUPS = (schedule, config, connection, connector, database, export, links, notices, preview, register)
for _command in COMMANDS:
    app.command()(_command)
for _group in GROUPS:
    app.add_typer(_group.app, name=_group.__name__.rpartition(".")[2])


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"placebridge {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """What every command takes."""


def main() -> None:
    """The console script."""
    spare_loading()
    sys.exit(guarded(lambda: app(prog_name="placebridge")))


def guarded(work: Callable[[], int | None]) -> int:
    """Does the work; turns every fault into one plain line and an exit code."""
    try:
        return work() or DONE
    except SystemExit as end:
        if end.code == STOPPED:
            typer.echo("stopped; run it again to go on where it was", err=True)
        return end.code if isinstance(end.code, int) else DONE if end.code is None else FAILED
    except KeyboardInterrupt:
        typer.echo("stopped; run it again to go on where it was", err=True)
        return STOPPED
    except Exception as fault:
        return _told(fault)


def _told(fault: Exception) -> int:
    """Says what went wrong on standard error; returns the exit code."""
    from placebridge.faults import code_of, message_of
    from placebridge.output import say

    if os.environ.get("PLACEBRIDGE_TRACEBACK"):
        raise fault
    say(message_of(fault), stderr=True)
    return code_of(fault)
