"""How what people decide takes effect: at once where nobody is at the stages and it is quick, else with the run that is next."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import func, select

from jobs.flag_stage import reflag
from jobs.pipeline import refresh_if_free
from jobs.pulling import Options
from jobs.schedules import plans
from review.page import Ask
from review.site import Site
from store import bulk
from store.lease import STAGES
from store.tables import BusinessRecord, PersonRecord

FEW: Final = 3_000
"""Records of businesses and people that are joined anew while somebody waits, in a few seconds."""
LATER: Final = "A sync is under way: this page shows it when that has ended."
NEXT_RUN: Final = "It takes effect with the next run."


def look_again(ask: Ask, said: str, business_ids: Iterable[str]) -> str:
    """Brings the flags of businesses up to date with a correction; what was done, and that it is seen later where it is."""
    site = ask.site
    seen = reflag(site.store, business_ids, site.today(), site.rules, site.zone)
    return said if seen else f"{said} {LATER}"


def join_again(ask: Ask, said: str) -> str:
    """Joins the records anew after a decision about links; what was done, and when it takes effect."""
    site = ask.site
    if _is_quick(site) and refresh_if_free(site.store, site.rules, _options(site)):
        return said
    plans.ask(site.store, STAGES, ask.user.sign_in, site.now())
    return f"{said} {NEXT_RUN}"


def _is_quick(site: Site) -> bool:
    with site.store.reading() as connection:
        every = [connection.scalar(select(func.count()).select_from(bulk.table_of(model))) for model in (BusinessRecord, PersonRecord)]
    return sum(count or 0 for count in every) <= FEW


def _options(site: Site) -> Options:
    """As of now, unless the site's clock was turned to another day."""
    options = Options(site.zone)
    return options if options.today == site.today() else Options(site.zone, site.today())
