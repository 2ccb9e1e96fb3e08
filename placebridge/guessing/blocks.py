"""A table as a block of the field map: which column is which field, how it is read, and what is doubtful."""

from dataclasses import dataclass, field

from mappings.leader_levels import LeaderLevels
from mappings.pointing import Index
from mappings.vocabulary import DATES, FIELDS, INSTANTS, MATCHES, REFERENCES
from placebridge.guessing.columns import Column, Sheet
from placebridge.guessing.gaps import demanded, gaps
from placebridge.guessing.identity import identity_of
from placebridge.guessing.line import BlockGuess, Line
from placebridge.guessing.people_in import attendance, participant_lines
from placebridge.guessing.plain_fields import date_line, is_word_field, plain_line, word_line
from placebridge.guessing.references import POSSIBLE, SURE, Pointing, best_pointing, index_of
from placebridge.guessing.words import header_words, kind_of_table

LEADERS = {"top_leader", "senior_leader", "site_leader"}


@dataclass
class Town:
    """What the other tables of a connection hold, for references to be looked up in."""

    indexes: dict[str, Index] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    """Entities whose rows have no id but their name: they are pointed at by name."""
    private: frozenset[str] = frozenset()
    """Names of people and businesses, in lower case: never shown."""

    def matches(self, target: str) -> tuple[str, ...]:
        """By what a table can be pointed at."""
        return tuple(match for match in MATCHES[target] if match != "id" or target not in self.named)


@dataclass
class Draft:
    """A table under way: what is taken already."""

    sheet: Sheet
    entity: str
    lines: list[Line] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def add(self, line: Line | None) -> None:
        """Keeps a line; a column that stands in one is not used for another."""
        if line:
            self.lines.append(line)
            if not line.doubt:
                self.taken |= {column.name for column in line.columns}

    def standing(self) -> dict[str, Column]:
        """The first column of each line that is not commented out."""
        return {line.key: line.columns[0] for line in self.lines if line.columns and not line.doubt}


def basics_of(sheet: Sheet, entity: str) -> tuple[list[Column], dict[str, Column]]:
    """A table's id and the fields by which others point at it."""
    draft = Draft(sheet, entity)
    _reserve_id(draft)
    for name in ("first_name", "last_name", "name", "trading_name", "email", "company_number"):
        if name in FIELDS[entity]:
            draft.add(plain_line(entity, name, sheet, draft.taken))
    known = _with_fallback_name(entity, draft.standing())
    if entity == "engagement":
        known |= _engagement_basics(sheet)
    return identity_of(sheet, entity, known).columns, known


def rows_for_index(sheet: Sheet, entity: str, start: int) -> list[tuple[int, str, dict[str, object]]]:
    """A table's rows as references to it are looked up."""
    ids, known = basics_of(sheet, entity)
    return index_of(entity, sheet, ids, known, start)


def block_of(sheet: Sheet, entity: str, town: Town) -> BlockGuess:
    """Guesses one table."""
    draft = Draft(sheet, entity)
    _reserve_id(draft)
    guests: list[Line] = []
    if entity == "participant":
        _participant(draft, town)
    else:
        _fields(draft, town)
    if entity == "engagement":
        pointing = {column.name for line in draft.lines if line.key == "business" for column in line.columns}  # may name people as well
        guests = participant_lines(sheet, town.indexes.get("person"), town.matches("person"), draft.taken - pointing)
        _kind(draft)
    draft.lines += gaps(entity, draft.lines, guests)
    ids = identity_of(sheet, entity, _for_id(draft, guests)) if entity != "participant" else None
    changed = date_line(entity, "changed", sheet, draft.taken) if entity != "participant" else None
    block = BlockGuess(
        entity, sheet, sheet.source, ids.columns if ids else [], _in_order(entity, draft.lines), ids.remark if ids else "",
        changed if changed and not changed.doubt else None, participants=guests,
    )  # fmt: skip
    block.missing = demanded(block)
    used = {column.name for line in (*block.lines, *guests, *([block.changed] if block.changed else [])) for column in line.columns}
    used |= {column.name for column in block.ids}
    block.unused = [column for column in sheet.columns if column.name not in used]
    return block


def _reserve_id(draft: Draft) -> None:
    """A column that is this table's own id is no field and no reference."""
    own = identity_of(draft.sheet, draft.entity, {}).columns
    draft.taken |= {column.name for column in own}


