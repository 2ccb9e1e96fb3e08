"""`placebridge notices`: what ops are told."""

from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, Form, Format, group

app = group("What ops are told, and whether it arrives.")


@app.command("test")
def notices_test(config: ConfigFile = None, form: Form = Format.table) -> None:
    """Send a test notice to every channel.

    Prints a line for each: whether it was taken, or what to mend."""
    from placebridge.notices import test as work

    raise typer.Exit(work(config, form.value))


@app.command("list")
def notices_list(
    config: ConfigFile = None,
    form: Form = Format.table,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest so many.")] = 20,
) -> None:
    """List the newest notices and how each was delivered."""
    from placebridge.notices import newest as work

    work(config, form.value, limit)
