"""The documented views as CSV and JSON for programs, and the page on which admins make tokens for them."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any

from starlette.responses import Response, StreamingResponse

from jobs import colleagues, data_tokens
from jobs.place import views
from jobs.refused import Refused
from jobs.spreadsheets import plain
from review.downloads import PIECE, csv_file
from review.forms import day_fields, day_if_any, day_items, number_of
from review.page import Ask, NotFound, Page, done
from review.rendering import render
from review.roles import ADMINS, NOBODY_YET
from review.truth.filling import Misfilled, at_field
from store.views import VIEWS


def show(ask: Ask, made: str = "", wrong: Misfilled | None = None) -> Response:
    """The views, and the tokens that open them. `made`: the text of a new one, which is shown this once."""
    held = data_tokens.tokens(ask.site.store)
    with ask.site.store.reading() as connection:
        names = colleagues.names_of(connection, {who for one in held for who in (one.made_by, one.withdrawn_by)})
    return render(
        ask, "data/show.html", 422 if wrong else 200, views=VIEWS, tokens=held, named=lambda who: names.get(who, who), made=made,
        wrong=wrong, said=ask.said, whole=ask.site.whole,
        ends=day_fields(ask, "ends") if wrong else day_items("ends", {}),
    )  # fmt: skip


def change(ask: Ask) -> Response:
    """Makes a token, or withdraws one."""
    store, who, now = ask.site.store, ask.user.sign_in, ask.site.now()
    if ask.said("withdraw"):
        data_tokens.withdraw(store, number_of(ask.said("withdraw")), who, now)
        return done(ask, "The token is withdrawn: it opens nothing any more.", "/data")
    try:
        ends_on = _last_day(ask)
        with at_field("name"):
            made = data_tokens.make(store, ask.said("name"), ends_on, who, now, ask.site.today())
    except Misfilled as fault:
        return show(ask, wrong=fault)
    # Shown at once and not on the next page: what the next page is to say is kept in the database for a moment.
    return show(ask, made=made)


def _last_day(ask: Ask) -> date | None:
    """None where none is wanted. Raises Misfilled."""
    with at_field("ends-day"):
        found = day_if_any(ask, "ends", "the last day")
        if found is not None and found < ask.site.today():
            raise Refused("That day has passed. Enter today or a later day, or leave it empty.")
    return found


def as_csv(ask: Ask) -> Response:
    """A view as CSV: begins with a BOM, and no cell is a formula, as Excel may open it."""
    name, columns, rows = _view(ask)
    return csv_file(name, columns, ([row[column] for column in columns] for row in rows))


def as_json(ask: Ask) -> Response:
    """A view as JSON: a list of objects, values as they are."""
    _, _, rows = _view(ask)
    return StreamingResponse(_json(rows), media_type="application/json")


def _view(ask: Ask) -> tuple[str, list[str], Iterable[dict[str, Any]]]:
    """Its name, columns and rows; the first row is read at once, so that a database that is away is told by the status. Raises NotFound."""
    name = ask.path["view"]
    if name not in VIEWS:
        raise NotFound(f"There is no such view. There are {', '.join(VIEWS)}.")
    rows = views.rows(ask.site.store, name)
    first = next(rows, None)
    return name, views.columns(name), rows if first is None else chain([first], rows)


def _json(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    held, size, before = ["["], 0, "\n"
    for row in rows:
        held.append(before + json.dumps({name: _value(value) for name, value in row.items()}, ensure_ascii=False))
        size, before = size + len(held[-1]), ",\n"
        if size >= PIECE:
            yield "".join(held)
            held, size = [], 0
    yield "".join([*held, "\n]\n"])


def _value(value: Any) -> Any:
    """A value as JSON has it; a sum that PostgreSQL gives as a decimal is a whole number of ours."""
    if value is None or isinstance(value, str | int | float):
        return value
    found = plain(value)
    return found if isinstance(found, str) else int(found)


PAGES = (
    Page("/data", "data", ADMINS, get=show, post=change),
    Page("/data/{view}.csv", "data-csv", NOBODY_YET, get=as_csv, by_token=True),
    Page("/data/{view}.json", "data-json", NOBODY_YET, get=as_json, by_token=True),
)
