"""Who is at the table, places by themes: what a small town shows, and that the counts are kept in step whatever happens."""

import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from jobs.pipeline import sync
from jobs.place import picture, tally
from jobs.place.picture import Computed, Counts, Stored, at_the_table, heat
from jobs.place.seats import SeatRules
from jobs.pulling import Options
from placebridge.removing import remove_all_of
from store import bulk
from store.database import Database
from store.tables import Connection as ConnectionRow
from tests import small_world
from tests.jobs.place.town import AS_OF, FILES, RULES, ZONE, begun, synced

SEATS = SeatRules(RULES.sectors, RULES.resources)


def table(store: Database, **only: str) -> dict[str, tuple[int, int, int]]:
    with store.reading() as connection:
        found = at_the_table(Stored(connection), RULES.sectors.ids, **only)
    return {one.sector: (one.known, one.met, one.led) for one in found}


def test_each_sector_says_who_is_at_the_table_and_who_is_missing(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    assert table(store, theme="skills") == {
        "business": (2, 1, 1), "local_government": (0, 0, 0), "education": (1, 1, 1), "health": (1, 1, 0),
        "housing_association": (0, 0, 0), "community": (1, 0, 0), "other_anchor": (0, 0, 0),
    }  # fmt: skip
    assert table(store, theme="skills", place="Thornley")["education"] == (1, 1, 1)
    assert table(store, theme="skills", place="Marbury")["education"] == (0, 0, 0)
    with store.reading() as connection:
        missing = [one.sector for one in at_the_table(Stored(connection), RULES.sectors.ids, place="Thornley") if one.missing]
    assert missing == ["local_government", "health", "housing_association", "community", "other_anchor"]


def test_heat_has_places_by_themes_the_largest_first(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    with store.reading() as connection:
        found = heat(Stored(connection), RULES.themes.ids)
        only_health = heat(Stored(connection), RULES.themes.ids, sector="health")
    assert found.places == ("Thornley", "Marbury")
    assert found.of("Thornley") == Counts(3, 2, 2, 2)
    assert found.of("Thornley", "skills") == Counts(3, 2, 2, 2)
    assert (found.of("Marbury", "skills").flagged, found.of("Marbury", "transport")) == (2, Counts())
    assert only_health.cells[("Marbury", "")] == Counts(1, 0, 1, 0)


def test_what_a_business_is_known_by_without_naming_a_theme_is_refused(store: Database) -> None:
    with store.reading() as connection, pytest.raises(ValueError, match="name `theme`"):
        Stored(connection).counts(("place",))


def test_time_alone_takes_a_business_from_the_table(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    assert table(store, theme="skills")["education"] == (1, 1, 1)
    synced(store, tmp_path, as_of=date(2027, 7, 2))
    assert table(store, theme="skills")["education"] == (1, 0, 0)


def in_step(store: Database) -> None:
    """The counts are those that counting anew gives."""
    with store.reading() as connection:
        kept = Counter({tuple(row): 1 for row in connection.execute(select(tally.tally))})
        anew = Counter({(*row[:4], *map(int, row[4:])): 1 for row in connection.execute(tally.recount())})
    assert kept == anew


def everything(store: Database, day: date) -> dict[tuple[str, ...], Counts]:
    with store.reading() as connection:
        return picture.as_of(connection, day, RULES.policy, ZONE, SEATS).counted.counts(("place", "theme", "sector", "size"))


@pytest.mark.parametrize("seed", range(3))
def test_the_counts_stay_in_step_through_syncs_days_and_a_removed_connection(store: Database, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    world = small_world.files(seed, firms=16)
    for step in range(4):
        day = AS_OF + timedelta(days=chance.randrange(-400, 400))
        lines = small_world.later(world) if step % 2 else world
        sync(store, small_world.write(tmp_path, lines), RULES, Options(ZONE, day, accept_deletions=True))
        in_step(store)
        with store.reading() as connection:
            stored = Stored(connection).counts(("place", "theme", "sector", "size"))
        assert everything(store, day) == stored
    with store.connect() as connection:
        held = connection.execute(select(bulk.table_of(ConnectionRow)).where(bulk.table_of(ConnectionRow).c.name == "chamber")).one()
        remove_all_of(connection, held)
    in_step(store)


def test_as_of_another_day_is_as_if_it_had_been_synced_that_day(store: Database, tmp_path: Path) -> None:
    sources = small_world.write(tmp_path, small_world.files(5, firms=16))
    sync(store, sources, RULES, Options(ZONE, AS_OF))
    other = AS_OF - timedelta(days=200)
    before = everything(store, other)
    sync(store, sources, RULES, Options(ZONE, other))
    with store.reading() as connection:
        assert Stored(connection).counts(("place", "theme", "sector", "size")) == before


def test_counts_of_rows_and_counts_of_the_store_are_the_same(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    with store.reading() as connection:
        rows = [dict(row) for row in connection.execute(select(tally.seat_theme)).mappings()]
        for by, only in (
            (("place", "theme"), {}),
            (("sector",), {"theme": ""}),
            (("size", "sector"), {"theme": "skills", "place": "Marbury"}),
            ((), {"theme": ""}),
        ):
            assert Stored(connection).counts(by, **only) == Computed(rows).counts(by, **only)


def test_a_business_that_closes_leaves_the_counts_and_keeps_its_sector(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    synced(store, tmp_path, {"accounts.csv": FILES["accounts.csv"].replace("300,,", "300,,Shut")})
    assert table(store)["education"] == (0, 0, 0)
    with store.reading() as connection:
        held = connection.execute(select(tally.seats).where(tally.seats.c.sector == "education")).all()
    assert [row.because for row in held] == ["the name: college"]


def test_a_council_that_names_a_sector_anew_sees_it_after_the_next_sync(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    synced(store, tmp_path, {"accounts.csv": FILES["accounts.csv"].replace("Marbury,Manufacturing", "Marbury,Social enterprise")})
    assert table(store)["community"][0] == 2
