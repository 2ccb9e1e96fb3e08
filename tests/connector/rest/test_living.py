"""People work in the system while it is read: whatever is put in and deleted between any two requests, nothing is lost and nothing stays."""

from dataclasses import dataclass, field
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.connector.rest.standin import SECRETS, Standin
from tests.connector.rest.styles import DELETED, PAGING, said
from tests.connector.rest.world import Held, SetClock, entity, opened, pages
from tests.connector.sites import Site, serve

IDS = [f"F{number:02}" for number in range(16)]
STEPS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(IDS)),
    st.tuples(st.just("delete"), st.sampled_from(IDS)),
    st.tuples(st.just("delete"), st.sampled_from(IDS)),
    st.just(("page", "")),
    st.just(("page", "")),
    st.just(("stop", "")),
)
BETWEEN = st.one_of(st.tuples(st.sampled_from(["put", "delete"]), st.sampled_from(IDS)), st.just(("request", "")))
MEANWHILE = {
    "the first goes": [("delete", "F00")],
    "a whole page goes": [("delete", "F00"), ("delete", "F02"), ("delete", "F04")],
    "the last one read goes, and another": [("delete", "F04"), ("delete", "F02")],
    "one comes": [("put", "F01")],
    "four come": [("put", "F01"), ("put", "F03"), ("put", "F05"), ("put", "F07")],
    "one comes and two go": [("put", "F01"), ("delete", "F00"), ("delete", "F06")],
    "all go but the last": [("delete", id) for id in IDS[:14]],
}


@dataclass
class Switch:
    """One server for all examples; before each request it does what is due then."""

    clock: SetClock = field(default_factory=SetClock)
    site: Site | None = None
    due: list = field(default_factory=list)

    def __call__(self, asked):
        while self.due:
            step, id = self.due.pop(0)
            if step == "request":
                break
            change(self.site, step, id)
        return self.site(asked)


@pytest.fixture(scope="module")
def switch():
    switch = Switch()
    server = serve(switch)
    switch.connector = cache(lambda paging, deleted, totals: opened(f"{server.url}/api", said(paging, deleted=deleted, totals=totals), switch.clock, token=SECRETS["token"]))
    yield switch
    server.close()


def change(site, step, id):
    site.clock.sleep(5)
    if step == "put":
        site.put("firms", id, {"name": f"{id} at {site.clock.now():.0f}"})
    elif step == "delete":
        site.delete("firms", id)


def names(held):
    return {key: row[1] for key, row in held.rows.items()}


def living(site):
    return {key: row["name"] for key, row in site.living("firms").items()}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(paging=st.sampled_from(sorted(PAGING)), deleted=st.sampled_from(sorted(DELETED)), totals=st.booleans(), size=st.integers(2, 5), steps=st.lists(STEPS, max_size=40))
def test_any_changes_at_any_time_end_in_the_same_state(switch, paging, deleted, totals, size, steps):
    clock = switch.clock
    switch.site = site = Standin(clock, paging=paging, page_size=size, totals=totals)
    for id in IDS[::2]:
        site.put("firms", id, {"name": id})
    connector, firms, held, reading = switch.connector(paging, deleted, totals), entity(), Held(), None
    for step, id in steps:
        clock.sleep(5)
        if step in {"put", "delete"}:
            change(site, step, id)
        elif step == "stop":
            reading = None
        elif step == "page":
            reading = reading or connector.pull(firms, held.cursor)
            page = next(reading)
            held.take(page)
            reading = None if page.last else reading
    for _ in range(2):
        clock.sleep(5)
        for page in pages(connector, firms, held.cursor):
            held.take(page)
    assert names(held) == living(site)


def back_meanwhile(*steps):
    """Rows go and come back between the two requests for a page, and no total tells of it."""
    return example(paging="page", deleted="sweep", totals=False, steps=[(*step.split(), "")[:2] for step in steps])


@back_meanwhile("request", "request", "delete F00", "request", "put F00")
@back_meanwhile("request", "request", "request", "delete F02", "request", "delete F00", "request", "put F00")
@back_meanwhile("request", "request", "request", "delete F02", "request", "delete F00", "request", "put F00", "put F01")
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(paging=st.sampled_from(["offset", "page", "cursor", "next"]), deleted=st.sampled_from(["sweep", "whole"]), totals=st.booleans(), steps=st.lists(BETWEEN, max_size=24))
def test_what_nobody_touches_is_never_taken_for_gone(switch, paging, deleted, totals, steps):
    """Changes fall between any two requests, those for one page included."""
    clock = switch.clock
    switch.site = site = Standin(clock, paging=paging, totals=totals)
    for id in IDS[::2]:
        site.put("firms", id, {"name": id})
    connector, held = switch.connector(paging, deleted, totals), Held()
    clock.sleep(5)
    held.pull(connector, entity())
    before = living(site)
    switch.due = list(steps)
    held.pull(connector, entity())
    switch.due = []
    untouched = {id: name for id, name in before.items() if living(site).get(id) == name}
    assert {id: name for id, name in names(held).items() if id in untouched} == untouched
    for _ in range(2):
        clock.sleep(5)
        held.pull(connector, entity())
    assert names(held) == living(site)


@pytest.mark.parametrize("paging", ["offset", "page"])
@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("meanwhile", sorted(MEANWHILE))
def test_positions_that_move_lose_no_row(switch, paging, totals, meanwhile):
    """The change falls before each request in turn."""
    clock, connector = switch.clock, switch.connector(paging, "whole", totals)
    for requests in range(9):
        switch.site = site = Standin(clock, paging=paging, totals=totals)
        for id in IDS[::2]:
            site.put("firms", id, {"name": id})
        switch.due = [("request", "")] * requests + MEANWHILE[meanwhile]
        held = Held()
        (last,) = (page for page in held.pull(connector, entity()) if page.last)
        switch.due = []
        assert last.snapshot
        left = {id: name for id, name in living(site).items() if name == id}
        assert left.items() <= names(held).items(), requests


def test_one_that_goes_and_one_that_comes_do_not_hide_each_other(switch):
    """Between the two requests that prove that a numbered page follows the one before."""
    switch.site = site = Standin(switch.clock, paging="page")
    for id in IDS[::2]:
        site.put("firms", id, {"name": id})
    switch.due = [("request", ""), ("delete", "F00"), ("request", ""), ("put", "F01")]
    held = Held()
    held.pull(switch.connector("page", "whole", True), entity())
    assert set(IDS[2::2]) <= set(held.rows)
