"""A row's JSON text is that of its filled fields in the order of their names, however its page looks."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from mappings.json_texts import json_texts

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
CELL = st.one_of(
    st.none(), TEXT, st.sampled_from(['a "quoted" word', 'ends",', "back\\slash", "two\nlines", "%s", "é😀"]), st.lists(TEXT, max_size=3)
)
PAGE = st.integers(0, 6).flatmap(
    lambda rows: st.dictionaries(
        st.sampled_from(["name", "email", "business", "role", "participants"]), st.lists(CELL, min_size=rows, max_size=rows)
    ).map(lambda columns: (rows, columns))
)


@given(PAGE)
def test_it_is_what_a_dictionary_of_the_row_would_be(page: tuple[int, dict[str, list[object]]]) -> None:
    rows, columns = page
    filled = [{name: column[row] for name, column in columns.items() if column[row]} for row in range(rows)]
    assert json_texts(columns, rows) == [orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode() for fields in filled]
