"""How ready a place is: the parts of the list, what was said of each, and the form to say more."""

from typing import Final

from starlette.responses import Response

from jobs import colleagues
from jobs.place import readiness
from jobs.place.needs import LONGEST
from jobs.place.readiness import PARTS, STATES, NewWord, Part, Said
from jobs.refused import Refused
from review.page import Ask, NotFound, done
from review.places.reading import place_asked
from review.places.tabs import path_to, tabs
from review.rendering import render
from review.roles import OFFICERS
from review.words import sentence

TAGS: Final = {"yes": ("Yes", "green"), "partly": ("Partly", "yellow"), "no": ("No", "red")}
NO_PLACE: Final = "Readiness belongs to a place. Choose one under Places."


def show(ask: Ask) -> Response:
    """Every part."""
    place = _place(ask)
    parts = readiness.readiness(ask.site.store, place)
    names = _names(ask, [part.said for part in parts])
    return render(
        ask, "places/readiness.html", place=place, tabs=tabs(ask, place), parts=parts, TAGS=TAGS, officers=OFFICERS,
        named=lambda who: names.get(who, who), ready=sum(1 for part in parts if part.said and part.said.state == "yes"),
        path=path_to(place, "/readiness"),
    )  # fmt: skip


def show_part(ask: Ask, wrong: str = "", field: str = "words") -> Response:
    """A part: what was said of it, and the form."""
    place, part = _place(ask), _part(ask)
    history = readiness.history(ask.site.store, place, part.part)
    names = _names(ask, list(history))
    last = history[0] if history else None
    sent = bool(ask.form)
    return render(
        ask, "places/readiness_part.html", 422 if wrong else 200, place=place, tabs=tabs(ask, place), part=part, history=history, TAGS=TAGS,
        officers=OFFICERS, named=lambda who: names.get(who, who), wrong=wrong, field=field, longest=LONGEST,
        state=ask.said("state") if sent else last.state if last else "", words=ask.said("words") if sent else last.words if last else "",
        link=ask.said("link") if sent else last.link if last else "", path=path_to(place, "/readiness"),
    )  # fmt: skip


def say(ask: Ask) -> Response:
    """Says how it stands."""
    place, part = _place(ask), _part(ask)
    new = NewWord(place, part.part, ask.said("state"), ask.said("words"), ask.said("link"))
    if new.state not in STATES:
        return show_part(ask, "Choose yes, partly or no.", "state")
    try:
        readiness.say(ask.site.store, new, ask.user.sign_in, ask.site.now())
    except Refused as fault:
        return show_part(ask, sentence(str(fault)), "link" if "link must" in str(fault) else "words")
    return done(ask, f"{part.name}: {TAGS[new.state][0].lower()}.", path_to(place, "/readiness"))


def _place(ask: Ask) -> str:
    with ask.site.store.reading() as connection:
        place = place_asked(ask, connection)
    if not place:
        raise NotFound(NO_PLACE)
    return place


def _part(ask: Ask) -> Part:
    """The part of the address, without what was said of it. Raises NotFound."""
    part = ask.path["part"]
    if part not in PARTS:
        raise NotFound("Readiness has no such part. Choose one of the list.")
    return Part(part, PARTS[part], None, "")


def _names(ask: Ask, said: list[Said | None]) -> dict[str, str]:
    with ask.site.store.reading() as connection:
        return colleagues.names_of(connection, {one.by for one in said if one})
