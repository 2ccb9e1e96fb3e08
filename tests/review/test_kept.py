"""What pages keep for some minutes."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from review import kept
from review.kept import FOR, Kept

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_an_answer_is_worked_out_once_in_its_time_and_by_key() -> None:
    found, made = Kept(), list[str]()

    def make(word: str) -> str:
        made.append(word)
        return word

    assert found.get("a", NOW, lambda: make("first")) == ("first", NOW)
    assert found.get("a", NOW + FOR - timedelta(seconds=1), lambda: make("second")) == ("first", NOW)
    assert found.get("b", NOW, lambda: make("other")) == ("other", NOW)
    assert found.get("a", NOW + FOR, lambda: make("third")) == ("third", NOW + FOR)
    assert made == ["first", "other", "third"]


def test_a_clock_that_was_put_back_keeps_nothing() -> None:
    found = Kept()
    found.get("a", NOW, lambda: 1)
    assert found.get("a", NOW - timedelta(seconds=1), lambda: 2)[0] == 2


def test_what_fails_is_not_kept() -> None:
    found = Kept()
    with pytest.raises(ZeroDivisionError):
        found.get("a", NOW, lambda: 1 // 0)
    assert found.get("a", NOW, lambda: 3)[0] == 3


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    found = Kept()
    for key in range(3):
        found.get(key, NOW, lambda: "old")
    assert [found.get(key, NOW, lambda: "new")[0] for key in (2, 1, 0)] == ["old", "old", "new"]


def test_those_who_ask_at_once_wait_for_one_answer() -> None:
    found, begun, go_on, made, answers = Kept(), threading.Event(), threading.Event(), list[int](), list[int]()

    def make() -> int:
        made.append(1)
        begun.set()
        go_on.wait(10)
        return len(made)

    threads = [threading.Thread(target=lambda: answers.append(found.get("a", NOW, make)[0])) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert (made, answers) == ([1], [1, 1, 1, 1])
