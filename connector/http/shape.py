"""Reading JSON whose shape is not trusted: what is missing or of another kind is an error that names the field, never the value."""

from typing import TypeVar, overload

from connector.contract import StopEntity

T = TypeVar("T")
D = TypeVar("D")
Path = str | tuple[str | int, ...]
KINDS: dict[type, str] = {
    dict: "an object", list: "a list", str: "a text", bool: "yes or no", int: "a whole number", float: "a number", type(None): "nothing"
}  # fmt: skip
_REQUIRED = object()
_MISSING = object()


class WrongShape(StopEntity):
    """An answer is not of the shape that its system documents."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(f"the answer has not the expected shape: {path} {words}; look whether the service has changed its API")
        self.path = path
        """Where, like `value[3].accountid`."""


@overload
def field(found: object, path: Path, kind: type[T]) -> T: ...
@overload
def field(found: object, path: Path, kind: tuple[type[T], ...]) -> T: ...
@overload
def field(found: object, path: Path, kind: type[T], *, default: D) -> T | D: ...
@overload
def field(found: object, path: Path, kind: tuple[type[T], ...], *, default: D) -> T | D: ...
def field(found: object, path: Path, kind: type | tuple[type, ...], *, default: object = _REQUIRED) -> object:
    """The value at `path`, of that kind or one of those. The path is a name, or names and positions: `("paging", "next", "after")`;
    `()` is the answer itself. A dot in a name is part of it. A whole number is a `float` too; yes or no is never a number.

    With `default`, that is given where the path ends early; what is there and of another kind is an error all the same.
    Raises WrongShape."""
    steps = (path,) if isinstance(path, str) else path
    for at, step in enumerate(steps):
        if at and found is None and default is not _REQUIRED:
            return default
        found = _step(found, steps[:at], step)
        if found is _MISSING and default is not _REQUIRED:
            return default
        if found is _MISSING:
            raise WrongShape(_shown(steps[: at + 1]), "is missing")
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not any(_is(found, one) for one in kinds):
        raise WrongShape(_shown(steps), f"is {_kind(found)} and not {' or '.join(KINDS[one] for one in kinds)}")
    return found


def _step(found: object, before: tuple[str | int, ...], step: str | int) -> object:
    if isinstance(step, str) and isinstance(found, dict):
        return found.get(step, _MISSING)
    if isinstance(step, int) and isinstance(found, list):
        return found[step] if 0 <= step < len(found) else _MISSING
    raise WrongShape(_shown(before), f"is {_kind(found)} and not {KINDS[dict if isinstance(step, str) else list]}")


def _is(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def _kind(value: object) -> str:
    return KINDS.get(type(value), type(value).__name__)


def _shown(steps: tuple[str | int, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".") or "the answer itself"
