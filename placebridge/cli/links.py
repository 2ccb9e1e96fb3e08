"""`placebridge links`: which records are one business or person, as people decide."""

from typing import Annotated

import typer

from placebridge.cli.options import ConfigFile, Form, Format, group

app = group("Decide which records are one business or person.")
People = Annotated[bool, typer.Option("--people", help="Of people, not of businesses.")]
Things = Annotated[list[str], typer.Argument(metavar="WHICH", help="Ids, or records as CONNECTION:ID.")]


@app.command("review")
def links_review(
    people: People = False,
    decided: Annotated[bool, typer.Option("--decided", help="What people decided, undone or not.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The first so many.")] = 20,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """List pairs that may be one and nobody decided."""
    from placebridge.linking import review as work

    work(config, people, decided, limit, form.value)


@app.command("join")
def links_join(things: Things, people: People = False, config: ConfigFile = None) -> None:
    """Say that these are one business or person.

    It holds through every sync, until it is undone."""
    from placebridge.linking import join as work

    work(config, things, people)


@app.command("split")
def links_split(things: Things, people: People = False, config: ConfigFile = None) -> None:
    """Say that records are another business, or two not one.

    Records of one business are split from the rest of it; two of different businesses are never joined."""
    from placebridge.linking import split as work

    work(config, things, people)


@app.command("undo")
def links_undo(
    number: Annotated[int, typer.Argument(metavar="DECISION", help="A decision's number, as `links review --decided` shows it.")],
    config: ConfigFile = None,
) -> None:
    """Take a decision about links back."""
    from placebridge.linking import undo as work

    work(config, number)
