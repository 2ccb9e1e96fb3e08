"""Floors for what is measured on sets of fictional notes and titles; docs/themes.md and docs/titles.md give the numbers."""

import csv
from pathlib import Path

import pytest

from mappings.leader_levels import LeaderLevels
from mappings.themes import Themes

HERE = Path(__file__).parent
HIGH = {"top_leader", "senior_leader"}
Note = tuple[set[str], set[str]]


def rows(name: str) -> list[list[str]]:
    """The rows of a labelled set."""
    with (HERE / name).open(encoding="utf-8") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def measured(part: list[list[str]], themes: Themes) -> tuple[float, float]:
    """Micro-F1, and the share of notes without a theme that were given one."""
    notes: list[Note] = [(set(filter(None, row[3].split("|"))), {found.id for found in themes.find(row[1], row[2])}) for row in part]
    hits = sum(len(want & got) for want, got in notes)
    said = sum(len(want) + len(got) for want, got in notes)
    none = [bool(got) for want, got in notes if not want]
    return 2 * hits / said, sum(none) / len(none)


@pytest.mark.parametrize(
    ("name", "part", "f1", "alarms"),
    [
        ("notes.tsv", slice(None), 0.80, 0.10),
        ("notes_2.tsv", slice(0, None, 2), 0.90, 0.15),
        ("notes_2.tsv", slice(1, None, 2), 0.85, 0.20),
    ],
    ids=["first set", "second set, odd lines", "second set, even lines"],
)
def test_themes(name: str, part: slice, f1: float, alarms: float) -> None:
    found_f1, found_alarms = measured(rows(name)[part], Themes.load())
    assert found_f1 >= f1
    assert found_alarms <= alarms


@pytest.mark.parametrize(("part", "accuracy"), [(slice(0, None, 2), 0.98), (slice(1, None, 2), 0.96)], ids=["odd lines", "even lines"])
def test_titles(part: slice, accuracy: float) -> None:
    levels = LeaderLevels.load()
    found = [(level, levels.of(title).level) for title, level in rows("titles.tsv")[part]]
    assert sum(want == got for want, got in found) / len(found) >= accuracy
    assert sum(want in HIGH and got not in HIGH for want, got in found) <= 1
    assert sum(want not in HIGH and got in HIGH for want, got in found) <= 2
