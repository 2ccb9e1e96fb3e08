"""The small picture of warm paths: us on the left, who opens the door in the middle, the leader on the right."""

from dataclasses import dataclass

from jobs.paths import STRENGTHS, Path

ROWS = 4
LONGEST = 27
WIDTH, HEIGHT, GAP = 210, 46, 22
COLUMNS = (5, 255, 505)


@dataclass(frozen=True)
class Box:
    """A box with a name, of which two lines fit."""

    x: int
    y: int
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Arrow:
    """A line from one box to the next; the stronger, the thicker."""

    x1: int
    y1: int
    x2: int
    y2: int
    strength: int


@dataclass(frozen=True)
class Picture:
    """What is drawn, and what it says in words."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    said: str


def picture(paths: list[Path], us: str, target: str) -> Picture | None:
    """The strongest paths as a picture; None where there is none."""
    shown = paths[:ROWS]
    if not shown:
        return None
    middle = (len(shown) - 1) * (HEIGHT + GAP) // 2 + 5
    left, right = Box(COLUMNS[0], middle, "us", _lines(us)), Box(COLUMNS[2], middle, "target", _lines(target))
    boxes, arrows = [left, right], []
    for number, path in enumerate(shown):
        box = Box(COLUMNS[1], 5 + number * (HEIGHT + GAP), "door", _lines(path.through))
        boxes.append(box)
        arrows += [_arrow(left, box, path.strength), _arrow(box, right, path.strength)]
    said = " ".join(f"{path.sentence} ({STRENGTHS[path.strength]})" for path in shown)
    return Picture(COLUMNS[2] + WIDTH + 5, 10 + len(shown) * (HEIGHT + GAP) - GAP, tuple(boxes), tuple(arrows), said)


def _arrow(one: Box, other: Box, strength: int) -> Arrow:
    return Arrow(one.x + WIDTH, one.y + HEIGHT // 2, other.x, other.y + HEIGHT // 2, strength)


def _lines(text: str) -> tuple[str, ...]:
    """A name on two lines at most; what does not fit ends in dots, and stands whole beside the picture."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= LONGEST:
            lines[-1] += f" {word}"
        else:
            lines.append(word[:LONGEST])
    if len(lines) > 2:
        return lines[0], lines[1][: LONGEST - 1] + "…"
    return tuple(lines)
