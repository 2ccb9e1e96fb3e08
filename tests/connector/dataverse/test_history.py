"""A law: whoever takes in every page holds what the organisation holds, whatever happens in between and wherever reads stop."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.dataverse.conftest import HandClock, apply, block
from tests.connector.dataverse.standin import CLIENT, SECRET, TENANT, DataverseStandin
from tests.connector.sites import serve

IDS = st.integers(1, 9).map(lambda n: f"{n:08d}-0000-0000-0000-000000000000")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), IDS, st.sampled_from(["Smith", "Jones", "Patel"])),
        st.tuples(st.just("delete"), IDS),
        st.tuples(st.just("merge"), IDS, IDS),
        st.tuples(st.just("wait"), st.sampled_from([1, 3600, 8 * 86_400])),
        st.tuples(st.just("read"), st.integers(1, 6)),
        st.tuples(st.just("revoke")),
    ),
    max_size=25,
)


def act(site, step) -> None:
    there = site.rows["account"]
    match step:
        case ("put", id, name):
            site.put("account", id, {"name": name})
        case ("delete", id) if id in there:
            site.delete("account", id)
        case ("merge", loser, survivor) if loser != survivor and loser in there and survivor in there:
            site.merge("account", loser, survivor)
        case ("wait", seconds):
            site.clock.moment += seconds
        case ("revoke",):
            site.revoke()


@settings(max_examples=60, deadline=None)
@given(STEPS, st.booleans(), st.integers(1, 4))
def test_who_takes_in_all_pages_holds_what_is_there(steps, tracked, page_size):
    """The steps between two pages of a read happen while it is under way."""
    clock = HandClock()
    site = DataverseStandin(clock)
    site.tables["account"].tracked = tracked
    server = serve(site)
    try:
        kind = kind_of("dataverse")
        wanted = {"url": server.url, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET, "login_url": server.url, "page_size": page_size}
        connector = kind.open(kind.settings(**wanted), Context("council", Path(), clock=clock))
        entity = block(columns=("accountid", "name"))
        held, cursor, begun = {}, None, []

        def go_on(most: int) -> None:
            """Reads some pages, as a run that is stopped then; a whole read is taken in when it is whole."""
            nonlocal held, cursor, begun
            for _, page in zip(range(most), connector.pull(entity, cursor), strict=False):
                begun.append(page)
                cursor = page.cursor
                if page.last:
                    held, begun = apply(held, begun), []

        for step in steps:
            act(site, step)
            if step[0] == "read":
                go_on(step[1])
        go_on(1000)
        go_on(1000)
        merged = {id for id, row in site.rows["account"].items() if row["merged"]}
        assert held == {id: (id, row["name"]) for id, row in site.rows["account"].items() if id not in merged}
    finally:
        server.close()
