"""Phrases that are looked for in an organisation's name.

`(a|b)` is a choice, `word*` any word that begins so, `..` up to three words between, `^` the beginning of the name and `$` its end."""

import re
from collections.abc import Iterable, Iterator

from mappings.names_text import fold

_PIECE = re.compile(r"\^|\$|\.\.|[^\s(|)^$?]+|[(|)?]")


def split(text: str) -> Iterator[str]:
    """The phrases or words of one text with commas."""
    return (part for part in (part.strip() for part in text.split(",")) if part)


def finder(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern over ` folded name ` that finds any of them; None where there is none. Raises ValueError for one that cannot be read."""
    compiled = [_pattern(phrase) for phrase in phrases]
    anywhere = "|".join(found for found in compiled if not found.startswith("^"))
    at_begin = "|".join(found.removeprefix("^ ") for found in compiled if found.startswith("^"))
    # The space before the words stands once at the front, so that a search need only look where a word begins.
    parts = ([f" (?:{anywhere})"] if anywhere else []) + ([f"^ (?:{at_begin})"] if at_begin else [])
    return re.compile("|".join(parts)) if parts else None


def _pattern(phrase: str) -> str:
    """Each word is followed by a space, as in the name that is searched."""
    found = "".join(_part(piece, phrase) for piece in _PIECE.findall(phrase))
    try:
        re.compile(found)
    except re.error:
        raise ValueError(f"'{phrase}' cannot be read; check its brackets") from None
    return found


def _part(piece: str, phrase: str) -> str:
    if piece == "..":
        return r"(?:[a-z0-9]+ ){0,3}"
    if piece in {"^", "$"}:
        return "^ " if piece == "^" else "$"
    if piece in {"(", "|", ")", "?"}:
        return "(?:" if piece == "(" else piece
    word = fold(piece.rstrip("*"))
    if not word:
        raise ValueError(f"'{phrase}' holds '{piece}', which is no word")
    return f"{word}[a-z0-9]* " if piece.endswith("*") else f"{word} "
