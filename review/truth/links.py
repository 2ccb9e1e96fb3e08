"""Is it the same? Pairs of which the rules are not sure, to be decided one by one; and what was decided."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select
from starlette.responses import Response

from jobs.decisions import asked, links
from jobs.decisions.asked import Edge
from jobs.refused import Refused
from mappings.pointing import full_name
from review.forms import number_of, one_of
from review.page import Ask, Page, done, go_to
from review.paging import page_number, pages_of
from review.rendering import render
from review.roles import OFFICERS
from review.truth.taking_effect import join_again
from store import bulk
from store.queries import among
from store.tables import Record

record = bulk.table_of(Record)

PAIRS: Final = 5
DECISIONS: Final = 25
ENTITIES: Final = {"businesses": "business", "people": "person"}
"""What the address says, and what it means."""
SHOWN: Final = {
    "business": (
        ("Name", "name"), ("Trades as", "trading_name"), ("Was called", "previous_names"), ("Company number", "company_number"),
        ("Charity number", "charity_number"), ("Address", "address"), ("Town", "town"), ("Postcode", "postcode"), ("Website", "website"),
        ("Phone", "phone"), ("Email", "email"), ("Sector", "sector"), ("Part of", "parent"),
    ),
    "person": (("Title", "title"), ("Email", "email"), ("Phone", "phone")),
}  # fmt: skip
"""What is shown side by side of two records, in this order."""


@dataclass(frozen=True)
class Pair:
    """Two records side by side: of each line what it is and what each of them says."""

    edge: Edge
    lines: tuple[tuple[str, str, str], ...]


def show(ask: Ask) -> Response:
    """What is asked, the likeliest first."""
    of, number = _of(ask), page_number(ask)
    entity = ENTITIES[of]
    with ask.site.store.reading() as connection:
        edges, total = asked.asked_page(connection, entity, PAIRS, (number - 1) * PAIRS)
        last = max(1, -(-total // PAIRS))
        if number > last:  # what was asked there has been decided
            return go_to(ask, f"/links?of={of}&page={last}")
        pairs = side_by_side(connection, entity, edges)
    pages = pages_of(ask, number, total, PAIRS)
    return render(ask, "truth/links.html", pairs=pairs, of=of, total=total, pages=pages, first=(number - 1) * PAIRS + 1)


def decide(ask: Ask) -> Response:
    """Says that two are the same, or that they are not."""
    entity = one_of(ask, "entity", ENTITIES.values(), "Choose a pair.")
    what = one_of(ask, "what", {"same", "different"}, "Choose whether they are the same.")
    store, who, now = ask.site.store, ask.user.sign_in, ask.site.now()
    left, right = _holders(ask, entity)
    if what == "same":
        links.join(store, entity, [left, right], who, now)
    else:
        links.keep_apart(store, entity, left, right, who, now)
    said = "Kept: they are the same." if what == "same" else "Kept: they are different, and not asked about again."
    return done(ask, join_again(ask, said), ask.back("/links"))


def _holders(ask: Ask, entity: str) -> tuple[str, str]:
    """What the two records of a pair are now. Raises Refused."""
    ends = [number_of(ask.said(side)) for side in ("left", "right")]
    with ask.site.store.reading() as connection:
        sides = asked.sides_of(connection, entity, ends)
    if len(sides) < 2:
        raise Refused("A CRM no longer holds one of them. Look at the list again.")
    return sides[ends[0]].holder, sides[ends[1]].holder


def show_decided(ask: Ask) -> Response:
    """What people decided, the newest first."""
    of, number = _of(ask), page_number(ask)
    with ask.site.store.reading() as connection:
        total = asked.how_many_decisions(connection, ENTITIES[of])
        pages = pages_of(ask, number, total, DECISIONS)
        found = asked.decisions(connection, ENTITIES[of], True, DECISIONS, (number - 1) * DECISIONS)
    return render(ask, "truth/decided.html", decisions=found, of=of, total=total, pages=pages)


def undo(ask: Ask) -> Response:
    """Takes one back."""
    links.undo(ask.site.store, number_of(ask.said("undo")), ask.user.sign_in, ask.site.now())
    return done(ask, join_again(ask, "Undone. The rules say again whether they are one."), ask.back("/links/decided"))


def _of(ask: Ask) -> str:
    said = ask.asked("of")
    return said if said in ENTITIES else "businesses"


def side_by_side(connection: Connection, entity: str, edges: list[Edge]) -> list[Pair]:
    """Pairs with what their records say."""
    ids = sorted({side.record_id for edge in edges for side in (edge.left, edge.right)})
    query = select(record.c.id, record.c.fields).where(among(connection, record.c.id, ids))
    fields = {row.id: dict(row.fields) for row in connection.execute(query)}
    at = asked.businesses_of(connection, ids) if entity == "person" else {}
    said = {one: _said(entity, held, at.get(one, "")) for one, held in fields.items()}
    return [Pair(edge, _lines(said[edge.left.record_id], said[edge.right.record_id])) for edge in edges]


def _said(entity: str, fields: dict[str, object], at: str) -> dict[str, str]:
    """What a record says, by the line on which it stands."""
    said = {line: str(fields[name]) for line, name in SHOWN[entity] if fields.get(name)}
    return {"Name": full_name(fields), "Business": at} | said if entity == "person" else said


def _lines(left: dict[str, str], right: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    order = ["Name", "Business", *(line for lines in SHOWN.values() for line, _ in lines)]
    return tuple((line, left.get(line, ""), right.get(line, "")) for line in dict.fromkeys(order) if left.get(line) or right.get(line))


PAGES = (
    Page("/links", "links", OFFICERS, get=show, post=decide),
    Page("/links/decided", "links-decided", OFFICERS, get=show_decided, post=undo),
)
