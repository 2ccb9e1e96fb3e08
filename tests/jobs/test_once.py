"""Whether a read told of no id twice: never sure where it did."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from jobs.once import MOST, Once

PAGES = st.lists(st.lists(st.sampled_from([f"A{number}" for number in range(12)]), max_size=4), max_size=5)


@given(PAGES)
def test_it_is_sure_where_all_ids_differ_and_only_there(pages: list[list[str]]) -> None:
    once, every = Once(True), list(chain.from_iterable(pages))
    for ids in pages:
        once.tell(ids)
    assert once.sure == (len(set(every)) == len(every))


@given(PAGES | st.lists(st.integers(0, 30), unique=True).map(lambda found: [[f"A{number:02}"] for number in sorted(found)]))
def test_rows_rise_where_each_id_is_higher_than_the_one_before(pages: list[list[str]]) -> None:
    once, every = Once(True), list(chain.from_iterable(pages))
    for ids in pages:
        once.tell_rows(ids)
    assert once.rising == (every == sorted(set(every)))


def test_it_is_not_sure_of_a_read_whose_first_pages_it_was_not_told_of() -> None:
    once = Once(False)
    once.tell_rows(["A1"])
    assert (once.sure, once.rising) == (False, False)


def test_it_is_not_sure_of_more_than_it_remembers() -> None:
    once = Once(True)
    once.tell_rows([f"{number:06}" for number in range(MOST)])
    assert (once.sure, once.rising) == (True, True)
    once.tell(["one more"])
    assert (once.sure, once.rising) == (False, False)
