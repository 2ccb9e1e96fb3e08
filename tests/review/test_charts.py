"""The one place where a page takes text for markup: whatever words of data a chart holds, they stay text."""

from html.parser import HTMLParser

from hypothesis import example, given
from hypothesis import strategies as st

from jobs.charts.bars import bars, columns
from jobs.charts.trend import trend
from review.charts import drawn
from tests.review.town import ATTACKS

TAGS = {"svg", "title", "desc", "rect", "line", "text", "polyline", "circle"}
ATTRIBUTES = {
    "xmlns", "role", "aria-labelledby", "viewbox", "width", "height", "class", "font-family", "id", "x", "y", "x1", "y1", "x2", "y2", "fill",
    "stroke", "stroke-width", "text-anchor", "font-size", "points", "cx", "cy", "r",
}  # fmt: skip
WORDS = st.sampled_from(ATTACKS) | st.text(alphabet=st.sampled_from("<>&'\"/= aonclik\u202e"), max_size=30)


class Reading(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.texts = set[str](), set[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(WORDS, WORDS)
@example("</title><script>alert(1)</script>", "' onload='x")
def test_words_of_data_in_a_chart_stay_text(title: str, name: str) -> None:
    charts = (
        bars("a", title, [(name, 1.0), (title, None)], lambda value: f"{value:g}"),
        columns("b", title, [name], [(title, [1.0])]),
        trend("c", title, [(name, 0.5), (title, None)]),
    )
    for chart in charts:
        reading = Reading(f"<div>{drawn(chart)}</div>")
        assert reading.tags - {"div"} <= TAGS
        assert reading.attributes <= ATTRIBUTES
        assert title in "".join(reading.texts)
