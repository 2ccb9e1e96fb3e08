"""Which records a business has: some are another's, or another business is the same; each after a page that says what will happen."""

from starlette.responses import Response

from jobs.decisions import links
from jobs.refused import Refused
from review.businesses.reading import View, view
from review.forms import number_of
from review.page import Ask, NotFound, Page, done, not_done
from review.rendering import render
from review.roles import OFFICERS
from review.truth import search
from review.truth.filling import Misfilled, at_field
from review.truth.taking_effect import join_again


def undo(ask: Ask) -> Response:
    """Takes a decision about records back."""
    links.undo(ask.site.store, number_of(ask.said("undo")), ask.user.sign_in, ask.site.now())
    return _done(ask, join_again(ask, "Undone. The rules say again which records are one."))


def show_split(ask: Ask, wrong: Misfilled | None = None) -> Response:
    """The page to choose the records that are another business, and what will happen then."""
    found = view(ask.site, ask.path["business_id"])
    chosen = ask.all("record") or ask.query.getlist("record")
    return render(ask, "truth/split.html", 422 if wrong else 200, business=found, wrong=wrong, chosen=set(chosen))


def split(ask: Ask) -> Response:
    """Parts them."""
    found = view(ask.site, ask.path["business_id"])
    try:
        with at_field("record-1"):
            chosen = _chosen(ask, found)
            links.split(ask.site.store, "business", chosen, ask.user.sign_in, ask.site.now())
    except Misfilled as fault:
        return show_split(ask, fault)
    return _done(ask, join_again(ask, "Kept: those records are another business."))


def _chosen(ask: Ask, found: View) -> list[int]:
    """The records that were ticked. Raises Refused where there are none, all, or others."""
    chosen = {number_of(said) for said in ask.all("record")}
    mine = {record.id for record in found.records}
    if not chosen:
        raise Refused("Select the records that are another business.")
    if not chosen <= mine:
        raise Refused("Somebody has changed which records this business has. Look at them again.")
    if chosen == mine:
        raise Refused("Select some of the records, not all of them: the others stay with this business.")
    return sorted(chosen)


def show_same(ask: Ask, wrong: Misfilled | None = None) -> Response:
    """The page to find the business that is the same; and when it was chosen, what will happen."""
    found = view(ask.site, ask.path["business_id"])
    other = ask.said("with") or ask.asked("with")
    if other:
        return _confirm(ask, found, other, wrong)
    said = ask.asked("q")
    hits = search.search(ask, said, found.id) if said else []
    return render(ask, "truth/same.html", 422 if wrong else 200, business=found, wrong=wrong, asked=said, hits=hits, most=search.MOST)


def _confirm(ask: Ask, found: View, other: str, wrong: Misfilled | None) -> Response:
    hits = search.search(ask, other, "") if search.ID.fullmatch(other) else []
    if not hits:
        raise NotFound("No CRM holds that business any more. Search for it again.")
    if hits[0].id == found.id:
        return not_done(ask, "That is this business itself. Search for the other one.", f"/businesses/{found.id}/same")
    with ask.site.store.reading() as connection:
        both = search.found(connection, [found.id, hits[0].id])
    return render(ask, "truth/same_sure.html", 422 if wrong else 200, business=found, wrong=wrong, other=hits[0], both=both)


def same(ask: Ask) -> Response:
    """Joins the two."""
    found = view(ask.site, ask.path["business_id"])
    try:
        with at_field("q"):
            other = ask.said("with")
            if not other:
                raise Refused("Find the other business and choose it.")
            links.join(ask.site.store, "business", [found.id, other], ask.user.sign_in, ask.site.now())
    except Misfilled as fault:
        return show_same(ask, fault)
    return _done(ask, join_again(ask, "Kept: they are one business."))


def _done(ask: Ask, said: str) -> Response:
    return done(ask, said, f"/businesses/{ask.path['business_id']}")


PAGES = (
    Page("/businesses/{business_id}/records", "records", OFFICERS, post=undo),
    Page("/businesses/{business_id}/split", "split", OFFICERS, get=show_split, post=split),
    Page("/businesses/{business_id}/same", "same", OFFICERS, get=show_same, post=same),
)
