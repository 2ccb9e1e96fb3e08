"""Reading ahead: the same pages in the same order, one on its way while one is stored, and nothing at work when it is over."""

import contextvars
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.ahead import ahead

LONG = 30.0
"""Seconds that nothing here takes unless it hangs."""


class Pages:
    """Numbered pages that say what became of them. `before` is called in the reader's thread before each."""

    def __init__(self, count: int, before: Callable[[int], None] = lambda number: None) -> None:
        self.count, self.before = count, before
        self.made = 0
        self.ended = threading.Event()
        self.threads: set[threading.Thread] = set()

    def __iter__(self) -> Iterator[int]:
        try:
            for number in range(1, self.count + 1):
                self.threads.add(threading.current_thread())
                self.before(number)
                self.made = number
                yield number
        finally:
            self.ended.set()

    @property
    def at_work(self) -> bool:
        return not self.ended.is_set() or any(thread.is_alive() for thread in self.threads)


@given(st.integers(0, 20))
def test_every_page_comes_once_in_its_order_and_one_at_most_is_on_its_way(count: int) -> None:
    pages = Pages(count)
    found = []
    with ahead(iter(pages)) as coming:
        for page in coming:
            assert pages.made - page in (0, 1)
            found.append(page)
    assert found == list(range(1, count + 1))
    assert not any(thread.is_alive() for thread in pages.threads)


def test_the_next_page_is_asked_for_while_one_is_stored() -> None:
    begun = threading.Event()
    pages = Pages(2, lambda number: begun.set() if number == 2 else None)
    with ahead(iter(pages)) as coming:
        assert next(coming) == 1
        assert begun.wait(LONG)


class Broken(Exception):
    """What a page or its storing fails with."""


def test_a_fault_comes_when_its_page_would_have() -> None:
    def fails(number: int) -> None:
        if number == 3:
            raise Broken

    pages, found = Pages(5, fails), []
    with pytest.raises(Broken), ahead(iter(pages)) as coming:
        found.extend(coming)
    assert found == [1, 2]
    assert not pages.at_work


class Slow(Pages):
    """Its second page is on its way until it may come."""

    def __init__(self) -> None:
        self.may_come = threading.Event()
        super().__init__(5, lambda number: bool(self.may_come.wait(LONG)) if number == 2 else None)

    def fail_at_the_first(self, fault: type[BaseException]) -> None:
        with ahead(iter(self)) as coming:
            next(coming)
            raise fault


def test_when_a_page_cannot_be_stored_the_read_is_over_before_anything_else_happens() -> None:
    pages = Slow()
    threading.Timer(0.05, pages.may_come.set).start()
    with pytest.raises(Broken):
        pages.fail_at_the_first(Broken)
    assert not pages.at_work
    assert pages.made == 2


def test_whoever_wants_no_more_leaves_nothing_at_work() -> None:
    pages = Pages(5)
    with ahead(iter(pages)) as coming:
        next(coming)
    assert not pages.at_work


def test_ctrl_c_waits_for_no_answer() -> None:
    pages = Slow()
    with pytest.raises(KeyboardInterrupt):
        pages.fail_at_the_first(KeyboardInterrupt)
    assert pages.at_work
    assert all(thread.daemon for thread in pages.threads), "nor does the process at its end"
    pages.may_come.set()
    assert pages.ended.wait(LONG)


def test_what_the_log_says_of_every_line_it_says_of_these_too() -> None:
    run, found = contextvars.ContextVar[str]("run"), []
    run.set("run 7")
    with ahead(iter(Pages(1, lambda number: found.append(run.get())))) as coming:
        assert list(coming) == [1]
    assert found == ["run 7"]