def _fields(draft: Draft, town: Town) -> None:
    entity = draft.entity
    order = sorted(FIELDS[entity], key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    for name in order:
        key = (entity, name)
        if key in REFERENCES:
            if name != "person":
                draft.add(_reference(draft, name, town))
        elif key in INSTANTS or key in DATES:
            draft.add(date_line(entity, name, draft.sheet, draft.taken))
        elif is_word_field(entity, name):
            elsewhere = attendance(draft.sheet) if name == "status" and "person" in town.indexes else set()
            draft.add(word_line(entity, name, draft.sheet, draft.taken | elsewhere, town.private))
        elif not (name == "name" and _has_first_and_last(draft)):
            draft.add(plain_line(entity, name, draft.sheet, draft.taken))
    _name_fallback(draft)
    if entity == "person" and "title" not in draft.standing():
        _title_by_content(draft)


def _title_by_content(draft: Draft) -> None:
    """Where no header says job title, a column in which directors and owners stand is one."""
    levels = LeaderLevels.load()
    for column in draft.sheet.columns:
        if column.name not in draft.taken and column.share(levels.of(text).level in LEADERS for text in column.texts) >= POSSIBLE:
            draft.lines = [line for line in draft.lines if line.key != "title"]
            draft.add(Line("title", (column,), remark="by its cells: many are titles of leaders"))
            return


_ORDER = (
    "first_name",
    "last_name",
    "name",
    "kind",
    "starts_at",
    "business",
    "parent",
    "subject",
    "notes",
    "company_number",
    "email",
    "postcode",
)
"""Fields that choose their column first."""


def _has_first_and_last(draft: Draft) -> bool:
    return {"first_name", "last_name"} <= draft.standing().keys()


def _name_fallback(draft: Draft) -> None:
    """A business that has a trading name only goes by that."""
    if draft.entity == "business" and "name" not in draft.standing():
        for line in draft.lines:
            if line.key == "trading_name" and not line.doubt:
                draft.lines = [other for other in draft.lines if other.key != "name"]
                line.key = "name"
                return


def _with_fallback_name(entity: str, known: dict[str, Column]) -> dict[str, Column]:
    if entity == "business" and "name" not in known and "trading_name" in known:
        return known | {"name": known["trading_name"]}
    return known


def _engagement_basics(sheet: Sheet) -> dict[str, Column]:
    found = {}
    for name in ("starts_at", "subject", "business"):
        named = sheet.named(header_words("engagement", name))
        if named:
            found[name] = named[0][1]
    return found


def _reference(draft: Draft, name: str, town: Town) -> Line | None:
    """The column that points: by its header where its values bear that out, else any whose values do."""
    target = REFERENCES[(draft.entity, name)]
    index = town.indexes.get(target)
    named = [column for _, column in draft.sheet.named(header_words(draft.entity, name)) if column.name not in draft.taken]
    if index is None:
        return (
            Line(name, (named[0],), doubt=f"no table of {_plural(target)} is among the files, so it cannot be looked up") if named else None
        )
    own = _own_names(draft) if target == draft.entity else set()
    way = best_pointing([column for column in named if column.name not in own], index, town.matches(target))
    if way and way.share >= POSSIBLE:
        return _pointing_line(name, way, target)
    if name == "business":
        known = {column.name for column in named} | draft.taken
        others = [column for column in draft.sheet.columns if column.name not in known and column.distinct > 2]
        surprise = best_pointing(others, index, town.matches(target))
        if surprise and surprise.share >= SURE:
            return _pointing_line(name, surprise, target)
    if way:
        doubt = f"only {way.share:.0%} of its cells name one in the table of {_plural(target)}"
        return Line(name, (way.column,), way.options, doubt=doubt)
    filled = [column for column in named if column.texts]
    return Line(name, (filled[0],), doubt=f"nothing that it names is in the table of {_plural(target)}") if filled else None


def _own_names(draft: Draft) -> set[str]:
    """A table's own id and name find themselves; they are no reference."""
    standing = draft.standing()
    return draft.taken | ({standing["name"].name} if "name" in standing else set())


def _pointing_line(name: str, way: Pointing, target: str) -> Line:
    return Line(name, (way.column,), way.options, f"{way.share:.0%} of its cells name one in the table of {_plural(target)}{way.open_ones}")


def _plural(entity: str) -> str:
    return {"business": "businesses", "person": "people", "engagement": "engagements"}[entity]


def _participant(draft: Draft, town: Town) -> None:
    for name, target in (("engagement", "engagement"), ("person", "person")):
        index = town.indexes.get(target)
        named = [column for _, column in draft.sheet.named(header_words("participant", name)) if column.name not in draft.taken]
        way = (
            best_pointing(
                [column for column in named or draft.sheet.columns if column.name not in draft.taken], index, town.matches(target)
            )
            if index
            else None
        )
        if way and way.share >= POSSIBLE:
            draft.add(_pointing_line(name, way, target))
        elif named:
            draft.add(Line(name, (named[0],), doubt=f"what it names is not in the table of {_plural(target)}"))
    for name in ("email", "name"):
        draft.add(plain_line("participant", name, draft.sheet, draft.taken))
    draft.add(word_line("participant", "took_part", draft.sheet, draft.taken, town.private))


def _kind(draft: Draft) -> None:
    """Without a column of kinds, the name of the file or of its headers says what all rows are."""
    if "kind" in draft.standing():
        return
    kind = kind_of_table(draft.sheet.title)
    said = "by the name of the file"
    if not kind:
        kinds = {found for column in draft.sheet.columns if (found := kind_of_table(column.plain))}
        kind, said = (kinds.pop(), "by the headers") if len(kinds) == 1 else (None, "")
    draft.lines = [line for line in draft.lines if line.key != "kind" or line.columns]
    if kind:
        draft.lines = [line for line in draft.lines if line.key != "kind"]
        draft.lines.append(Line("kind", options={"value": kind}, remark=f"every row, {said}"))


def _for_id(draft: Draft, guests: list[Line]) -> dict[str, Column]:
    known = draft.standing()
    listed = [line.columns[0] for line in guests if not line.doubt]
    return known | ({"participants": listed[0]} if listed else {})


def _in_order(entity: str, lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (FIELDS[entity].index(line.key), bool(line.doubt)))
