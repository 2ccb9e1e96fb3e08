"""The `run` script and the lock that it installs from. Setting up for real is what CI does with it on a clean checkout."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text()


@pytest.fixture
def run() -> ModuleType:
    loader = SourceFileLoader("run_script", str(ROOT / "run"))
    spec = importlib.util.spec_from_loader("run_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_without_words_it_says_what_it_does_and_sets_nothing_up(words: list[str], tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, ROOT / "run", *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0
    assert "./run demo" in done.stdout
    assert done.stderr == ""


def test_an_old_python_is_named_with_what_to_do(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run.sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(run.sys, "argv", ["run", "demo"])
    assert run.main() == 1
    assert "Placebridge needs Python 3.11 or newer" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run.os, "access", lambda *_: False)
    assert run.set_up() == 1
    assert "copy the project to a folder of your own" in capsys.readouterr().err


def test_a_linked_environment_is_never_emptied(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shared, link = tmp_path / "shared", tmp_path / "link"
    shared.mkdir()
    (shared / "precious").touch()
    link.symlink_to(shared)
    monkeypatch.setattr(run, "VENV", link)
    assert run.set_up() == 1
    assert "is a link to" in capsys.readouterr().err
    assert (shared / "precious").exists()


def test_the_bundled_pip_is_checked_before_it_is_run(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.bundled_pip() == run.PIP / "pip"
    other = tmp_path / "pip.whl"
    other.write_bytes(b"something else")
    monkeypatch.setattr(run, "PIP", other)
    with pytest.raises(SystemExit):
        run.bundled_pip()
    assert "is not the file that it should be" in capsys.readouterr().err


@pytest.mark.parametrize("has_ensurepip", [True, False])
def test_pip_installs_by_hash_with_or_without_ensurepip(run: ModuleType, monkeypatch: pytest.MonkeyPatch, has_ensurepip: bool) -> None:
    monkeypatch.setattr(run.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0 if has_ensurepip else 1))
    make, install = run.with_pip()
    assert ("--without-pip" in make) is not has_ensurepip
    assert (run.PIP / "pip" in install) is not has_ensurepip
    assert "--require-hashes" in install


def test_it_sets_up_anew_when_the_lock_changes(run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a==1")
    monkeypatch.setattr(run, "LOCK", lock)
    before = run.mark()
    lock.write_text("a==2")
    assert run.mark() != before


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK
    for requirement in re.split(r"\n(?=[a-z])", LOCK.partition("\n")[2] if LOCK.startswith("#") else LOCK):
        if requirement.strip() and not requirement.startswith("#"):
            assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_the_lock_holds_every_package_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    plain = [re.split(r"[\[<>=~! ]", one)[0].lower().replace("_", "-") for one in named]
    locked = set(re.findall(r"^([a-z0-9._-]+)==", LOCK.lower(), re.M))
    assert set(plain) <= locked


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot become another program")
def test_it_becomes_the_program_that_it_starts_so_that_a_stop_reaches_it() -> None:
    begin = (
        "import sys\nfrom importlib.machinery import SourceFileLoader\n"
        f"run = SourceFileLoader('run_script', {str(ROOT / 'run')!r}).load_module()\n"
        "run.call([sys.executable, '-c', 'import os; print(os.getpid())'])"
    )
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", begin], stdout=subprocess.PIPE, text=True) as started:
        said, _ = started.communicate()
    assert int(said) == started.pid
