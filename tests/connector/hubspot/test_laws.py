"""Whatever people do and whenever it is read: a last read, when the search index has caught up, leaves the view that HubSpot has."""

from contextlib import closing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connector.hubspot.world import View, World, entity, truth

IDS = st.sampled_from(["7", "8", "9", "10", "11"])
DEEDS = st.one_of(
    st.tuples(st.just("put"), IDS, st.text("abc", max_size=2)),
    st.tuples(st.just("import"), st.just(""), st.text("xyz", max_size=2)),
    st.tuples(st.just("delete"), IDS, st.just("")),
    st.tuples(st.just("merge"), IDS, IDS),
    st.tuples(st.just("wait"), st.sampled_from([0.001, 1.0, 3.0, 30.0, 700.0]), st.just("")),
    st.tuples(st.just("sync"), st.sampled_from([None, 1, 2]), st.just("")),
)
MANY = [str(one) for one in range(20, 31)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    deeds=st.lists(DEEDS, max_size=18),
    source=st.sampled_from(["companies", "contacts"]),
    keeps=st.booleans(),
    sizes=st.sampled_from([(2, 2, 1), (3, 2, 4), (100, 200, 1000)]),
)
def test_a_last_read_agrees_with_hubspot(deeds: list[tuple], source: str, keeps: bool, sizes: tuple[int, int, int]) -> None:
    world = World()
    with closing(world):
        world.site.merge_keeps_id = keeps
        lists, searches, page = sizes
        connector = world.connector(list_rows=lists, search_rows=searches, page_rows=page)
        view, what = View(), entity(source)
        for deed, first, second in deeds:
            if deed == "sync":
                view.read(connector, what, first)
            else:
                act(world, source, deed, first, second)
        world.clock.sleep(world.site.lag + 1)
        while not view.read(connector, what)[-1].last:
            pass
        view.read(connector, what)
        assert view.rows == truth(world.site, what)


def act(world: World, source: str, deed: str, first, second) -> None:
    live = {record.id for record in world.site.live(source)}
    if deed == "wait":
        world.clock.sleep(first)
    elif deed == "put":
        world.site.put(source, first, {"name": second})
    elif deed == "import":
        for one in MANY:
            world.site.put(source, one, {"name": second})
    elif deed == "delete" and first in live:
        world.site.delete(source, first)
    elif deed == "merge" and {first, second} <= live and first != second:
        world.site.merge(source, first, second)
