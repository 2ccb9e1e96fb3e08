"""The systemd units, as systemd's own tools judge them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNITS = {name: (ROOT / f"deploy/systemd/{name}.service").read_text() for name in ("placebridge", "placebridge-review")}
UNIT = UNITS["placebridge"]
DOCUMENTS = {"placebridge": "docs/worker.md", "placebridge-review": "docs/review-service.md"}
MOST_EXPOSED = 1.5
"""Of ten; systemd calls it OK up to 4."""

analysed = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture(params=sorted(UNITS))
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A unit with a program that is there."""
    file = tmp_path / f"{request.param}.service"
    file.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNITS[request.param], flags=re.M))
    return file


def told(*words: str | Path) -> tuple[int, str]:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@analysed
def test_systemd_finds_no_mistake_in_it(unit: Path) -> None:
    assert told("verify", "--man=no", unit) == (0, "")


@analysed
def test_with_its_commented_lines_too(unit: Path) -> None:
    unit.write_text(re.sub(r"^#(ReadWritePaths|LoadCredential)", r"\1", unit.read_text(), flags=re.M))
    assert told("verify", "--man=no", unit) == (0, "")


@analysed
def test_it_gives_the_service_little(unit: Path) -> None:
    code, said = told("security", "--offline=true", "--no-pager", f"--threshold={int(MOST_EXPOSED * 10)}", unit)
    assert code == 0, said
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", said)
    assert exposure
    assert float(exposure[1]) <= MOST_EXPOSED


@analysed
def test_the_documents_say_how_exposed_it_is(unit: Path) -> None:
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", told("security", "--offline=true", "--no-pager", unit)[1])
    page = (ROOT / DOCUMENTS[unit.stem]).read_text()
    assert exposure
    assert f"says {exposure[1]} of 10" in page


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify",
        "NotifyAccess=main",
        "Restart=on-failure",
        "KillMode=mixed",
        "TimeoutStopSec=20",
        "RestartPreventExitStatus=2",
        "WatchdogSec=120",
    ],
)
def test_what_the_worker_counts_on(line: str) -> None:
    assert re.search(rf"^{line}$", UNIT, re.M)
