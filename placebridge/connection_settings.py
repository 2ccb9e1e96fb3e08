"""The settings of connections: those that all have, and those of each one's kind."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import ErrorDetails

from connector import kinds
from connector.kind import Kind
from jobs.adding import ADDED
from placebridge.settings_file import CONNECTIONS


def _schedule(text: str) -> str:
    from jobs.schedules.cron import checked  # only a connection that has one needs it

    return checked(text)


class ConnectionSettings(BaseModel):
    """What every connection has. Its kind adds fields of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str = Field(description="one of {kinds}")
    side: Literal["council", "business", "register"] = Field(description="council, business or register")
    schedule: Annotated[str, AfterValidator(_schedule)] | None = Field(None, description="five cron words, as in 0 6 * * mon-fri")


class ReadSettings(ConnectionSettings):
    """What a connection has that is read by a field map."""

    mapping: Path = Field(description="the field map's file, as in council.yaml")


def read(name: str, given: Mapping[str, Any]) -> tuple[ConnectionSettings | None, list[str]]:
    """A connection's settings, or None and every mistake with the setting's name."""
    prefix = f"{CONNECTIONS}{name.upper()}__"
    if name == ADDED:
        return None, [f"{prefix}KIND: a connection cannot be called '{ADDED}', which is kept for what people add themselves; choose another name"]
    try:
        model = model_of(str(given.get("kind", "")))
    except kinds.UnknownKind as fault:
        said = [f"{prefix}KIND {fault}"] if "kind" in given else []
        return None, [*said, *_of_unknown_kind(prefix, given)]
    try:
        return model(**given), []
    except ValidationError as error:
        return None, [f"{prefix}{mistake}" for mistake in _mistakes(error, model)]


@cache
def model_of(kind: str) -> type[ConnectionSettings]:
    """The settings of a connection of that kind. Raises UnknownKind."""
    found = kinds.kind_of(kind)
    base = ReadSettings if isinstance(found, Kind) else ConnectionSettings
    return create_model(f"{kind.title()}Connection", __base__=(base, found.settings))


def own_fields(kind: str) -> list[str]:
    """The names of the settings that are the kind's own."""
    return list(kinds.kind_of(kind).settings.model_fields)


def _of_unknown_kind(prefix: str, given: Mapping[str, Any]) -> Iterator[str]:
    """The mistakes that show whatever the kind is."""
    try:
        ReadSettings(**given)
    except ValidationError as error:
        for item in error.errors(include_input=False, include_url=False):
            known = list(ReadSettings.model_fields)
            if item["type"] != "extra_forbidden" or get_close_matches(str(item["loc"][-1]), known, n=1):
                yield f"{prefix}{_mistake(item, ReadSettings)}"


def _mistakes(error: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    return (_mistake(item, model) for item in error.errors(include_input=False, include_url=False))


def _mistake(item: ErrorDetails, model: type[BaseModel]) -> str:
    field = str(item["loc"][0]) if item["loc"] else ""
    return f"{field.upper()} {said(item, field, model)}" if field else str(item["msg"])


def said(item: ErrorDetails, name: str, model: type[BaseModel]) -> str:
    """What is wrong with a setting and what to write instead; never its value."""
    known = model.model_fields
    held = known.get(name)
    wanted = (held.description if held else None) or "it"
    wanted = wanted.format(kinds=", ".join(kinds.names())) if name == "kind" else wanted
    match item["type"]:
        case "missing":
            return f"is missing; write {wanted}"
        case "extra_forbidden":
            near = get_close_matches(name, known, n=1)
            return f"is no setting; did you mean {near[0].upper()}?" if near else f"is no setting; known are {', '.join(known).upper()}"
        case "literal_error":
            return f"is none of {item['ctx']['expected'].replace(chr(39), '')}; write one of them"
        case "value_error":
            return str(item["ctx"]["error"])
        case _:
            return f"cannot be used; write {wanted}"
