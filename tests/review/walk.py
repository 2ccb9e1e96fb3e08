"""Every page of the site with addresses that a filled site has, so that whoever adds a page finds it walked.

A page with a new parameter in its path has to say here where its values come from."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import select

from jobs.place.readiness import PARTS
from jobs.versions import RULES
from review.page import Page
from review.places.naming import key_of
from review.roles import Role
from review.routes import PAGES
from review.site import Site
from store import bulk
from store.database import Database
from store.tables import Business, Connection, Engagement, Person, Run, SettingVersion, Tally
from store.views import VIEWS
from tests.review.harness import signed_in

AT_MOST = 40
"""Values of a parameter that are tried."""
WELL = {200, 303}
"""What a page answers to somebody who may see it."""


def _column(table: type, name: str) -> Callable[[Database], list[str]]:
    def values(store: Database) -> list[str]:
        column = bulk.table_of(table).c[name]
        with store.reading() as connection:
            return [str(value) for value in connection.scalars(select(column).distinct().order_by(column).limit(AT_MOST))]

    return values


PARAMETERS: Mapping[str, Callable[[Database], list[str]]] = {
    "business_id": _column(Business, "id"),
    "person_id": _column(Person, "id"),
    "engagement_id": _column(Engagement, "record_id"),
    "connection": _column(Connection, "name"),
    "run_id": _column(Run, "id"),
    "view": lambda store: list(VIEWS),
    "place": lambda store: [key_of(place) for place in sorted(_column(Tally, "place")(store), key=lambda place: (not place, place))],
    "part": lambda store: list(PARTS),
    "name": lambda store: ["council", "chamber", "register"],
    "kind": lambda store: list(RULES),
    "number": _column(SettingVersion, "id"),
    "token": lambda store: ["of-no-errand"],
}
"""Where the values of a path's parameter come from. A page with another one: add a line."""


@dataclass(frozen=True)
class Address:
    """A page and one address of it."""

    page: Page
    path: str


def names_in(page: Page) -> list[str]:
    """The parameters in a page's path, without their converters."""
    return re.findall(r"\{(\w+)(?::\w+)?\}", page.path)


def addresses(site: Site, most: int = AT_MOST, pages: tuple[Page, ...] = PAGES) -> Iterator[Address]:
    """Addresses of every page, those with parameters as often as there are values; of a page whose parameter has none in this site, one that is not there."""
    for page in pages:
        values = {name: PARAMETERS[name](site.store)[:most] for name in names_in(page)}
        for number in range(max([1, *map(len, values.values())])):
            path = page.path
            for name, found in values.items():
                path = re.sub(rf"\{{{name}(:\w+)?\}}", quote(found[number % len(found)] if found else "0", safe=""), path)
            yield Address(page, path)


def views(site: Site, role: Role, most: int = AT_MOST) -> list[Address]:
    """The addresses that show somebody of that role a page: neither a way to another one nor a file."""
    return [address for address, _ in shown(site, role, most)]


def shown(site: Site, role: Role, most: int = AT_MOST) -> Iterator[tuple[Address, str]]:
    """Those addresses, each with the page."""
    browser = signed_in(site, role)
    for address in addresses(site, most):
        if address.page.get is None or (address.page.roles and role not in address.page.roles):
            continue
        answer = browser.get(address.path)
        if not answer.is_redirect and answer.headers.get("content-type", "").startswith("text/html"):
            yield address, answer.text
