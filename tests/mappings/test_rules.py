"""Titles, themes and the field map through their public doors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import field_map
from mappings.leader_levels import LeaderLevels
from mappings.themes import Resources, Themes

LEVELS, THEMES, RESOURCES = LeaderLevels.load(), Themes.load(), Resources.load()


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Managing Director", "top_leader"), ("Cheif Executive", "top_leader"), ("Founder & CTO", "top_leader"), ("Finance Director", "senior_leader"),
        ("Store Manager", "site_leader"), ("Head of Marketing", "department_head"), ("PA to the Chief Executive", "not_senior"),
        ("Former Managing Director", "not_senior"), ("Sales Executive", "not_senior"), ("", "not_senior"), (None, "not_senior"),
    ],
)  # fmt: skip
def test_levels(title: str | None, level: str) -> None:
    assert LEVELS.of(title).level == level


@given(st.text(max_size=80))
def test_titles_never_raise_and_case_does_not_matter(title: str) -> None:
    assert LEVELS.of(title.upper()).level == LEVELS.of(title.upper().strip()).level


@pytest.mark.parametrize(
    ("notes", "themes"),
    [
        ("Would take on six more apprentices next year.", {"skills"}), ("Not interested in apprenticeships.", set()),
        ("Met the Head of Skills at the health centre.", set()), ("Night crew has no bus home after ten.", {"transport"}),
        ("General catch up, nothing to report.", set()), ("Repeat shoplifting, wants police patrols back.", {"safety"}),
    ],
)  # fmt: skip
def test_themes(notes: str, themes: set[str]) -> None:
    assert {found.id for found in THEMES.find("", notes)} == themes


@given(st.text(max_size=200), st.text(max_size=200))
def test_themes_never_raise(subject: str, notes: str) -> None:
    for found in (*THEMES.find(subject, notes), *RESOURCES.find(subject, notes)):
        assert found.evidence


def test_every_theme_and_resource_is_whole() -> None:
    assert (len(THEMES.ids), len(RESOURCES.ids)) == (15, 9)
    assert all(THEMES.word(THEMES.name(found)) == found for found in THEMES.ids)


def test_every_fault_of_a_field_map_at_once() -> None:
    text = "business:\n  from: a.csv\n  fields: {nmae: X, status: {from: S, values: {A: activ}}}\nengagment: {}\n"
    with pytest.raises(field_map.FieldMapError) as error:
        field_map.read(text, "x.yaml")
    said = str(error.value)
    for words in (
        "line 3: 'nmae' is no field of business; did you mean 'name'?",
        "'activ' is none of our words",
        "business has no `id`",
        "did you mean 'engagement'?",
    ):
        assert words in said
