"""The words by which `init` recognises columns and cells, from mappings/header_words.yaml and mappings/wording.yaml."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_NOT_TO_CHANGE = re.compile(r"^\s*\(do not modify\)\s*", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\W_]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_STEPS = re.compile(r"\s*[:/>]\s*|\s+-\s+|\.")


def plain(text: str) -> str:
    """A header or a word without case, punctuation and Dynamics' warning: `(Do Not Modify) Modified On` is `modified on`."""
    return _PUNCTUATION.sub(" ", _HUMPS.sub(" ", _NOT_TO_CHANGE.sub("", text))).strip().casefold()


def last_step(header: str) -> str:
    """The end of a header that is a path: `Addresses/City` and `Billing address - City` end in `city`."""
    return plain(_STEPS.split(_NOT_TO_CHANGE.sub("", header))[-1])


@cache
def _data(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((files("mappings") / name).read_text(encoding="utf-8"))
    return found


def header_words(entity: str, field: str) -> tuple[str, ...]:
    """What exports call a field of an entity, the surest first. `participants` is an entity here: its fields are our words."""
    return tuple(_data("header_words.yaml")[entity].get(field, ()))


def word_list(name: str) -> tuple[str, ...]:
    """A list that stands by itself: not_ours, salutations."""
    return tuple(_data("header_words.yaml")[name])


@cache
def file_words() -> dict[str, tuple[str, ...]]:
    """What the name of a file says of its rows, by entity; `none` for those that are none of ours."""
    return {entity: tuple(words) for entity, words in _data("header_words.yaml")["files"].items()}


@cache
def _ours(what: str) -> dict[str, str]:
    lists = {ours: theirs for ours, theirs in _data("wording.yaml")[what].items() if ours != "in"}
    return {plain(word): ours for ours, theirs in lists.items() for word in (*theirs, ours)}


def our_word(what: str, theirs: str) -> str | None:
    """Our word for one of theirs, or None. `what` is a heading of wording.yaml."""
    said = plain(theirs)
    found = _ours(what).get(said)
    if found:
        return found
    for ours, inside in _data("wording.yaml")[what].get("in", ()):
        if any(f" {word} " in f" {said} " or f" {word}s " in f" {said} " for word in inside):
            return str(ours)
    return None


def kind_of_table(text: str) -> str | None:
    """The kind that all rows of a table have, by its name or its headers."""
    said = f" {plain(text)} "
    for ours, words in _data("wording.yaml")["kind of table"].items():
        if any(f" {word} " in said or f" {word}s " in said for word in words):
            return str(ours)
    return None


def counted(number: int, what: str) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
