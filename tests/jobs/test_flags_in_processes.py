"""A whole pass in several processes comes out as one in this process, whatever ends or changes meanwhile."""

import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from jobs import dirty
from jobs.flag_processes import even, processors
from jobs.flag_stage import flag_businesses
from jobs.pipeline import sync
from jobs.pulling import Options
from jobs.rules import Rules
from store import bulk
from store.database import Database
from store.tables import Business, Dirty, Flag, FlagHistory, FlagLooked, Listed, Offer, Seat, SeatTheme, Stage, Tally
from tests import small_world
from tests.worker_world import wait_for

AS_OF, RULES, ZONE = date(2026, 11, 1), Rules.load(), ZoneInfo("Europe/London")
business, flag, listed, marks, stage = (bulk.table_of(model) for model in (Business, Flag, Listed, Dirty, Stage))
KEPT = (Flag, FlagLooked, FlagHistory, Listed, Seat, SeatTheme, Offer, Tally, Stage, Dirty)
"""What a pass keeps."""

pytestmark = pytest.mark.skipif(processors() < 2, reason="one processor: every pass is in this process")


@pytest.fixture
def town(store: Database, tmp_path: Path) -> Database:
    sync(store, small_world.write(tmp_path, small_world.files(seed=3, firms=14)), RULES, Options(ZONE, AS_OF))
    return store


def kept(store: Database) -> dict[str, list[str]]:
    with store.reading() as connection:
        found = {model.__tablename__: connection.execute(select(bulk.table_of(model))).mappings().all() for model in KEPT}
    return {str(name): sorted(str({**row, "version": 0}) for row in rows) for name, rows in found.items()}


def forget(store: Database, *, rows: bool) -> None:
    """Makes the next pass a whole one; with `rows` as it is at first, where nothing is there yet."""
    with store.connect() as connection:
        connection.execute(delete(stage).where(stage.c.name == "flag"))
        for model in KEPT if rows else ():
            connection.execute(delete(bulk.table_of(model)).where(True if model is not Stage else stage.c.name == "flag"))


def otherwise(store: Database, *what: str) -> None:
    """Makes it as if the last pass had worked by other rules, or made the rows of the list otherwise."""
    with store.connect() as connection:
        now = connection.execute(select(stage.c.worked_from).where(stage.c.name == "flag")).scalar_one()
        connection.execute(update(stage).where(stage.c.name == "flag").values(worked_from=now | dict.fromkeys(what, "before")))


def whole(store: Database, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    return flag_businesses(store, AS_OF, RULES, ZONE, progress, worth=1, batch=3)


def used_processes(store: Database, progress: Callable[[], None] = lambda: None) -> bool:
    """Whether a whole pass had processes of its own."""
    seen: list[int] = []

    def look(done: int, total: int) -> None:
        seen.append(len(multiprocessing.active_children()))
        progress()

    whole(store, look)
    return max(seen) > 1


@pytest.mark.parametrize("at_first", [True, False])
def test_it_comes_out_as_in_one_process(town: Database, at_first: bool) -> None:
    before = kept(town)
    forget(town, rows=at_first)
    assert used_processes(town)
    assert kept(town) == before


def test_nothing_is_left_to_do_after_it(town: Database) -> None:
    forget(town, rows=False)
    whole(town)
    assert whole(town) == 0
    assert multiprocessing.active_children() == []


def test_what_changes_while_it_is_under_way_is_looked_at_again(town: Database) -> None:
    forget(town, rows=False)
    closed = []

    def close_one() -> None:
        with town.connect() as connection:
            if not closed:
                closed.append(connection.scalars(select(flag.c.business_id).order_by(flag.c.business_id)).first())
                connection.execute(update(business).where(business.c.id == closed[0]).values(closed=True))
                dirty.mark_businesses(connection, closed)

    assert used_processes(town, close_one)
    with town.reading() as connection:
        assert connection.execute(select(marks)).all() == []
        assert closed[0] not in set(connection.scalars(select(flag.c.business_id)))


@pytest.mark.parametrize("worth", [1, 10_000])
def test_a_business_marked_before_it_is_made_anew_in_the_list(town: Database, worth: int) -> None:
    otherwise(town, "rules")
    with town.connect() as connection:
        renamed = str(connection.scalars(select(flag.c.business_id).order_by(flag.c.business_id)).first())
        connection.execute(update(business).where(business.c.id == renamed).values(sector="Ropemaking"))
        dirty.mark_businesses(connection, [renamed])
    flag_businesses(town, AS_OF, RULES, ZONE, worth=worth, batch=3)
    with town.reading() as connection:
        assert connection.scalar(select(listed.c.sector).where(listed.c.business_id == renamed)) == "Ropemaking"


@pytest.mark.parametrize("worth", [1, 10_000])
def test_where_rows_of_the_list_are_made_otherwise_all_are_made_anew(town: Database, worth: int) -> None:
    before = kept(town)
    otherwise(town, "rules", "list")
    with town.connect() as connection:
        connection.execute(update(listed).values(name="as it was made before"))
    flag_businesses(town, AS_OF, RULES, ZONE, worth=worth, batch=3)
    assert kept(town) == before


def test_processes_that_are_killed_leave_the_rest_to_this_one(town: Database) -> None:
    before = kept(town)
    forget(town, rows=True)

    def kill() -> None:
        for child in multiprocessing.active_children():
            child.kill()

    assert used_processes(town, kill)
    assert kept(town) == before


def test_one_that_is_stopped_in_the_midst_is_whole_the_next_time(town: Database) -> None:
    before = kept(town)
    forget(town, rows=True)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        whole(town, stop)
    assert multiprocessing.active_children() == []
    assert whole(town) > 3
    assert kept(town) == before


def test_a_rehearsal_sees_its_own_changes_and_keeps_none(town: Database) -> None:
    before = kept(town)
    with town.rehearsal():
        forget(town, rows=True)
        assert not used_processes(town)
        assert kept(town) == before
    assert kept(town) == before


def test_its_processes_end_where_it_is_killed(town: Database) -> None:
    forget(town, rows=True)
    url = town.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.flag_and_wait", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as work:
        assert work.stdout is not None
        ids = work.stdout.readline().split()
        work.kill()
    assert len(ids) > 1
    wait_for(lambda: not any(_lives(found) for found in ids))


def _lives(process_id: str) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("count", "most", "processes", "sizes"),
    [
        (100_000, 4000, 2, [3847] * 25 + [3825]),
        (100_000, 2000, 2, [2000] * 50),
        (10_001, 4000, 4, [2501, 2501, 2501, 2498]),
        (10_000, 2000, 3, [1667] * 5 + [1665]),
        (3, 2000, 2, [2, 1]),
        (0, 2000, 2, []),
    ],
)
def test_parts_are_such_that_all_processes_come_to_their_end_at_once(count: int, most: int, processes: int, sizes: list[int]) -> None:
    assert [len(part) for part in bulk.parts(range(count), even(count, most, processes))] == sizes
