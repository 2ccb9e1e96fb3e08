"""The rate budget in the database: what all workers take together never exceeds a window, on either database."""

import threading
from bisect import bisect_right
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from store.budget import SharedBudget, Span
from store.database import Database

NUMBERS = count()


def most_in(taken: list[float], seconds: float) -> int:
    """The most requests in any stretch of so many seconds."""
    taken = sorted(taken)
    return max((bisect_right(taken, moment + seconds - 1e-6) - index for index, moment in enumerate(taken)), default=0)


def taken_by_two(store: Database, spans: list[Span], steps: list[tuple[float, bool]]) -> list[float]:
    """When two workers were let through who ask after such pauses, the second where it is told so."""
    name = f"crm {next(NUMBERS)}"
    workers = [SharedBudget(store, name, spans) for _ in range(2)]
    now, taken = 1_800_000_000.0, []
    for pause, second in steps:
        now += pause
        if workers[second].take(now) == 0:
            taken.append(now)
    return taken


def test_a_window_lets_so_many_through_and_then_says_how_long_to_wait(store: Database) -> None:
    budget = SharedBudget(store, "register", [Span(3, 300)])
    assert [budget.take(1000.0 + second) for second in range(3)] == [0, 0, 0]
    wait = budget.take(1003.0)
    assert 290 < wait <= 305
    assert budget.take(1003.0 + wait - 0.01) > 0
    assert budget.take(1003.0 + wait) == 0


def test_workers_share_what_their_connection_may_take(store: Database) -> None:
    one, two = (SharedBudget(store, "register", [Span(2, 60)]) for _ in range(2))
    other = SharedBudget(store, "council", [Span(2, 60)])
    assert (one.take(0), two.take(0)) == (0, 0)
    assert one.take(1) > 0
    assert two.take(1) > 0
    assert other.take(1) == 0


def test_when_one_is_told_to_wait_all_wait(store: Database) -> None:
    one, two = (SharedBudget(store, "register", []) for _ in range(2))
    one.hold(130)
    two.hold(120)
    assert two.take(100) == 30
    assert one.take(130) == 0


def test_every_window_holds_and_none_is_charged_for_another(store: Database) -> None:
    budget = SharedBudget(store, "crm", [Span(2, 10), Span(3, 86_400)])
    assert [budget.take(moment) for moment in (0, 0)] == [0, 0]
    assert 0 < budget.take(1) <= 11
    assert budget.take(20) == 0
    assert budget.take(40) > 80_000


def test_a_clock_that_was_set_back_by_a_day_does_not_stop_anybody_for_a_day(store: Database) -> None:
    budget = SharedBudget(store, "crm", [Span(2, 10)])
    assert [budget.take(100_000.0) for _ in range(2)] == [0, 0]
    assert 0 < budget.take(13_600.0) <= 11


@given(steps=st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=40))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_stretch_holds_more_than_its_window(store: Database, steps: list[tuple[float, bool]]) -> None:
    taken = taken_by_two(store, [Span(3, 20), Span(5, 100)], steps)
    assert most_in(taken, 20) <= 3
    assert most_in(taken, 100) <= 5


@given(steps=st.lists(st.tuples(st.floats(0, 0.4), st.booleans()), min_size=60, max_size=120))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_stretch_holds_more_where_requests_are_quick(store: Database, steps: list[tuple[float, bool]]) -> None:
    taken = taken_by_two(store, [Span(60, 10), Span(90, 300)], steps)
    assert most_in(taken, 10) <= 60
    assert most_in(taken, 300) <= 90


def asked(store: Database, budget: SharedBudget, moments: list[float]) -> int:
    """How many of these requests the database was asked for. Each is let through."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.extend(["asked"] if statement.startswith("SELECT budget_hold") else [])

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        assert [budget.take(moment) for moment in moments] == [0] * len(moments)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_quick_reader_takes_several_at_once_and_a_slow_one_each(store: Database) -> None:
    quick, slow = (SharedBudget(store, name, [Span(6000, 300)]) for name in ("quick", "slow"))
    quick.take(1000.0)
    slow.take(1000.0)
    assert asked(store, quick, [1000.0 + step / 50 for step in range(1, 101)]) <= 20
    assert asked(store, slow, [1001.0 + step for step in range(20)]) == 20


def test_what_was_taken_ahead_counts_for_all_and_little_of_it_is_left_over(store: Database) -> None:
    quick, other = (SharedBudget(store, "crm", [Span(200, 300)]) for _ in range(2))
    made = sum(quick.take(1000.0 + step / 50) == 0 for step in range(100))
    rest = sum(other.take(1002.0) == 0 for _ in range(200))
    assert 190 <= made + rest <= 200


def test_who_is_told_to_wait_makes_none_that_was_taken_ahead(store: Database) -> None:
    quick, other = (SharedBudget(store, "crm", [Span(6000, 300)]) for _ in range(2))
    assert all(quick.take(1000.0 + step / 50) == 0 for step in range(50))
    quick.hold(1060.0)
    assert quick.take(1001.0) == 59
    assert all(other.take(1100.0 + step / 50) == 0 for step in range(50))
    quick.hold(1160.0)
    assert other.take(1102.0) == 58  # within a second it goes on with what it has


def test_threads_at_the_same_moment(store: Database) -> None:
    through: list[float] = []

    def worker() -> None:
        budget = SharedBudget(store, "register", [Span(7, 60)])
        through.extend(wait for wait in (budget.take(500.0) for _ in range(6)) if wait == 0)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(through) == 7
