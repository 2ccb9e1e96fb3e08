"""What does the work: `sync`, `worker`, `review` and `digest`."""

from typing import Annotated

import typer

from placebridge.cli.options import AsOf, ConfigFile, Form, Format


def sync(
    connections: Annotated[list[str] | None, typer.Argument(metavar="CONNECTION", help="Only these connections.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, even what has not changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would change and write nothing.")] = False,
    as_of: AsOf = None,
    accept_deletions: Annotated[bool, typer.Option("--accept-deletions", help="Remove records even where very many are gone.")] = False,
    config: ConfigFile = None,
) -> None:
    """Read the CRMs and bring the flags up to date.

    Stopped at any moment and run again, it goes on where it was. A read that would remove more than a fifth of an entity's records
    (and more than ten) is refused until --accept-deletions says that it is meant."""
    from placebridge.syncing import Wanted
    from placebridge.syncing import sync as work

    raise typer.Exit(work(config, Wanted(tuple(connections or ()), full, dry_run, as_of, accept_deletions)))


def worker(config: ConfigFile = None) -> None:
    """Keep every connection on its schedule, until stopped.

    The background service: SIGTERM or Ctrl-C stops it between two pages, within ten seconds; started again, it goes on."""
    from placebridge.worker.service import serve as work

    raise typer.Exit(work(config))


def review(
    host: Annotated[str | None, typer.Option("--host", metavar="H", help="The address to listen on; the settings' unless said.")] = None,
    port: Annotated[int | None, typer.Option("--port", metavar="N", min=1, max=65535, help="The port; the settings' unless said.")] = None,
    config: ConfigFile = None,
) -> None:
    """Serve the review page.

    Officers work the list in it, admins see to connections. Without a sign-in provider it can only be tried out, on this computer."""
    from placebridge.reviewing import review as work

    work(config, host, port)


def digest(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what is due and send nothing.")] = False,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """Send the officers' digests that are due now.

    The worker does so by itself; this is to see what it would send."""
    from placebridge.digests import digest as work

    work(config, dry_run, form.value)
