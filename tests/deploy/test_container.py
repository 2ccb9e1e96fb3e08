"""The container's files: what can be judged without an engine. `deploy/container/steps.sh` runs the steps."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from placebridge.review_settings import ReviewSettings
from placebridge.settings import OUTSIDE, PREFIX, Settings
from placebridge.worker_settings import WorkerSettings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/container"
CONTAINERFILE = (FOLDER / "Containerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {
    f"{PREFIX}{group}__{name.upper()}"
    for group, model in (("WORKER", WorkerSettings), ("REVIEW", ReviewSettings))
    for name in model.model_fields
}


def test_it_names_only_settings_that_there_are() -> None:
    text = CONTAINERFILE + (FOLDER / "compose.yaml").read_text() + "".join(
        path.read_text() for path in (ROOT / "deploy/systemd").glob("*.service")
    )
    named = {name for name in re.findall(rf"\b{PREFIX}\w+", text) if "CONNECTIONS__" not in name}
    assert named <= KNOWN | OUTSIDE


def test_the_image_runs_as_nobody_who_can_do_anything() -> None:
    last = CONTAINERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.*)$", last, re.M) == ["10001:10001"]
    for name in ("worker", "review"):
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
        assert "ports" not in service
        assert service["stop_grace_period"] == "20s"


def test_secrets_come_as_files_and_stand_nowhere_else() -> None:
    services = COMPOSE["services"]
    assert services["worker"]["secrets"] == [{"source": "database_url", "target": "PLACEBRIDGE_DATABASE_URL"}]
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/password"
    assert {secret["target"] for secret in services["review"]["secrets"]} == {
        "PLACEBRIDGE_DATABASE_URL", "PLACEBRIDGE_REVIEW__OIDC_CLIENT_SECRET",
    }  # fmt: skip
    assert set(COMPOSE["secrets"]) == {"database_url", "password", "oidc_client_secret"}
    assert not [name for service in services.values() for name in service["environment"] if re.search("PASSWORD$|DATABASE_URL", name)]


def test_both_stages_are_of_one_system_and_one_python() -> None:
    assert len(set(re.findall(r"^FROM (\S+)", CONTAINERFILE, re.M))) == 1


def test_what_the_image_is_built_from_is_let_through() -> None:
    kept = re.findall(r"^!(\S+)$", (FOLDER / "Containerfile.dockerignore").read_text(), re.M)
    assert [name for name in kept if not (ROOT / name).exists()] == []
    make = (ROOT / "deploy/bundle/make.py").read_text()
    copied = {name for name in re.findall(r'"([\w.-]+\.(?:toml|md|env|lock)|LICENSE)"', make) if (ROOT / name).exists()}
    assert copied > {"pyproject.toml", "LICENSE"}
    assert copied <= {*kept}


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
