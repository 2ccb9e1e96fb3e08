"""A town that people have worked in for a year: what pictures of its pages show. Everything is said through the doors that the pages use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from jobs import data_tokens, uploading, versions
from jobs.decisions import asked, corrections, links
from jobs.decisions.kinds import Shut
from jobs.flag_stage import flag_businesses, reflag
from jobs.place import needs, readiness, roles
from jobs.place.measures import month_ends
from jobs.work import meetings, steps, views
from jobs.work.listing import Wanted, find
from review.admin.field_maps import map_in_force
from review.places.naming import key_of
from review.site import Site
from store import bulk
from store.tables import Business, BusinessRecord, Flag, FlagHistory, Participant, Person, PersonRecord, Post, Tally

OFFICER, ADMIN = "trying-out-officer", "trying-out-admin"
THEMES = "themes:\n  night_economy:\n    name: The town at night\n    strong: late bus, night bus\n"
MONTHS = 12


@dataclass(frozen=True)
class Shown:
    """The values of the parameters that stand in the paths of a page, by page; under an empty name those of all others."""

    values: Mapping[str, Mapping[str, str]]

    def of(self, page: str) -> Mapping[str, str]:
        """The values for a page."""
        return {**self.values[""], **self.values.get(page, {})}


def live_in(site: Site) -> Shown:
    """Works in the town. Its database and its exports are changed."""
    _years_flags(site)
    listed = [row.business_id for row in find(site.store, Wanted(), "", site.today(), site.zone).rows]
    best = listed[0]
    _work(site, listed)
    _say_of_places(site)
    _decide(site)
    reflag(site.store, listed, site.today(), site.rules, site.zone)
    person_id, engagement_id = _met_there(site, best)
    everywhere = {
        "business_id": best,
        "person_id": person_id,
        "engagement_id": str(engagement_id),
        "name": "council",
        "place": _place(site),
        "part": "vision_and_plan",
        "kind": "themes",
    }
    return Shown({"": everywhere, **_admin(site)})


def _years_flags(site: Site) -> None:
    """The history that a year of nightly passes leaves; only the ends of its months, as measures look at no others."""
    with site.store.connect() as connection:
        connection.execute(delete(bulk.table_of(FlagHistory)))
        connection.execute(delete(bulk.table_of(Flag)))
    for day in month_ends(site.today(), MONTHS):
        flag_businesses(site.store, day, site.rules, site.zone)


def _work(site: Site, listed: list[str]) -> None:
    store, now, today = site.store, site.now(), site.today()
    later = today + timedelta(days=21)
    steps.assign(store, listed[:6], OFFICER, OFFICER, now)
    steps.snooze(store, listed[6:8], later, OFFICER, now, today, "their board meets first")
    steps.dismiss(store, listed[8:9], "other", OFFICER, now, "part of a group that we meet elsewhere")
    steps.comment(store, listed[0], "The chamber sees them in January; ask to come along.", OFFICER, now)
    corrections.claim(store, listed[1], "the chamber", later, OFFICER, now, site.zone)
    corrections.do_not_approach(store, listed[2], Shut("live_tender", later), OFFICER, now, site.zone)
    meetings.met(
        store, listed[3], meetings.Met("visit", today - timedelta(days=3), (), "could lend a room for courses"), OFFICER, now, today
    )
    views.save_view(store, "Lapsed leaders", "state=leader_lapsed&sort=priority", True, OFFICER, now)


def _say_of_places(site: Site) -> None:
    store, now, place = site.store, site.now(), _place_name(site)
    for new in (
        needs.NewNeed(place, "skills", "premises", "a room for the skills plan"),
        needs.NewNeed(place, "", "funding", "the spring fair"),
    ):
        needs.add(store, new, site.rules.themes, site.rules.resources, OFFICER, now)
    for person_id, role in zip(_leaders_in(site, place), ("business_chair", "champion", "ambassador"), strict=False):
        roles.add(store, roles.NewRole(person_id, role, place, ""), site.rules.themes, OFFICER, now)
    for part, state, words in (
        ("vision_and_plan", "yes", "Adopted by the partnership in March."),
        ("early_action", "partly", "The market hall opened; the bus does not run yet."),
    ):
        readiness.say(store, readiness.NewWord(place, part, state, words, "https://www.council.example/plan"), OFFICER, now)


def _decide(site: Site) -> None:
    with site.store.reading() as connection:
        open_pairs = asked.asked(connection, "business", limit=2)
    for edge, work in zip(open_pairs, (links.join, links.keep_apart), strict=False):
        pair = (edge.left.record_id, edge.right.record_id)
        if work is links.join:
            links.join(site.store, "business", pair, OFFICER, site.now())
        else:
            links.keep_apart(site.store, "business", *pair, OFFICER, site.now())


def _admin(site: Site) -> dict[str, dict[str, str]]:
    """What an admin did, and what the pages about it are called."""
    store, now = site.store, site.now()
    data_tokens.make(store, "Power BI of the economy team", site.today() + timedelta(days=365), ADMIN, now, site.today())
    versions.save(store, ("themes", ""), THEMES, ADMIN, now, 0)
    council = site.setup.connections["council"]
    assert council.map_file is not None
    assert council.folder is not None
    text = council.map_file.read_text(encoding="utf-8")
    versions.save(store, (versions.FIELD_MAP, "council"), f"# The town's own words.\n{text}", ADMIN, now, 0)
    field_map = map_in_force(site, council)
    file = uploading.wanted(field_map)[0].pattern
    with (council.folder / file).open("rb") as content:
        waiting = uploading.lay_out(council, field_map, file, content)
    rule, own_map = versions.history(store, "themes")[0].number, versions.history(store, versions.FIELD_MAP, "council")[0].number
    return {
        "rule-version": {"number": str(rule)},
        "field-map-version": {"number": str(own_map)},
        "upload-one": {"token": waiting.token},
    }


def _met_there(site: Site, business_id: str) -> tuple[str, int]:
    """A person of a business, and an engagement in which they took part."""
    mine, post, took, who = (bulk.table_of(model) for model in (BusinessRecord, Post, Participant, PersonRecord))
    query = (
        select(who.c.person_id, took.c.engagement_id)
        .join(post, post.c.business_record_id == mine.c.record_id)
        .join(who, who.c.record_id == post.c.person_record_id)
        .join(took, took.c.person_record_id == post.c.person_record_id)
        .where(mine.c.business_id == business_id)
        .order_by(who.c.person_id, took.c.engagement_id)
    )
    with site.store.reading() as connection:
        found = connection.execute(query).first()
    assert found is not None
    return found.person_id, found.engagement_id


def _leaders_in(site: Site, place: str) -> list[str]:
    """People whose title leads, at businesses of a place."""
    mine, post, who, business, person = (bulk.table_of(model) for model in (BusinessRecord, Post, PersonRecord, Business, Person))
    query = (
        select(who.c.person_id)
        .join(person, person.c.id == who.c.person_id)
        .join(post, post.c.person_record_id == who.c.record_id)
        .join(mine, mine.c.record_id == post.c.business_record_id)
        .join(business, business.c.id == mine.c.business_id)
        .where(business.c.place == place, post.c.level == "top_leader", ~person.c.gone, ~post.c.has_left)
        .distinct()
        .order_by(who.c.person_id)
    )
    with site.store.reading() as connection:
        return list(connection.scalars(query.limit(3)))


def _place_name(site: Site) -> str:
    with site.store.reading() as connection:
        places = connection.scalars(select(bulk.table_of(Tally).c.place).distinct().order_by(bulk.table_of(Tally).c.place))
        return next(place for place in places if place)


def _place(site: Site) -> str:
    return key_of(_place_name(site))
