"""A council's own themes and titles files: what they change, and every fault at once with its line and what to write instead."""

import subprocess
import sys
from pathlib import Path

import pytest

from mappings.leader_levels import LeaderLevels
from mappings.themes import Themes

THEME_FAULTS = [
    ("themes:\n  night:\n    strong: late bar\n", "line 3: 'night' has no `name`; write `name:` and the theme as people say it"),
    ("themes:\n  skills: {stong: welding}\n", "line 2: 'stong' is no key of a theme; did you mean 'strong'?"),
    ("theme:\n  skills: {strong: welding}\n", "line 2: 'theme' is no part of the themes file; did you mean 'themes'?"),
    ("themes:\n  skills:\n    name: Skills\n    strong: (weld|braze\n", "line 4: '(weld|braze' has a bracket that is not closed"),
    ("themes:\n  skills:\n    strong: weld + @trade\n", "line 3: 'weld + @trade' names a group '@trade' that there is not; did you mean '@trades'?"),
    ("themes:\n  skills:\n    strong: weld + @zzz\n", "names a group '@zzz' that there is not; there are @lack, "),
    ("themes:\n  skills:\n    strong: 'welding, !!'\n", "line 3: '!!' has a place that holds no word; write at least one word"),
    ("themes:\n  skills:\n    strong: weld ..\n", "line 3: 'weld ..' has a place that holds no word"),
    ("themes:\n  skills:\n    strong: @trades @staff @lack\n", "line 3: this is no YAML"),
    ("themes:\n  skills:\n    strong: a @trades @trades @trades\n", "stands for more than 3000 phrases; write it as two with fewer choices"),
    ("themes:\n  skills:\n    strong: [welding, brazing]\n", "`strong` must be one text with commas, as in `strong: late bus, night bus`"),
    ("themes:\n  skills:\n    name: [Skills]\n", "line 3: `name` must be one word or name, not a list or a mapping"),
    ("themes:\n  skills:\n    missions: [6, 13]\n", "line 3: '13' is no mission; write numbers from 1 to 12, as in [3, 8]"),
    ("themes:\n  Night Economy: {name: Night}\n", "line 2: 'Night Economy' is no id of a theme; write small letters, digits and _"),
    ("themes:\n  - skills\n", "line 2: here belongs a mapping of themes, each with a `name` and phrases"),
    ("- skills\n", "line 1: here belongs a mapping, as in `themes:`"),
    ("themes: {skills: \n", "this is no YAML ("),
    ("", "line 1: the file is empty; write `themes:` and under it a theme with a `name` and `strong` phrases, or remove the setting"),
    (b"themes:\n  x: {name: Caf\xe9}\n", "line 1: this is no text in UTF-8; save the file as UTF-8"),
]  # fmt: skip
TITLE_FAULTS = [
    ("titels: []\n", "'titels' is no part of the titles file; did you mean 'titles'?"),
    ("titles:\n  - {level: senior, words: [beadle]}\n", "line 2: 'senior' is no level; write one of top_leader, senior_leader, site_leader, department_head, not_senior"),
    ("titles:\n  - {words: [beadle]}\n", "line 2: this title has no `level`; write `level:` and the level"),
    ("titles:\n  - {level: top_leader}\n", "line 2: this title has no `words`"),
    ("titles:\n  - {level: top_leader, words: [beadle], befor: x}\n", "line 2: 'befor' is no key of a title; did you mean 'not_before'?"),
    ("titles:\n  - {level: top_leader, words: [beadle], bare: yes please}\n", "`bare` is 'yes please'; write true, or leave the line out"),
    ("titles:\n  - beadle\n", "line 2: here belongs a title with `level` and `words`"),
    ("titles:\n  - {level: [top_leader], words: [beadle]}\n", "line 2: `level` must be one word or name, not a list or a mapping"),
    ("abbreviations: [md]\n", "line 1: here belongs what people write and what it stands for, as in `md: managing director`"),
    ("abbreviations: {md: [a, b]}\n", "line 1: what 'md' stands for must be one word or name, not a list or a mapping"),
    ("trades:\n  - '!!'\n", "line 2: '!!' holds no letter or digit; write words as they stand in titles"),
    ("titles: [\n", "this is no YAML ("),
    ("", "line 1: the file is empty; write `titles:` with a list of `level` and `words`, or remove the setting"),
    (b"trades: [Caf\xe9]\n", "line 1: this is no text in UTF-8; save the file as UTF-8"),
]  # fmt: skip


def written(folder: Path, text: str | bytes) -> Path:
    """A council's file with this text."""
    file = folder / "ours.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(("text", "message"), THEME_FAULTS)
def test_each_fault_of_a_themes_file(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ValueError, match=r"^ours\.yaml, line ") as error:
        Themes.load(written(tmp_path, text))
    assert message in str(error.value)


@pytest.mark.parametrize(("text", "message"), TITLE_FAULTS)
def test_each_fault_of_a_titles_file(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ValueError, match=r"^ours\.yaml, line ") as error:
        LeaderLevels.load(written(tmp_path, text))
    assert message in str(error.value)


def test_every_fault_of_a_themes_file_at_once(tmp_path: Path) -> None:
    text = (
        "themes:\n  skills:\n    stong: welding\n    missions: [0]\n  night:\n    strong: @nobody\n    fair: weld ..\nother: 1\n".replace(
            "@nobody", "x @nobody"
        )
    )
    with pytest.raises(ValueError, match=r"ours\.yaml") as error:
        Themes.load(written(tmp_path, text))
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [f"ours.yaml, line {line}" for line in (3, 4, 6, 6, 7, 8)]


def test_everything_is_read_as_text(tmp_path: Path) -> None:
    file = written(tmp_path, "themes:\n  rotas: {name: No, words: 1.0, strong: 'off, 2024-01-01, yes'}\n")
    themes = Themes.load(file)
    assert (themes.name("rotas"), themes.word("1.0")) == ("No", "rotas")
    levels = LeaderLevels.load(written(tmp_path, "abbreviations: {no: chief executive, off: bursar}\n"))
    assert [levels.of(title).level for title in ("No", "Off")] == ["top_leader", "senior_leader"]


def test_phrases_are_added_to_a_theme_that_ships(tmp_path: Path) -> None:
    themes = Themes.load(written(tmp_path, "themes:\n  transport:\n    strong: trolley (line|wire)\n"))
    assert [found.id for found in themes.find("", "Would back the trolley wires.")] == ["transport"]
    assert [found.id for found in themes.find("", "No bus service after six.")] == ["transport"]
    assert themes.version != Themes.load().version


def test_a_new_theme(tmp_path: Path) -> None:
    themes = Themes.load(written(tmp_path, "themes:\n  night: {name: Night economy, strong: late licence + (club|bar)}\n"))
    assert [(found.id, found.evidence) for found in themes.find("", "The club wants a late licence.")] == [("night", ("late licence",))]


def test_a_councils_titles_come_first(tmp_path: Path) -> None:
    levels = LeaderLevels.load(
        written(tmp_path, "titles:\n  - {level: department_head, words: [store manager, beadle, chief people officer]}\n")
    )
    assert {levels.of(title).level for title in ("Store Manager", "Beadle", "CPO", "Chief People Officer")} == {"department_head"}
    assert levels.of("Shop Manager").level == "site_leader"


def test_help_loads_no_rules() -> None:
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom placebridge.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\nprint([name for name in sys.modules if name.startswith('mappings.')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"mappings.themes", "mappings.leader_levels", "mappings.note_reading"} & set(eval(done.stdout))
