"""Who has which role for a place: champion, connector, ambassador, business chair."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, select
from starlette.responses import Response

from jobs import colleagues
from jobs.facts import Loader
from jobs.place import roles
from jobs.place.roles import NewRole
from jobs.refused import Refused
from jobs.work.listing import ALL, Wanted, find
from mappings.policy import STATES
from mappings.roles import ROLES
from review.businesses.reading import durable_id
from review.forms import number_of
from review.page import Ask, NotFound, done
from review.places.reading import place_asked
from review.places.tabs import path_to, tabs
from review.rendering import render
from review.roles import OFFICERS
from review.words import sentence, theme_name
from store import bulk
from store.queries import among
from store.tables import Business

business = bulk.table_of(Business)

LONGEST: Final = 200
NO_PLACE: Final = "Roles belong to a place. Choose one under Places."


def show(ask: Ask) -> Response:
    """Who has a role."""
    place = _place(ask)
    held = roles.roles(ask.site.store, place)
    with ask.site.store.reading() as connection:
        names = colleagues.names_of(connection, {one.by for one in held})
        businesses = names_of(connection, {found for one in held for found in one.businesses})
    return render(
        ask, "places/people.html", place=place, tabs=tabs(ask, place), ROLES=ROLES, officers=OFFICERS, businesses=businesses,
        held={role: [one for one in held if one.role == role] for role in ROLES}, named=lambda who: names.get(who, who),
        add=path_to(place, "/people/add"), here=path_to(place, "/people"),
    )  # fmt: skip


def change(ask: Ask) -> Response:
    """Ends a role."""
    place = _place(ask)
    roles.end(ask.site.store, number_of(ask.said("end")), ask.user.sign_in, ask.site.now())
    return done(ask, "The role has ended.", path_to(place, "/people"))


def show_add(ask: Ask, wrong: str = "", field: str = "person") -> Response:
    """First which business, then who of theirs and which role."""
    site, place = ask.site, _place(ask)
    chosen, text = (ask.said("business") or ask.asked("business"))[:LONGEST], ask.asked("q")[:LONGEST]
    found, name, people = [], "", []
    if chosen:
        with site.store.reading() as connection:
            chosen = durable_id(connection, chosen)
            name = names_of(connection, [chosen])[chosen]
            known = Loader(connection, site.zone).load([chosen])
        members = [one for one in known[0].facts.members if not one.has_left(site.today())] if known else []
        people = sorted({(one.person, one.name, one.title) for one in members}, key=lambda one: one[1].casefold())
    elif text:
        found = find(site.store, Wanted(state=tuple(STATES), text=text, work=ALL), ask.user.sign_in, site.today(), site.zone).rows[:20]
    return render(
        ask, "places/people_add.html", 422 if wrong else 200, place=place, tabs=tabs(ask, place), business=chosen, name=name, people=people,
        text=text, found=found, ROLES=ROLES, themes=[(one, theme_name(site, one)) for one in site.rules.themes.ids], said=ask.said,
        wrong=wrong, field=field, here=path_to(place, "/people/add"), back_to=path_to(place, "/people"),
    )  # fmt: skip


def add(ask: Ask) -> Response:
    """Gives somebody a role."""
    site, place, who = ask.site, _place(ask), ask.user.sign_in
    new = NewRole(ask.said("person"), ask.said("role"), "" if ask.said("everywhere") == "yes" else place, ask.said("theme"))
    if not new.person_id:
        return show_add(ask, "Choose who has the role.")
    if new.role not in ROLES:
        return show_add(ask, "Choose the role.", "role")
    if new.theme and new.theme not in site.rules.themes.ids:
        return show_add(ask, "Choose a theme of the list, or none.", "theme")
    try:
        roles.add(site.store, new, site.rules.themes, who, site.now())
    except Refused as fault:
        return show_add(ask, sentence(str(fault)))
    return done(ask, f"The role is given: {ROLES[new.role].lower()}.", path_to(place, "/people"))


def names_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names of businesses, by id."""
    rows = connection.execute(select(business.c.id, business.c.name).where(among(connection, business.c.id, sorted(ids))))
    return {row.id: row.name for row in rows}


def _place(ask: Ask) -> str:
    with ask.site.store.reading() as connection:
        place = place_asked(ask, connection)
    if not place:
        raise NotFound(NO_PLACE)
    return place
