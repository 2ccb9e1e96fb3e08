"""The runbook has every alert, and what it says of each; the page of notices has every setting."""

import re
from pathlib import Path

import pytest

from jobs.notices import KINDS
from placebridge.notice_settings import NoticeSettings

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = (ROOT / "docs/runbook.md").read_text()
NOTICES = (ROOT / "docs/notices.md").read_text()


def section_of(kind: str) -> str:
    found = re.search(rf"^## {kind}\n(.*?)(?=^## |\Z)", RUNBOOK, re.M | re.S)
    assert found, f"write a section '## {kind}' in docs/runbook.md"
    return found[1]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_what_it_means_what_to_look_at_and_what_to_do(kind: str) -> None:
    section = section_of(kind)
    assert section.startswith("**Means:** ")
    assert "**Look at:** " in section
    assert re.search(r"\*\*(Do|Then):\*\* ", section)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_notice_says_to_run_stands_in_its_section_or_at_the_head(kind: str) -> None:
    head = RUNBOOK.partition("\n## ")[0]
    commands = re.findall(r"`(placebridge [a-z]+)", KINDS[kind].do)
    assert [command for command in commands if command not in section_of(kind) + head] == []


def test_the_runbook_has_no_alert_that_there_is_not() -> None:
    assert set(re.findall(r"^## (\w+)$", RUNBOOK, re.M)) == set(KINDS)


@pytest.mark.parametrize("name", NoticeSettings.model_fields)
def test_each_setting_is_explained(name: str) -> None:
    assert name.upper() in NOTICES
