"""What people are asked, what they have decided, and how the records of one business or person are held together: to be shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from jobs.decisions.holding import BY_PEOPLE, HOLDS, SAME, Groups, decision, said
from jobs.decisions.links import HOLDER, JOINED
from mappings.pointing import full_name
from store import bulk
from store.queries import among
from store.tables import RULES, Business, Post, Record
from store.tables import Connection as ConnectionRow

record, connections, business, post = (bulk.table_of(model) for model in (Record, ConnectionRow, Business, Post))


@dataclass(frozen=True)
class Side:
    """A record as it is shown."""

    record_id: int
    connection: str
    source_id: str
    holder: str
    """The id of the business or person that it is."""
    name: str
    about: str
    """A business's address, a person's title and business: what tells it from another of the name."""
    method: str
    score: float
    band: str
    company_number: str | None = None


@dataclass(frozen=True)
class Edge:
    """What is held of two records: `judgement` is same, different or unsure."""

    left: Side
    right: Side
    judgement: str
    score: float
    """How likely they are one, from 0 to 1."""
    band: str
    evidence: tuple[str, ...]
    """What spoke for it and against it, the heaviest first; empty where a person decided."""
    who: str | None = None
    """The person who decided it; None: the rules."""
    at: datetime | None = None
    act: int | None = None
    """The decision's number, by which it is undone."""


@dataclass(frozen=True)
class Decision:
    """What a person decided at one time."""

    act: int
    entity: str
    same: bool
    """Whether it joins; else it keeps some of the records apart."""
    records: tuple[Side, ...]
    who: str
    at: datetime | None
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """The live records of one business or person, and what is held of each two of them. Beside that, what people keep apart from it."""

    records: tuple[Side, ...]
    edges: tuple[Edge, ...]


def asked(connection: Connection, entity: str, limit: int | None = None, skip: int = 0) -> list[Edge]:
    """Pairs of which the rules are not sure and nobody has decided, one for each two businesses or people, the likeliest first."""
    return _asked(connection, entity, list(islice(_open_pairs(connection, entity), skip, None if limit is None else skip + limit)))


def asked_page(connection: Connection, entity: str, limit: int, skip: int) -> tuple[list[Edge], int]:
    """So many of `asked`, and how many there are, in one go."""
    numbers = list(_open_pairs(connection, entity))
    return _asked(connection, entity, numbers[skip : skip + limit]), len(numbers)


def _asked(connection: Connection, entity: str, numbers: Sequence[int]) -> list[Edge]:
    rows = {row.id: row for row in connection.execute(select(decision).where(among(connection, decision.c.id, numbers)))}
    sides = sides_of(connection, entity, [end for row in rows.values() for end in (row.left_id, row.right_id)])
    return [_edge(rows[number], sides) for number in numbers]


def how_many_asked(connection: Connection, entity: str) -> int:
    """How many `asked` would give without a limit."""
    return sum(1 for _ in _open_pairs(connection, entity))


def _open_pairs(connection: Connection, entity: str) -> Iterator[int]:
    """The numbers of what the rules said of them."""
    left, right = JOINED[entity].alias(), JOINED[entity].alias()
    column = HOLDER[entity].name
    gone = select(record.c.id).where(record.c.entity == entity, record.c.deleted_on.is_not(None))
    query = (
        select(decision.c.id, decision.c.left_id, decision.c.right_id, left.c[column].label("one"), right.c[column].label("other"))
        .join(left, left.c.record_id == decision.c.left_id)
        .join(right, right.c.record_id == decision.c.right_id)
        .where(decision.c.entity == entity, decision.c.decided_by == RULES, decision.c.judgement == "unsure")
        .where(left.c[column] != right.c[column], decision.c.left_id.not_in(gone), decision.c.right_id.not_in(gone))
        .order_by(decision.c.score.desc(), decision.c.left_id, decision.c.right_id)
    )
    words = said(connection, entity)
    groups = Groups((word.left, word.right) for word in words if word.same)
    holders = _holders(connection, entity, {end for word in words for end in (word.left, word.right)})
    shown = {_both(holders.get(word.left), holders.get(word.right)) for word in words if not word.same}
    shown |= {_both(groups.of(word.left), groups.of(word.right)) for word in words if not word.same}
    for row in connection.execute(query):
        ends = groups.of(row.left_id), groups.of(row.right_id)
        if ends[0] != ends[1] and not shown & {_both(*ends), _both(row.one, row.other)}:
            shown.add(_both(row.one, row.other))
            yield row.id


def _both(one: object, other: object) -> frozenset[object]:
    return frozenset((one, other))


def _holders(connection: Connection, entity: str, records: Iterable[int]) -> dict[int, str]:
    joined, holder = JOINED[entity], HOLDER[entity]
    query = select(joined.c.record_id, holder).where(among(connection, joined.c.record_id, sorted(records)))
    return {row[0]: row[1] for row in connection.execute(query)}


