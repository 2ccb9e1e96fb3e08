"""The command line as programs and people use it, on a small world of its own."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from placebridge.output import save_list
from placebridge.settings import ConfigError, Settings, load

ROOT = Path(__file__).resolve().parents[2]


def placebridge(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLACEBRIDGE_")} | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "placebridge", *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def world(tmp_path: Path) -> Path:
    exports = tmp_path / "exports" / "council"
    exports.mkdir(parents=True)
    (exports / "accounts.csv").write_text("Account,Account Name\nA1,Acme Ltd\nA2,=cmd|calc Ltd\n")
    (exports / "contacts.csv").write_text("Contact,First Name,Last Name,Job Title,Account\nC1,Ann,Lee,CEO,A1\n")
    return tmp_path


def test_from_a_folder_of_exports_to_the_list(world: Path) -> None:
    assert placebridge("init", "--from", "exports", "--into", "mine", cwd=world).returncode == 0
    for words in (
        ("check",),
        ("sync", "--as-of", "2026-11-01"),
        ("flags", "--out", "list.csv"),
        ("explain", "acme"),
        ("runs",),
        ("rejects",),
    ):
        done = placebridge(*words, "--config", "mine/config.env", cwd=world)
        assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((world / "list.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {row["name"]: row["state"] for row in rows} == {"Acme Ltd": "leader_not_engaged", "'=cmd|calc Ltd": "no_leader_known"}


def test_a_dry_run_writes_nothing(world: Path) -> None:
    placebridge("init", "--from", "exports", "--into", "mine", cwd=world)
    (world / "mine" / "placebridge.db").unlink()
    done = placebridge("sync", "--dry-run", "--config", "mine/config.env", cwd=world)
    assert "2 would be added" in done.stdout or "would be added" in done.stdout
    assert not list((world / "mine").glob("*.db"))


@pytest.mark.parametrize(
    ("break_it", "code", "message"),
    [
        (lambda world: (world / "exports/council/accounts.csv").unlink(), 3, "accounts.csv"),
        (lambda world: (world / "mine/council.yaml").write_text("business: {from: a}\n"), 2, "business has no `id`"),
        (lambda world: (world / "mine/config.env").unlink(), 2, "there is no file mine/config.env"),
    ],
)
def test_what_is_wrong_is_said_plainly(world: Path, break_it: object, code: int, message: str) -> None:
    placebridge("init", "--from", "exports", "--into", "mine", cwd=world)
    break_it(world)  # type: ignore[operator]
    done = placebridge("sync", "--config", "mine/config.env", cwd=world)
    assert done.returncode == code
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_every_mistake_of_the_settings_at_once(tmp_path: Path) -> None:
    file = tmp_path / "config.env"
    key = "PLACEBRIDGE_CONNECTIONS__COUNCIL__"
    file.write_text(
        f"PLACEBRIDGE_TIMEZONE=Mars/Base\nPLACEBRIDGE_DATABASE_URL=mysql://x\nPLACEBRIDGE_TYPO=1\n{key}KIND=filez\n{key}SIDES=council\n"
    )
    with pytest.raises(ConfigError) as error:
        load(file, {})
    said = str(error.value)
    for words in (
        "TIMEZONE is no time zone",
        "DATABASE_URL is no database",
        "TYPO is no setting",
        "KIND is none of files",
        "did you mean SIDE?",
    ):
        assert words in said


def test_every_setting_stands_in_the_example() -> None:
    example = (ROOT / "config.example.env").read_text()
    assert all(f"PLACEBRIDGE_{name.upper()}" in example for name in Settings.model_fields)


def test_formulas_are_text_in_a_list_for_people(tmp_path: Path) -> None:
    save_list(tmp_path / "x.csv", [{"name": "=1+1"}], ("name",), "x")
    assert "'=1+1" in (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
