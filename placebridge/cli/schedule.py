"""`placebridge schedule`: when connections are read."""

from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, ConnectionName, Form, Format, group

app = group("See and change when connections are read.")


@app.command("list")
def schedule_list(config: ConfigFile = None, form: Form = Format.table) -> None:
    """List when each connection is read, and how it stands."""
    from placebridge.scheduling import listed as work

    work(config, form.value)


@app.command("set")
def schedule_set(
    name: ConnectionName,
    words: Annotated[str, typer.Argument(metavar="CRON", help="Five cron words in quotes, as in '0 6 * * mon-fri'.")],
    config: ConfigFile = None,
) -> None:
    """Give a connection another schedule than its settings'."""
    from placebridge.scheduling import tell as work

    work(config, name, words)


@app.command("reset")
def schedule_reset(name: ConnectionName, config: ConfigFile = None) -> None:
    """Let a connection follow its settings' schedule again."""
    from placebridge.scheduling import reset as work

    work(config, name)


@app.command("pause")
def schedule_pause(name: ConnectionName, config: ConfigFile = None) -> None:
    """Let no run of a connection become due."""
    from placebridge.scheduling import pause as work

    work(config, name)


@app.command("resume")
def schedule_resume(name: ConnectionName, config: ConfigFile = None) -> None:
    """Let a connection's runs become due again."""
    from placebridge.scheduling import resume as work

    work(config, name)


@app.command("run")
def schedule_run(name: ConnectionName, config: ConfigFile = None) -> None:
    """Have the worker read a connection now."""
    from placebridge.scheduling import ask as work

    work(config, name)
