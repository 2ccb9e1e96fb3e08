"""Charts: well-formed, with a title and a description that say the numbers, and nothing fetched from outside."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.charts.bars import bars, columns
from jobs.charts.frame import round_top
from jobs.charts.trend import trend

SVG = "{http://www.w3.org/2000/svg}"
names = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)
numbers = st.one_of(st.none(), st.floats(0, 1e6))
MAKERS: list[Callable[[str, float | None], str]] = [
    lambda name, value: bars("c1", name, [(name, value), ("b", 2)], lambda number: f"{number:g}"),
    lambda name, value: columns("c1", name, [name, "b"], [("x", [value, 1]), (name, [0, value])]),
    lambda name, value: trend("c1", name, [(name, None if value is None else value / 1e6), ("b", 0.5)]),
]


@pytest.mark.parametrize("make", MAKERS)
@given(names, numbers)
def test_a_chart_is_well_formed_and_names_itself(make: Callable[[str, float | None], str], name: str, value: float | None) -> None:
    root = ElementTree.fromstring(make(name, value))
    assert (root.tag, root.get("role"), root.get("aria-labelledby")) == (f"{SVG}svg", "img", "c1-title c1-desc")
    assert (root[0].get("id"), root[1].get("id")) == ("c1-title", "c1-desc")
    assert "".join(root[0].itertext()) == name
    assert {element.tag for element in root.iter()} <= {
        SVG + tag for tag in ("svg", "title", "desc", "rect", "line", "text", "polyline", "circle")
    }
    assert not [key for element in root.iter() for key in element.keys() if "href" in key or key.startswith("on")]


def test_the_description_says_the_numbers() -> None:
    assert "<desc id='c1-desc'>Thornley: 12; Marbury: not shown.</desc>" in bars(
        "c1", "t", [("Thornley", 12), ("Marbury", None)], lambda number: f"{number:g}"
    )
    assert "2026-10: Lapsed 3, Won back not shown." in columns("c1", "t", ["2026-10"], [("Lapsed", [3]), ("Won back", [None])])
    assert "2026-10-31: 25 per cent; 2026-11-01: not shown." in trend("c1", "t", [("2026-10-31", 0.25), ("2026-11-01", None)])


def test_a_chart_of_nothing_is_a_chart() -> None:
    for empty in (bars("c1", "t", [], str), columns("c1", "t", [], []), trend("c1", "t", [])):
        assert ElementTree.fromstring(empty).tag == f"{SVG}svg"


@given(st.floats(0, 1e9))
def test_the_top_of_a_scale_is_no_lower_than_the_value(value: float) -> None:
    assert round_top(value) >= value
    assert round_top(value) <= max(10 * value, 1)
