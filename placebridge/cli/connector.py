"""`placebridge connector`: the kinds of connection, and one of your own."""

from pathlib import Path
from typing import Annotated

import typer

from placebridge.cli.options import Form, Format, group

app = group("List the kinds of connection, or begin one of your own.")


@app.command("list")
def connector_list(form: Form = Format.table) -> None:
    """List the kinds of connection and the settings each wants.

    Those that other packages offer are listed too."""
    from placebridge.listing_connectors import kinds as work

    work(form.value)


@app.command("new")
def connector_new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The kind's name, as in my_crm.")],
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Where to write; a new folder placebridge-NAME unless said.")
    ] = None,
) -> None:
    """Write a folder with a connector to make yours.

    It holds the package, a stand-in for its service and the tests that every connector passes."""
    from placebridge.new_connector import new as work

    work(name, folder)
