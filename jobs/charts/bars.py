"""Bars that lie: one number for each name. And groups of columns: some numbers for each month."""

from collections.abc import Callable, Sequence

from jobs.charts.frame import FILLS, GREY, INK, line, rectangle, round_top, shortened, svg, text

WIDTH = 720.0
NAMES = 200.0
ROW = 26.0
TALL = 240.0
LEFT = 48.0


def bars(which: str, title: str, rows: Sequence[tuple[str, float | None]], say: Callable[[float], str], top: float | None = None) -> str:
    """A bar for each row; None: no number is shown. `say` turns a number into words, `top` is the end of the scale."""
    values = [value for _, value in rows if value is not None]
    end = top or round_top(max(values, default=0.0))
    room = WIDTH - NAMES - 80
    parts = []
    for at, (name, value) in enumerate(rows):
        y = at * ROW + 6
        parts.append(text(shortened(name, 28), (NAMES - 8, y + 15), "end"))
        if value is None:
            parts.append(text("not shown", (NAMES + 6, y + 15), fill=GREY))
            continue
        length = room * min(value / end, 1)
        parts += [rectangle((NAMES, y), (length, ROW - 8), FILLS[0]), text(say(value), (NAMES + length + 6, y + 15))]
    parts.append(line((NAMES, 0), (NAMES, len(rows) * ROW + 6), INK))
    return svg(which, title, _spoken(rows, say), (WIDTH, len(rows) * ROW + 12), parts)


def _spoken(rows: Sequence[tuple[str, float | None]], say: Callable[[float], str]) -> str:
    return "; ".join(f"{name}: {'not shown' if value is None else say(value)}" for name, value in rows) + "."


def columns(which: str, title: str, names: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]]) -> str:
    """Groups of columns, one group for each name (a month), one column in it for each series. At most three series."""
    end = round_top(max((value for _, values in series for value in values if value is not None), default=0.0))
    step = (WIDTH - LEFT) / max(len(names), 1)
    thick = step * 0.8 / max(len(series), 1)
    parts = [_level(end * part, end) for part in (0, 0.5, 1)]
    for at, name in enumerate(names):
        parts.append(text(name, (LEFT + step * (at + 0.5), TALL + 20), "middle", GREY, 11))
        for index, (_, values) in enumerate(series):
            height = TALL * (values[at] or 0) / end
            x = LEFT + step * (at + 0.1) + thick * index
            if height:
                parts.append(rectangle((x, TALL - height), (thick, height), FILLS[index % len(FILLS)]))
    for index, (name, _) in enumerate(series):
        x = LEFT + 200.0 * index
        parts += [rectangle((x, TALL + 34), (14, 14), FILLS[index % len(FILLS)]), text(name, (x + 20, TALL + 46))]
    said = (
        f"{name}: {', '.join(f'{of} {_number(values[at])}' for of, values in series)}" for at, name in enumerate(names)
    )  # fmt: skip
    return svg(which, title, "; ".join(said) + ".", (WIDTH, TALL + 56), parts)


def _number(value: float | None) -> str:
    return "not shown" if value is None else f"{value:,.0f}"


def _level(value: float, end: float) -> str:
    y = TALL - TALL * value / end + (12 if value == end else 0)
    return line((LEFT, TALL - TALL * value / end), (WIDTH, TALL - TALL * value / end)) + text(f"{value:,g}", (LEFT - 6, y), "end", GREY, 12)
