"""A line over time: shares from 0 to 1, a point for each day."""

from collections.abc import Sequence
from itertools import groupby

from jobs.charts.frame import FILLS, GREY, line, svg, text

WIDTH, TALL, LEFT = 720.0, 220.0, 56.0
MARGIN = 34.0
"""Half of a day's name, which stands below the middle of its point."""


def trend(which: str, title: str, points: Sequence[tuple[str, float | None]]) -> str:
    """Shares in their order; None: a gap, no number is shown."""
    step = (WIDTH - LEFT - 2 * MARGIN) / max(len(points) - 1, 1)
    places = [(LEFT + MARGIN + at * step, None if value is None else TALL - (TALL - 10) * value) for at, (_, value) in enumerate(points)]
    parts = [line((LEFT, TALL - (TALL - 10) * share), (WIDTH, TALL - (TALL - 10) * share)) for share in (0, 0.25, 0.5, 0.75, 1)]
    parts += [text(f"{round(100 * share)} %", (LEFT - 8, TALL - (TALL - 10) * share + 4), "end", GREY, 12) for share in (0, 0.5, 1)]
    for is_gap, run in groupby(places, key=lambda place: place[1] is None):
        if not is_gap:
            drawn = list(run)
            path = " ".join(f"{x:g},{y:g}" for x, y in drawn)
            parts.append(f"<polyline points='{path}' fill='none' stroke='{FILLS[0]}' stroke-width='3'/>")
            parts += [f"<circle cx='{x:g}' cy='{y:g}' r='4' fill='{FILLS[0]}'/>" for x, y in drawn]
    every = max(1, len(points) // 6)
    parts += [text(points[at][0], (x, TALL + 20), "middle", GREY, 11) for at, (x, _) in enumerate(places) if at % every == 0]
    said = "; ".join(f"{name}: {'not shown' if value is None else f'{round(100 * value)} per cent'}" for name, value in points)
    return svg(which, title, f"{said}.", (WIDTH, TALL + 32), parts)
