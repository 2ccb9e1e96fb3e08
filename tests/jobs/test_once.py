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


def test_it_is_not_sure_of_a_read_whose_first_pages_it_was_not_told_of() -> None:
    once = Once(False)
    once.tell(["A1"])
    assert not once.sure


def test_it_is_not_sure_of_more_than_it_remembers() -> None:
    once = Once(True)
    once.tell([str(number) for number in range(MOST)])
    assert once.sure
    once.tell(["one more"])
    assert not once.sure
