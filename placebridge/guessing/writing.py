"""The guess as the text of a field map. No value of a row stands in it but words of a list, such as kinds and states."""

import re
from collections.abc import Iterable, Iterator

import yaml

from mappings.vocabulary import ENTITIES
from placebridge.guessing.columns import Column
from placebridge.guessing.line import BlockGuess, Line
from placebridge.guessing.words import counted

_EASY = re.compile(r"[A-Za-z][A-Za-z0-9_.'-]*(?: [A-Za-z0-9_./'()-]+)*")
_WIDTH = 42
HEAD = """\
# The field map of the connection {name}, guessed by `placebridge init` from {files} and yours to correct:
# our fields on the left, your columns on the right. Behind each line stand how many rows fill the column and how many
# different values it has. A line with a # before it is not read: it says what is doubtful or missing. Take the # away,
# or correct the line, then run `placebridge check`. docs/first-list.md explains it.
"""


def written(name: str, blocks: Iterable[BlockGuess], left_out: Iterable[str]) -> str:
    """The whole map."""
    held = list(blocks)
    files = ", ".join(quoted(block.source) for block in held)
    text = HEAD.format(name=name, files=files)
    text += "".join(f"# Not read: {line}\n" for line in left_out)
    for entity in ENTITIES:
        mine = [block for block in held if block.entity == entity]
        standing = [block for block in mine if not block.missing]
        if standing:
            text += f"\n{entity}:\n"
        text += "".join("\n".join(_block(block)) + "\n" for block in standing)
        text += "".join(_unfinished(block) for block in mine if block.missing)
    return text


def quoted(text: str) -> str:
    """A text as YAML holds it, in quotes where it needs them."""
    if _EASY.fullmatch(text):
        return text
    return str(yaml.dump(text, default_style='"', allow_unicode=True, width=10_000)).strip()


def _unfinished(block: BlockGuess) -> str:
    lines = "".join(f"#{line}\n" for line in _block(block))
    return (
        f"\n# NOT READ, {quoted(block.source)}: {block.missing}. To read it, take the # away before these lines.\n#{block.entity}:\n{lines}"
    )


def _block(block: BlockGuess) -> Iterator[str]:
    by = f"; by the preset {block.preset}" if block.preset else ""
    yield _row(f"  - from: {quoted(block.source)}", f"{counted(block.sheet.rows, 'row')} looked at{by}")
    if block.ids:
        ids = [quoted_in_flow(column.name) for column in block.ids]
        value = quoted(block.ids[0].name) if len(ids) == 1 else f"[{', '.join(ids)}]"
        yield _row(f"    id: {value}", _facts(block.ids if len(ids) == 1 else (), block.id_remark))
    if block.changed:
        yield _row(f"    changed: {_value(block.changed)}", _facts(block.changed.columns, block.changed.remark))
    if not block.complete:
        yield _row("    complete: no", block.complete_remark)
    yield "    fields:"
    for line in block.lines:
        yield from _line(line, "      ")
    yield from _participants(block.participants)
    if block.unused:
        yield "    # not used: " + ", ".join(f"{quoted_in_flow(column.name)} ({column.filled:.0%})" for column in block.unused)


def _line(line: Line, indent: str) -> Iterator[str]:
    if line.doubt:
        value = f" {_value(line)}" if line.columns else ""
        word = "doubtful" if line.columns else "MISSING"
        yield _row(f"{indent}# {line.key}:{value}", _facts(line.columns, f"{word}: {line.doubt}"))
    else:
        yield _row(f"{indent}{line.key}: {_value(line)}", _facts(line.columns, line.remark))
    for theirs in line.todo:
        yield f"{indent}#   to place in `values` above: {quoted_in_flow(theirs)}: ?"


def _participants(lines: list[Line]) -> Iterator[str]:
    standing = [line for line in lines if not line.doubt]
    if standing:
        yield "    participants:"
    for line in [*standing, *(line for line in lines if line.doubt)]:
        mark = "      # - " if line.doubt else "      - "
        said = f"doubtful: {line.doubt}" if line.doubt else line.remark
        yield _row(f"{mark}{_value(line, always=True)}", _facts(line.columns, said))
        for theirs in line.todo:
            yield f"      #   to place in `values` above: {quoted_in_flow(theirs)}: ?"


def _value(line: Line, always: bool = False) -> str:
    """A column alone, or `{from: …}` where more is to be said."""
    if "value" in line.options:
        return f"{{value: {line.options['value']}}}"
    columns = line.columns if line.key == "address" else line.columns[:1]
    if not line.options and len(columns) == 1 and not always:
        return quoted(columns[0].name)
    names = [quoted_in_flow(column.name) for column in columns]
    parts = [f"from: {names[0] if len(names) == 1 else '[' + ', '.join(names) + ']'}"]
    parts += [f"{key}: {_option(option)}" for key, option in line.options.items()]
    return "{" + ", ".join(parts) + "}"


def _option(option: object) -> str:
    if isinstance(option, dict):
        return "{" + ", ".join(f"{quoted_in_flow(str(key))}: {_option(value)}" for key, value in option.items()) + "}"
    return quoted_in_flow(str(option))


def quoted_in_flow(text: str) -> str:
    """A text between brackets or braces."""
    return text if _EASY.fullmatch(text) else quoted(text)


def _facts(columns: Iterable[Column], remark: str) -> str:
    held = list(columns)
    facts = f"{held[0].filled:.0%} filled, {held[0].distinct:,} different" if held else ""
    return "; ".join(part for part in (facts, _one_line(remark)) if part)


def _one_line(text: str) -> str:
    """A remark may name columns; whatever they hold must not end the comment."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _row(text: str, comment: str) -> str:
    return f"{text:<{_WIDTH}}  # {comment}" if comment else text
