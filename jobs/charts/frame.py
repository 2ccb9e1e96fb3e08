"""What charts have in common: an SVG element with a title and a description that are read aloud, and text that cannot break out of it."""

from collections.abc import Iterable
from html import escape
from typing import Final

INK: Final = "#0b0c0c"
GREY: Final = "#505a5f"
RULE: Final = "#b1b4b6"
FILLS: Final = ("#1d70b8", "#0b0c0c", "#f4b183")
"""They differ in lightness, so that they do in grey print too; the edge of each stands out from white."""
FONT: Final = "font-family='Helvetica, Arial, sans-serif'"


def svg(which: str, title: str, description: str, size: tuple[float, float], parts: Iterable[str]) -> str:
    """An SVG that its page's style makes grow and shrink with it. `which` is an id of its own on the page."""
    width, height = size
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' aria-labelledby='{escape(which)}-title {escape(which)}-desc'"
        f" viewBox='0 0 {width:g} {height:g}' width='{width:g}' height='{height:g}' class='pb-figure' {FONT}>"
        f"<title id='{escape(which)}-title'>{escape(title)}</title><desc id='{escape(which)}-desc'>{escape(description)}</desc>"
        f"{''.join(parts)}</svg>"
    )


def text(words: str, at: tuple[float, float], anchor: str = "start", fill: str = INK, size: int = 14) -> str:
    """Words at a point; `anchor` is start, middle or end."""
    return f"<text x='{at[0]:g}' y='{at[1]:g}' text-anchor='{anchor}' fill='{fill}' font-size='{size}'>{escape(words)}</text>"


def rectangle(at: tuple[float, float], size: tuple[float, float], fill: str) -> str:
    """A filled rectangle with a thin edge, which prints where fills do not."""
    return f"<rect x='{at[0]:g}' y='{at[1]:g}' width='{size[0]:g}' height='{size[1]:g}' fill='{fill}' stroke='{INK}' stroke-width='1'/>"


def line(begin: tuple[float, float], end: tuple[float, float], stroke: str = RULE, width: float = 1) -> str:
    """A straight line."""
    return f"<line x1='{begin[0]:g}' y1='{begin[1]:g}' x2='{end[0]:g}' y2='{end[1]:g}' stroke='{stroke}' stroke-width='{width:g}'/>"


def shortened(words: str, longest: int) -> str:
    """Words that fit; what is left out is in the table beside."""
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def round_top(value: float) -> float:
    """The next round number from a value on, for the top of a scale."""
    step = 1.0
    while step * 10 < value:
        step *= 10
    return next(step * times for times in (1, 2, 5, 10) if step * times >= value) if value > 0 else 1.0
