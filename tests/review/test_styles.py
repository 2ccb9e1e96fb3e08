"""The built files: made from the sources beside them, and without what belongs to GOV.UK."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

REVIEW = Path(__file__).resolve().parents[2] / "review"
CSS = (REVIEW / "static/placebridge.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["GDS Transport", "@font-face", "url(", "crown", "crest"])
def test_nothing_of_govuk_is_in_the_styles(words: str) -> None:
    assert words not in CSS


def test_every_class_of_our_own_in_a_template_has_a_style() -> None:
    words = "".join(path.read_text(encoding="utf-8") for path in (REVIEW / "templates").rglob("*.html"))
    used = {name for held in re.findall(r'class="([^"{}]*)"', words) for name in held.split() if name.startswith("pb-")}
    assert {name for name in used if f".{name}" not in CSS} == set()


def test_the_built_files_are_those_of_the_sources(tmp_path: Path) -> None:
    """Skips where npm or its registry is not there, unless TESTS_NEED_STYLES demands it (as CI does)."""
    npm = shutil.which("npm")
    if npm is None and not os.environ.get("TESTS_NEED_STYLES"):
        pytest.skip("npm is not installed")
    assert npm is not None
    shutil.copytree(REVIEW / "styles", tmp_path / "styles", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "static").mkdir()
    for words in (["ci", "--no-audit", "--no-fund", "--ignore-scripts"], ["run", "build"]):
        done = subprocess.run([npm, *words], cwd=tmp_path / "styles", capture_output=True, text=True)
        if done.returncode and words[0] == "ci" and not os.environ.get("TESTS_NEED_STYLES"):
            pytest.skip("the npm registry cannot be reached")
        assert done.returncode == 0, done.stderr
    for name in ("placebridge.css", "govuk-frontend.min.js"):
        assert (tmp_path / "static" / name).read_bytes() == (REVIEW / "static" / name).read_bytes(), "build them: cd review/styles; npm run build"
