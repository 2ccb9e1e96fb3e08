"""The examples in docs/themes.md and docs/titles.md are true."""

import re
from pathlib import Path

import pytest
import yaml

from mappings.leader_levels import LEVELS, LeaderLevels
from mappings.note_reading import reader, shared
from mappings.phrase_finder import Finder
from mappings.themes import Themes

DOCS = Path(__file__).parents[2] / "docs"
THEMES_PAGE, TITLES_PAGE = ((DOCS / name).read_text(encoding="utf-8") for name in ("themes.md", "titles.md"))


def table(page: str, head: str) -> list[list[str]]:
    """The cells of the table that begins with this head."""
    lines = page[page.index(f"| {head} |") :].split("\n\n", maxsplit=1)[0].splitlines()[2:]
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def yaml_of(page: str) -> str:
    """The YAML of a page."""
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]


@pytest.mark.parametrize(("note", "theme"), table(THEMES_PAGE, "note | themes"))
def test_notes(note: str, theme: str) -> None:
    assert [found.id for found in Themes.load().find("", note)] == ([theme] if theme else [])


@pytest.mark.parametrize(("phrase", "finds", "not_this"), table(THEMES_PAGE, "phrase | finds | does not find"))
def test_phrases(phrase: str, finds: str, not_this: str) -> None:
    compiler = reader().compiler()
    finder = Finder((compiled, phrase) for compiled in compiler.all(phrase.strip("`")))
    assert not compiler.wrong
    found = [any(list(finder.find(sentence.stems)) for sentence in compiler.words.sentences(text)) for text in (finds, not_this)]
    assert found == [True, False]


def test_every_group_is_named() -> None:
    assert {f"@{name}" for name in shared()["groups"]} <= set(re.findall(r"@\w+", THEMES_PAGE))


@pytest.mark.parametrize(("level", "titles"), [(level, titles) for level, _, titles in table(TITLES_PAGE, "level | who | titles")])
def test_titles(level: str, titles: str) -> None:
    assert {LeaderLevels.load().of(title).level for title in titles.split(", ")} == {level}
    assert level in LEVELS


def test_the_files_on_the_pages_are_right(tmp_path: Path) -> None:
    themes, titles = tmp_path / "themes.yaml", tmp_path / "titles.yaml"
    themes.write_text(yaml_of(THEMES_PAGE))
    titles.write_text(yaml_of(TITLES_PAGE))
    assert "night_economy" in Themes.load(themes).ids
    levels = LeaderLevels.load(titles)
    assert [levels.of(title).level for title in ("DCS", "Clerk to the Board", "Club President")] == [
        "senior_leader",
        "senior_leader",
        "not_senior",
    ]
    assert yaml.safe_load(yaml_of(TITLES_PAGE))
