"""From what the field map says to its parts, or to one message that names every mistake by its path."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from connector.contract import Entity, StopConnection, StopEntity
from connector.rest.words import Block, Top, shown

P = TypeVar("P", bound=BaseModel)
WRITE = {
    "int_parsing": "write a number",
    "int_type": "write a number",
    "float_parsing": "write a number",
    "bool_parsing": "write yes or no",
    "bool_type": "write yes or no",
    "string_type": "write one text",
    "string_too_short": "write a text",
    "dict_type": "write names and their values below it",
    "model_type": "write names and their values below it",
    "model_attributes_type": "write names and their values below it",
    "list_type": "write a list",
    "greater_than_equal": "write a larger number",
    "greater_than": "write a larger number",
}
SECRET = {"sign_in", "headers"}
"""What stands there is not repeated, lest a secret was put there by mistake."""


def read_top(options: Mapping[str, object]) -> Top:
    """What the field map says at its top. Raises StopConnection with every mistake."""
    found, mistakes = _read(Top, options)
    if found is None:
        raise StopConnection("; ".join(mistakes))
    return found


def read_block(entity: Entity) -> Block:
    """What a block says. Raises StopEntity with every mistake."""
    found, mistakes = _read(Block, entity.options)
    if found is None:
        raise StopEntity(f"{entity.kind} from {entity.source}: {'; '.join(mistakes)}")
    return found


def _read(model: type[P], options: Mapping[str, object]) -> tuple[P | None, list[str]]:
    try:
        return model.model_validate(dict(options)), []
    except ValidationError as error:
        found = [dict(one) for one in error.errors(include_url=False)]
        return None, list(dict.fromkeys(_message(model, one) for one in found if not _other_way(one)))


def _other_way(error: dict[str, Any]) -> bool:
    """Of a choice, the way that was not taken: what is no mapping was read before, and a mapping is no path."""
    return error["type"] == "is_instance_of" or any(str(step).startswith("literal[") or step == "Path" for step in error["loc"])


def _message(model: type[BaseModel], error: dict[str, Any]) -> str:
    steps = [step for step in error["loc"] if not _of_pydantic(step)]
    path = ".".join(["connector", *map(str, steps)])
    kind = error["type"]
    if kind == "missing":
        return f"{path} is missing; write it"
    if kind == "extra_forbidden":
        near = get_close_matches(str(steps[-1]), _names(model, steps[:-1]), 1, 0.6)
        return f"{path} is no word that is known here; {f'perhaps {near[0]} is meant' if near else 'leave it out'}"
    if kind == "value_error":
        return _ours(path, error["msg"].removeprefix("Value error, "))
    if kind == "literal_error":
        return f"{path} is {_seen(steps, error['input'])}; write {error['ctx']['expected'].replace(chr(39), '')}"
    return f"{path} is {_seen(steps, error['input'])}; {WRITE.get(kind, 'look at docs/rest.md')}"


def _ours(path: str, words: str) -> str:
    """A message of our own may begin with a name below the path and a colon."""
    name, colon, rest = words.partition(": ")
    inner = colon and " " not in name
    return f"{path}.{name} {rest}" if inner else f"{path} {words}"


def _seen(steps: list[Any], value: object) -> str:
    return "not right" if SECRET & set(map(str, steps)) else shown(value)


def _of_pydantic(step: object) -> bool:
    """Parts of a location that are names of types: pydantic says which way of a choice it has tried."""
    return isinstance(step, str) and (step.startswith(("literal[", "function-", "dict[", "is-instance")) or step == "Total")


def _names(model: type[BaseModel], steps: list[Any]) -> list[str]:
    """The words that are known at a place of the YAML."""
    for step in steps:
        field = model.model_fields.get(str(step))
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)
