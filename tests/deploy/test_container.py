"""The container's files: what can be judged without an engine. `deploy/container/steps.sh` runs the steps."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from placebridge.settings import OUTSIDE, PREFIX, Settings
from placebridge.worker_settings import WorkerSettings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/container"
CONTAINERFILE = (FOLDER / "Containerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {
    f"{PREFIX}WORKER__{name.upper()}" for name in WorkerSettings.model_fields
}


def test_it_names_only_settings_that_there_are() -> None:
    text = CONTAINERFILE + (FOLDER / "compose.yaml").read_text() + (ROOT / "deploy/systemd/placebridge.service").read_text()
    named = {name for name in re.findall(rf"\b{PREFIX}\w+", text) if "CONNECTIONS__" not in name}
    assert named <= KNOWN | OUTSIDE


def test_the_image_runs_as_nobody_who_can_do_anything() -> None:
    last = CONTAINERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.*)$", last, re.M) == ["10001:10001"]
    worker = COMPOSE["services"]["worker"]
    assert (worker["read_only"], worker["cap_drop"], worker["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert "ports" not in worker
    assert worker["stop_grace_period"] == "20s"


def test_secrets_come_as_files_and_stand_nowhere_else() -> None:
    services = COMPOSE["services"]
    assert services["worker"]["secrets"] == [{"source": "database_url", "target": "PLACEBRIDGE_DATABASE_URL"}]
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/password"
    assert set(COMPOSE["secrets"]) == {"database_url", "password"}
    assert not [name for service in services.values() for name in service["environment"] if re.search("PASSWORD$|DATABASE_URL", name)]


def test_both_stages_are_of_one_system_and_one_python() -> None:
    assert len(set(re.findall(r"^FROM (\S+)", CONTAINERFILE, re.M))) == 1


def test_what_the_image_is_built_from_is_let_through() -> None:
    kept = re.findall(r"^!(\S+)$", (FOLDER / "Containerfile.dockerignore").read_text(), re.M)
    assert [name for name in kept if not (ROOT / name).exists()] == []
    make = (ROOT / "deploy/bundle/make.py").read_text()
    assert set(re.findall(r'"([\w.-]+\.(?:toml|md|env|lock)|LICENSE)"', make)) - {f"{page}.md" for page in ("operations", "commands", "supported")} <= {
        *kept, "build.lock",
    }  # fmt: skip


def test_the_health_check_is_one_command() -> None:
    (check,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", CONTAINERFILE, re.M)
    program, flag, code = json.loads(check)
    assert (program, flag) == ("python3", "-c")
    compile(code, "HEALTHCHECK", "exec")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize(
    ("words", "file"), [("check rules", "deploy/prometheus/alerts.yaml"), ("test rules", "tests/deploy/alerts_test.yaml")]
)
def test_prometheus_takes_the_rules_and_they_fire(words: str, file: str) -> None:
    done = subprocess.run(["promtool", *words.split(), ROOT / file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_has_a_line_on_what_to_do() -> None:
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())["groups"][0]["rules"]
    page = (ROOT / "docs/worker.md").read_text()
    assert re.findall(r"^\| (Placebridge\w+) \|", page, re.M) == [rule["alert"] for rule in rules]
    assert [rule["alert"] for rule in rules if not {"summary", "action"} <= set(rule["annotations"])] == []
