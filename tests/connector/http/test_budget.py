"""The rate budget: never more in any window, whoever asks and however the clock jumps."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.http import SlidingBudget, Window

WINDOWS = st.lists(st.builds(Window, st.integers(1, 6), st.floats(0.5, 50)), max_size=3)


@given(WINDOWS, st.lists(st.floats(0, 20), min_size=1, max_size=80))
def test_no_stretch_holds_more_than_its_window(windows, pauses):
    budget, now, taken = SlidingBudget(windows), 1_800_000_000.0, []
    for pause in pauses:
        now += pause
        while (wait := budget.take(now)) > 0:
            assert wait <= max(window.seconds for window in windows) + 0.002
            now += wait
        taken.append(now)
    for window in windows:
        for at, start in enumerate(taken):
            assert sum(start <= stamp < start + window.seconds for stamp in taken[at:]) <= window.requests


@given(st.integers(1, 5), st.floats(1, 50), st.lists(st.floats(-10_000, 60), min_size=1, max_size=60))
def test_a_clock_that_is_set_back_never_blocks_for_longer_than_the_window(requests, seconds, steps):
    budget, now = SlidingBudget([Window(requests, seconds)]), 1_800_000_000.0
    for step in steps:
        now += step
        assert budget.take(now) <= seconds + 0.002


def test_a_refusal_by_one_window_takes_nothing_from_another():
    budget = SlidingBudget([Window(1, 10), Window(3, 1000)])
    assert [budget.take(100 + second) > 0 for second in (0, 1, 2, 3, 10, 20)] == [False, True, True, True, False, False]
    assert budget.take(130) == 970


def test_holding_back():
    budget = SlidingBudget()
    assert budget.take(100) == 0
    budget.hold(150)
    budget.hold(120)
    assert (budget.take(110), budget.take(150)) == (40, 0)


def test_many_workers_together_take_no_more_than_one_alone():
    budget, taken = SlidingBudget([Window(500, 60)]), []

    def work():
        taken.extend(budget.take(1000.0) == 0 for _ in range(400))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(taken) == 500


@pytest.mark.parametrize("window", [Window(0, 10), Window(5, 0)])
def test_a_window_that_lets_nothing_through_is_a_mistake(window):
    with pytest.raises(ValueError, match="at least one"):
        SlidingBudget([window])