def evidence(connection: Connection, entity: str, holder_id: str) -> Evidence:
    """Why the records of one business or person are held to be one, and what people said of them. Empty for an id that has no record."""
    mine = select(JOINED[entity].c.record_id).where(HOLDER[entity] == holder_id)
    ids = list(connection.scalars(mine.join(record, record.c.id == JOINED[entity].c.record_id).where(record.c.deleted_on.is_(None))))
    ends = [among(connection, column, ids) for column in (decision.c.left_id, decision.c.right_id)]
    within = (decision.c.decided_by == RULES, ends[0], ends[1])
    by_rules = select(decision).where(decision.c.entity == entity, *within)
    by_people = select(decision).where(decision.c.entity == entity, *HOLDS, or_(*ends))
    rows = [*connection.execute(by_people.order_by(decision.c.act, decision.c.id)), *connection.execute(by_rules.order_by(decision.c.id))]
    sides = sides_of(connection, entity, [*ids, *(end for row in rows for end in (row.left_id, row.right_id))])
    return Evidence(tuple(sides[one] for one in ids if one in sides), tuple(_edge(row, sides) for row in rows))


def decisions(connection: Connection, entity: str, undone: bool = False, limit: int | None = None, skip: int = 0) -> list[Decision]:
    """What people decided, the newest first; those that were undone too, where that is asked for."""
    of_kind = (decision.c.entity == entity, *((BY_PEOPLE,) if undone else HOLDS))
    acts = select(decision.c.act).where(*of_kind).distinct().order_by(decision.c.act.desc()).limit(limit).offset(skip or None)
    return _decisions(connection, entity, connection.scalars(acts).all(), of_kind)


def how_many_decisions(connection: Connection, entity: str) -> int:
    """How many `decisions` would give without a limit, those that were undone too."""
    query = select(func.count(decision.c.act.distinct())).where(decision.c.entity == entity, BY_PEOPLE)
    return int(connection.scalar(query) or 0)


def decisions_about(connection: Connection, entity: str, holder_id: str) -> list[Decision]:
    """What people decided about the records that a business or person has now, those that were undone too, the newest first."""
    mine = list(connection.scalars(select(JOINED[entity].c.record_id).where(HOLDER[entity] == holder_id)))
    ends = [among(connection, column, mine) for column in (decision.c.left_id, decision.c.right_id)]
    of_kind = (decision.c.entity == entity, BY_PEOPLE)
    acts = select(decision.c.act).where(*of_kind, or_(*ends)).distinct().order_by(decision.c.act.desc())
    return _decisions(connection, entity, connection.scalars(acts).all(), of_kind)


def _decisions(connection: Connection, entity: str, acts: Sequence[int | None], of_kind: Sequence[ColumnElement[bool]]) -> list[Decision]:
    found: dict[int, list[Any]] = {}
    query = select(decision).where(*of_kind, among(connection, decision.c.act, list(acts)))
    for row in connection.execute(query.order_by(decision.c.act.desc(), decision.c.id)):
        found.setdefault(row.act, []).append(row)
    sides = sides_of(connection, entity, [end for rows in found.values() for row in rows for end in (row.left_id, row.right_id)])
    return [_decision(entity, rows, sides) for rows in found.values()]


def _decision(entity: str, rows: Sequence[Any], sides: dict[int, Side]) -> Decision:
    first, ids = rows[0], dict.fromkeys(end for row in rows for end in (row.left_id, row.right_id))
    same = all(row.judgement == SAME for row in rows)
    records = tuple(sides[one] for one in ids if one in sides)
    return Decision(first.act, entity, same, records, first.decided_by, first.decided_at, first.undone_by, first.undone_at)


def _edge(row: Any, sides: dict[int, Side]) -> Edge:
    who = None if row.decided_by == RULES else row.decided_by
    ends = sides[row.left_id], sides[row.right_id]
    return Edge(*ends, row.judgement, row.score, row.band, tuple(row.evidence), who, row.decided_at, row.act)


def sides_of(connection: Connection, entity: str, records: Iterable[int]) -> dict[int, Side]:
    """These records as they are shown, by their numbers."""
    joined, ids = JOINED[entity], sorted(set(records))
    query = (
        select(record.c.id, connections.c.name, record.c.source_id, record.c.fields, joined)
        .join(connections, connections.c.id == record.c.connection_id)
        .join(joined, joined.c.record_id == record.c.id)
        .where(among(connection, record.c.id, ids))
    )
    at = businesses_of(connection, ids) if entity == "person" else {}
    return {row.id: _side(row, entity, at.get(row.id, "")) for row in connection.execute(query)}


def _side(row: Any, entity: str, at: str) -> Side:
    fields = row.fields
    if entity == "person":
        name, about, number, holder = (
            full_name(fields),
            [str(fields.get("title", "")), at, str(fields.get("email", ""))],
            None,
            row.person_id,
        )
    else:
        said_of_it = [str(fields.get(part, "")) for part in ("address", "town", "postcode", "website")]
        name, about, number, holder = str(fields.get("name", "")), said_of_it, row.company_number, row.business_id
    told = ", ".join(part for part in about if part)
    return Side(row.id, row.name, row.source_id, holder, name, told, row.method, row.score, row.band, number)


def businesses_of(connection: Connection, records: Sequence[int]) -> dict[int, str]:
    """The name of the business at which each of these person records stands now."""
    joined = JOINED["business"]
    query = (
        select(post.c.person_record_id, business.c.name)
        .join(joined, joined.c.record_id == post.c.business_record_id)
        .join(business, business.c.id == joined.c.business_id)
        .where(post.c.until.is_(None), among(connection, post.c.person_record_id, records))
        .order_by(post.c.person_record_id, business.c.name)
    )
    found: dict[int, str] = {}
    for record_id, name in connection.execute(query):
        found.setdefault(record_id, name)
    return found
