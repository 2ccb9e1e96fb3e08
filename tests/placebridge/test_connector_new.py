"""A connector of one's own: the folder that is written works as it is, is found by its entry point and is listed."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from connector.kinds import UnknownKind, kind_of, names
from placebridge.new_connector import TEMPLATE
from tests.placebridge.commands import ROOT

WRITTEN = {
    "README.md", "pyproject.toml", "placebridge_our_crm/__init__.py", "placebridge_our_crm/connector.py", "placebridge_our_crm/kind.py",
    "tests/standin.py", "tests/test_conformance.py", "tests/world.py",
}  # fmt: skip


@pytest.fixture
def written(placebridge, tmp_path):
    """The folder as the command writes it."""
    done = placebridge("connector", "new", "our_crm", "--folder", str(tmp_path / "ours"))
    assert done.code == 0, done.said
    return tmp_path / "ours"


@pytest.fixture
def installed(written, monkeypatch):
    """The same as if it were installed: with the entry points that its pyproject names."""
    project = tomllib.loads((written / "pyproject.toml").read_text())["project"]
    info = written / "placebridge_our_crm-0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["placebridge.connectors"].items())
    (info / "entry_points.txt").write_text(f"[placebridge.connectors]\n{points}")
    monkeypatch.syspath_prepend(str(written))
    yield written
    for module in [module for module in sys.modules if module.startswith("placebridge_our_crm")]:
        del sys.modules[module]


def test_the_folder_holds_no_word_of_the_template(written):
    files = {path.relative_to(written).as_posix(): path.read_text() for path in written.rglob("*") if path.is_file()}
    assert files.keys() == WRITTEN
    assert [name for name, text in files.items() if re.search(r"@\w+@", text)] == []
    assert len([line for line in files["tests/test_conformance.py"].splitlines() if line]) <= 12


def test_its_tests_pass(written):
    path = os.pathsep.join([str(ROOT), str(written)])
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(words, cwd=written, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b\d\d passed", done.stdout)
    assert "skipped" not in done.stdout


def test_its_types_and_style_are_right(written):
    path = {**os.environ, "MYPYPATH": str(ROOT)}
    for words in (["ruff", "check", "--config", str(ROOT / "pyproject.toml"), "."], ["mypy", "--strict", "placebridge_our_crm"]):
        done = subprocess.run([sys.executable, "-m", *words], cwd=written, env=path, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stdout


def test_it_is_found_by_its_entry_point(installed):
    assert names()[-1] == "our_crm"
    kind = kind_of("our_crm")
    assert kind.about == "our_crm, by its API"
    assert Path(sys.modules["placebridge_our_crm.kind"].__file__).is_relative_to(installed)


def test_it_is_listed(installed, placebridge):
    said = placebridge("connector", "list").said
    assert "files: a folder of exports, here or over SFTP: CSV, TSV and XLSX PATH: the folder that holds the exports" in said
    assert "our_crm: our_crm, by its API (from another package)" in said
    assert "SECRET, a secret: that client's secret" in said
    assert "REQUESTS_PER_MINUTE: how many requests the service allows in a minute (may be left out; 600 unless said)" in said
    rows = {(row["kind"], row["setting"]): row for row in json.loads(placebridge("connector", "list", "--format", "json").out)}
    assert rows["our_crm", "SECRET"] == {
        "kind": "our_crm", "from": "another package", "setting": "SECRET", "required": True, "secret": True, "default": "",
        "write": "that client's secret",
    }  # fmt: skip
    assert not rows["our_crm", "PROXY"]["required"]


def test_one_that_does_not_load_is_listed_with_what_to_do(installed, placebridge):
    (installed / "placebridge_our_crm/kind.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(UnknownKind):
        kind_of("our_crm")
    done = placebridge("connector", "list")
    assert done.code == 0
    assert "our_crm: is offered by placebridge_our_crm.kind:KIND, which does not load" in done.said


@pytest.mark.parametrize(("name", "words"), [
    ("files", "files is a kind that Placebridge has already"), ("Our-CRM", "'Our-CRM' cannot be a kind's name"),
    ("../x", "cannot be a kind's name"), ("import", "cannot be a kind's name"), ("a__b", "cannot be a kind's name"), ("a\n", "cannot be"),
])  # fmt: skip
def test_a_name_that_cannot_be_one(placebridge, world, name, words):
    before = sorted(world.rglob("*"))
    done = placebridge("connector", "new", name)
    assert done.code == 2
    assert words in done.said
    assert sorted(world.rglob("*")) == before


def test_nothing_that_exists_is_overwritten(placebridge, world):
    (world / "empty").mkdir()
    for folder, code in (("exports", 2), ("config.env", 2), ("empty", 0), ("empty", 2)):
        done = placebridge("connector", "new", "our_crm", "--folder", folder)
        assert done.code == code
        assert code == 0 or f"{folder} is there already" in done.said
    assert (world / "empty/pyproject.toml").is_file()
    assert placebridge("connector", "new", "our_crm").code == 0
    assert (world / "placebridge-our-crm/pyproject.toml").is_file()


def test_the_template_is_installed_with_the_package():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    files = [path for path in (ROOT / "placebridge" / TEMPLATE).rglob("*") if path.is_file()]
    assert len(files) == len(WRITTEN)
    assert [path.name for path in files if not any(path.match(pattern) for pattern in patterns)] == []
