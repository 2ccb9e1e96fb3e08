"""Field maps that ship for CRMs whose exports are known: which of their blocks an export is, and that block fitted to its columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from mappings.vocabulary import DATES, INSTANTS
from placebridge.guessing.columns import Column, Sheet
from placebridge.guessing.dates import dates_of
from placebridge.guessing.gaps import demanded
from placebridge.guessing.line import BlockGuess, Line
from placebridge.guessing.wording import HEADINGS, wording_of

FOLDER = "mappings.presets"
SIGNATURES = "signatures.yaml"


@dataclass(frozen=True)
class Known:
    """A block of a preset, and the headers by which it is known."""

    preset: str
    entity: str
    block: Mapping[str, Any]
    """As the field map writes it."""
    needs: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, sheet: Sheet, name: str) -> Column | None:
        """The sheet's column of that name, or of another name for the same."""
        held = {column.name: column for column in sheet.columns}
        return next((held[one] for one in (name, *self.instead.get(name, ())) if one in held), None)

    def fits(self, sheet: Sheet) -> bool:
        """Whether the sheet has the headers."""
        names = {column.name for column in sheet.columns}
        return all(self.column(sheet, name) for name in self.needs) and (not self.one_of or bool(names & set(self.one_of)))


def names() -> dict[str, str]:
    """The presets, and what each is for."""
    return {name: str(said["about"]) for name, said in _signatures().items()}


def text_of(preset: str) -> str:
    """A preset as a field map."""
    return (files(FOLDER) / f"{preset}.yaml").read_text(encoding="utf-8")


def known_as(sheet: Sheet) -> Known | None:
    """The block that the sheet's headers fit."""
    return next((known for known in all_known() if known.fits(sheet)), None)


@cache
def all_known() -> tuple[Known, ...]:
    """Every block of every preset, in the order in which they are tried."""
    return tuple(known for preset, said in _signatures().items() for known in _known(preset, said["blocks"]))


def fitted(known: Known, guess: BlockGuess, private: frozenset[str]) -> BlockGuess:
    """The guess with the preset's lines in place of its own, as far as the columns are there. What the preset says nothing of, such as
    a council's own columns, is guessed. `private`: names that are never shown."""
    sheet, block = guess.sheet, known.block
    lines = [line for key, said in block["fields"].items() if (line := _line(known, sheet, key, said, private))]
    guests = [line for said in block.get("participants", ()) if (line := _line(known, sheet, "participants", said, private))]
    changed = _line(known, sheet, "changed", block["changed"], private) if "changed" in block else None
    ids = [column for name in _listed(block["id"]) if (column := known.column(sheet, name))]
    keys = {line.key for line in lines}
    taken = {column.name for line in (*lines, *guests) for column in line.columns} | {column.name for column in ids}
    rest = [line for line in guess.lines if line.key not in keys and not taken & {column.name for column in line.columns}]
    fresh = BlockGuess(
        known.entity, sheet, guess.source, ids, [*lines, *rest], "", changed or guess.changed, guess.complete,
        guess.complete_remark, guests or guess.participants, known.preset,
    )  # fmt: skip
    fresh.missing = demanded(fresh)
    used = {column.name for line in _all_lines(fresh) for column in line.columns} | {column.name for column in ids}
    fresh.unused = [column for column in sheet.columns if column.name not in used]
    return fresh


def _line(known: Known, sheet: Sheet, key: str, said: Any, private: frozenset[str]) -> Line | None:
    """A preset's line for the columns that are there; None where none is."""
    parts = dict(said) if isinstance(said, Mapping) else {"from": said}
    if "value" in parts:
        return Line(key, options=parts)
    columns = tuple(column for name in _listed(parts.pop("from")) if (column := known.column(sheet, name)))
    if not columns:
        return Line(key, options={"value": parts["default"]}) if "default" in parts else None
    if len(columns) == 1:
        parts.pop("join", None)
    line = Line(key, columns, parts)
    if key in (*DATES, *INSTANTS, "changed"):
        return _dated(line)
    return _worded(known.entity, line, private) if (known.entity, key) in HEADINGS else line


def _dated(line: Line) -> Line:
    """In the form in which this export writes dates, whatever the preset's was."""
    found = dates_of(line.columns[0])
    if found.share:
        line.options.pop("format", None)
        if found.form:
            line.options["format"] = found.form
        line.remark = found.remark
    return line


def _worded(entity: str, line: Line, private: frozenset[str]) -> Line:
    """With the words of this export as well, such as kinds of a council's own."""
    given = dict(line.options.get("values", {}))  # type: ignore[call-overload]
    found = wording_of(entity, line.key, line.columns[0], private)
    known = {word.casefold() for word in given}
    given |= {word: ours for word, ours in found.values.items() if word.casefold() not in known}
    if given:
        line.options["values"] = given
    line.todo = tuple(word for word in found.unknown if word.casefold() not in known)
    return line


def _all_lines(block: BlockGuess) -> Iterator[Line]:
    yield from (*block.lines, *block.participants, *([block.changed] if block.changed else []))


def _listed(said: Any) -> list[str]:
    return [str(one) for one in said] if isinstance(said, list) else [str(said)]


def _known(preset: str, signatures: Mapping[str, Any]) -> Iterator[Known]:
    found = {}
    for entity, said in yaml.safe_load(text_of(preset)).items():
        for block in said if isinstance(said, list) else [said]:
            found[block["from"]] = (entity, block)
    for source, signature in signatures.items():
        entity, block = found[source]
        instead = {name: tuple(others) for name, others in signature.get("instead", {}).items()}
        yield Known(preset, entity, block, tuple(signature["needs"]), tuple(signature.get("one_of", ())), instead)


@cache
def _signatures() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((files(FOLDER) / SIGNATURES).read_text(encoding="utf-8"))
    return found
