"""`placebridge register`: the Companies House company data."""

from pathlib import Path
from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, group

app = group("Load the Companies House company data.")


@app.command("load")
def register_load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The company data file, CSV or its ZIP.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="A YAML file: our columns on the left, the file's on the right.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Load the company data file, which linking then uses.

    It is free from Companies House: the Free Company Data Product, as CSV or ZIP."""
    from placebridge.register import load as work

    work(config, file, mapping)
