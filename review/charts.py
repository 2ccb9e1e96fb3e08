"""Charts in pages. The one place where text is taken for markup: SVG that jobs.charts made, in which every word of data is escaped."""

from markupsafe import Markup


def drawn(svg: str) -> Markup:
    """A chart as jobs.charts made it, and nothing else. Empty where there is none."""
    return Markup(svg)  # noqa: S704 - tests/review/test_charts.py sees that data in it stays text
