"""`placebridge config`: field maps and rules as they hold."""

from pathlib import Path
from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, Overwrite, group

app = group("Field maps and rules as they hold.")


@app.command("export")
def config_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to write into.")],
    overwrite: Overwrite = False,
    config: ConfigFile = None,
) -> None:
    """Write the field maps and rules that hold as files.

    What was saved on the review page is among them, and the lines by which the settings name them."""
    from placebridge.config_export import export as work

    work(config, folder, overwrite)


@app.command("reset")
def config_reset(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="themes, policy, places, titles, sectors, or a connection's name.")],
    config: ConfigFile = None,
) -> None:
    """Let the file hold again, not what was saved on the page.

    For a connection that is its field map. What was saved is kept, and can be brought back on the page."""
    from placebridge.config_export import reset as work

    work(config, what)
