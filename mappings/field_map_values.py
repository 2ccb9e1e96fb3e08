"""The parts of one value in a field map, each checked: columns, words, formats, and how it points."""

import re
from datetime import UTC, datetime

from mappings.field_map_yaml import Faults, Node
from mappings.vocabulary import DATES, INSTANTS, LISTS, MATCHES, REFERENCES, words_of

LETTERS = "day %d, month %m or %b, year %Y or %y, hour %H, minute %M (1/2/2026 fits %d/%m/%Y)"
TIMED = {*DATES, *INSTANTS, ("", "changed")}


def needs_one(node: Node, faults: Faults, message: str) -> list[Node]:
    """The items of a list, or a fault where it is empty."""
    items = node.items()
    if not items:
        faults.add(node, message)
    return items


def columns(name: str, node: Node | None, faults: Faults) -> tuple[str, ...]:
    """The columns of `from`."""
    if node is None:
        return ()
    items = needs_one(node, faults, f"`from` of `{name}` is an empty list; name a column")
    found = [item.text(faults, f"a column of `{name}`") for item in items]
    return tuple(column for column in found if column)


def text(node: Node | None, faults: Faults, what: str) -> str | None:
    """A text that may be empty."""
    return None if node is None else node.text(faults, what, may_be_empty=True)


def separator(entity: str, name: str, node: Node | None, faults: Faults) -> str | None:
    """What stands between two of several."""
    if node is None:
        return None
    if (entity, name) not in REFERENCES and (entity, name) not in LISTS:
        faults.add(node, f"`split` is for fields that may hold several; `{name}` holds one value, so leave `split` out")
        return None
    said = node.raw(faults, "`split`")
    if said == "":
        faults.add(node, '`split` is empty; write what stands between two of them in quotes, as in `split: ";"`')
    return said or None


def constant(entity: str, name: str, node: Node | None, faults: Faults) -> str | None:
    """The word of `value`."""
    said = text(node, faults, "`value`")
    if node is not None and said is not None:
        _check_word(entity, name, said, node, faults)
    return said


def default(entity: str, name: str, node: Node | None, theirs: dict[str, str], faults: Faults) -> str | None:
    """What an empty cell is taken for: one of our words, or of theirs that `values` maps."""
    said = text(node, faults, "`default`")
    if node is not None and said is not None and said.casefold() not in theirs:
        _check_word(entity, name, said, node, faults)
    return said


def _check_word(entity: str, name: str, word: str, node: Node, faults: Faults) -> None:
    words = words_of(entity, name)
    if words and word and word.strip().casefold() not in words:
        faults.unknown(node, word, words, f"is none of our words for `{name}`")


def values(entity: str, name: str, node: Node | None, faults: Faults) -> tuple[tuple[str, str], ...]:
    """Their word, in lower case and trimmed, and ours."""
    if node is None:
        return ()
    pairs = []
    for theirs, value in node.entries(faults, "`values`: their word on the left, ours on the right", split_case=True):
        ours = value.text(faults, f"our word for '{theirs}'", may_be_empty=True)
        if ours is not None:
            _check_word(entity, name, ours, value, faults)
            pairs.append((theirs.strip().casefold(), ours.strip()))
    return tuple(pairs)


def date_format(entity: str, name: str, node: Node | None, faults: Faults) -> str | None:
    """A format in strptime's letters, tried out."""
    said = text(node, faults, "`format`")
    if node is None or said is None:
        return said
    if (entity, name) not in TIMED:
        faults.add(node, f"`format` is for dates and times; `{name}` is neither, so leave `format` out")
    elif "%" not in said:
        faults.add(node, f"`format` is '{said}'; write it in strptime's letters, as in \"%d/%m/%Y %H:%M\"")
    elif fault := _unreadable(said):
        faults.add(node, f"`format` is '{said}', {fault}")
    return said


def _unreadable(form: str) -> str:
    """Why dates cannot be read by a format; empty where they can."""
    if not re.search(r"%[YyGcxD]", form):
        return "which has no year; add %Y (2026) or %y (26)"
    try:
        datetime.strptime("", form).replace(tzinfo=UTC)
    except re.error:
        return "in which a letter stands twice; keep one of them"
    except ValueError as error:
        bad = re.match(r"'(.+)' is a bad directive", str(error))
        if bad:
            return f"and %{bad[1]} is none of strptime's letters; {LETTERS}"
        if "stray" in str(error):
            return "which ends in a lone %; leave it out"
    return ""


def match(entity: str, name: str, node: Node | None, faults: Faults) -> str:
    """What a reference is matched by."""
    target = REFERENCES.get((entity, name))
    if node is None:
        return "id"
    word = (node.text(faults, "`match`") or "").casefold()
    if target is None:
        faults.add(node, f"`match` is for fields that point at another entity; `{name}` does not, so leave `match` out")
    elif word not in MATCHES[target]:
        faults.unknown(node, word, MATCHES[target], f"is nothing that a {target} can be matched by")
    return word


__all__ = ["columns", "constant", "date_format", "default", "match", "needs_one", "separator", "text", "values"]
