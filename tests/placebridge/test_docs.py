"""Every command and option is documented and has help; every setting stands in the example; what the documents name exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from connector.kinds import OURS, kind_of
from placebridge.cli import app
from placebridge.connection_settings import ReadSettings
from placebridge.settings import PREFIX, Settings, load
from placebridge.worker_settings import WorkerSettings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/commands.md").read_text()
EXAMPLE = (ROOT / "config.example.env").read_text()
FOR_ALL = {"--config", "--format", "--help"}
"""Said once, at the head of the page."""


def commands(of: Any = None, name: str = "placebridge") -> Iterator[tuple[str, Any]]:
    group = of or typer.main.get_command(app)
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


def names_of(model: type[BaseModel], prefix: str = PREFIX) -> Iterator[str]:
    for name, field in model.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            yield from names_of(group, f"{prefix}{name.upper()}__")
        elif name != "connections":
            yield f"{prefix}{name.upper()}"


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_documented_with_its_options(name: str) -> None:
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert section, f"write a section '## {name}' in docs/commands.md"
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")} - FOR_ALL
    assert [option for option in sorted(options) if option not in section[1]] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_and_parameter_has_help_that_fits_its_line(name: str) -> None:
    command = COMMANDS[name]
    assert len(command.get_short_help_str(200)) <= 60
    assert not command.get_short_help_str(200).endswith("...")
    helped = [getattr(parameter, "help", None) for parameter in command.params]
    assert all(helped), f"a parameter of {name} has no help"


def test_the_page_documents_no_command_that_there_is_not() -> None:
    assert set(re.findall(r"^## (placebridge .+)$", PAGE, re.M)) == set(COMMANDS)


def test_every_setting_stands_in_the_example() -> None:
    assert [name for name in ReadSettings.model_fields if f"{PREFIX}CONNECTIONS__COUNCIL__{name.upper()}=" not in EXAMPLE] == []
    assert [name for name in names_of(Settings) if f"{name}=" not in EXAMPLE] == []


def test_the_worker_stands_in_the_example_with_its_defaults() -> None:
    told = dict(re.findall(rf"^#{PREFIX}WORKER__(\w+)=(.*)$", EXAMPLE, re.M))
    assert WorkerSettings(**{name.lower(): value for name, value in told.items()}) == WorkerSettings()


@pytest.mark.parametrize("kind", OURS)
def test_every_setting_of_a_kind_stands_in_the_example_with_its_default(kind: str) -> None:
    names = re.findall(rf"{PREFIX}CONNECTIONS__(\w+)__KIND={kind}$", EXAMPLE, re.M)
    told = dict(re.findall(rf"^#?{PREFIX}CONNECTIONS__(?:{'|'.join(names)})__(\w+)=(.*)$", EXAMPLE, re.M))
    fields = {field.upper(): held for field, held in kind_of(kind).settings.model_fields.items()}
    shared = set() if kind == "dataverse" else {"PROXY", "NO_PROXY", "CA_BUNDLE"} | ({"SECRET_EXPIRES"} if kind == "postcodes" else set())
    assert [field for field in fields if field not in told and field not in shared] == []
    defaults = {field: held.default for field, held in fields.items() if isinstance(held.default, int | float) or field == "API_VERSION"}
    assert {field: float(told[field]) for field in defaults} == {field: float(default) for field, default in defaults.items()}


def test_the_example_holds_no_setting_that_there_is_not_and_loads(tmp_path: Path) -> None:
    whole = re.sub(r"^#(PLACEBRIDGE_)", r"\1", EXAMPLE, flags=re.M)
    for line in whole.splitlines():
        if line.partition("=")[2].endswith(".yaml"):
            file = tmp_path / line.partition("=")[2]
            file.parent.mkdir(exist_ok=True)
            file.touch()
    (tmp_path / "config.env").write_text(whole)
    assert load(tmp_path / "config.env", {}).settings.connections["council"].kind == "files"


@pytest.mark.parametrize("page", sorted(path.name for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]))
def test_what_a_page_names_exists(page: str) -> None:
    text = ((ROOT / page) if page == "README.md" else ROOT / "docs" / page).read_text()
    links = [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if link]
    named = re.findall(r"(?:docs|benchmarks|tests|deploy)/[\w/.-]+\.\w+", text)
    base = ROOT if page == "README.md" else ROOT / "docs"
    assert [link for link in links if not (base / link).exists()] == []
    assert [name for name in named if not (ROOT / name).exists()] == []
    words = {f"placebridge {found}".strip() for found in re.findall(r"`(?:\./run|placebridge) ([a-z][a-z-]*(?: [a-z]+)?)", text)}
    known = {part for name in COMMANDS for part in (name, " ".join(name.split()[:2]))} | {"placebridge demo", "placebridge test"}
    assert [word for word in words if word not in known and " ".join(word.split()[:2]) not in known] == []
