"""What people decide about which records are one: join, split, keep apart, undo.

A decision is about records, so it holds whatever becomes of businesses and persons; it takes effect when the records are next joined
(`jobs.pipeline.refresh_if_free` does it at once). `entity` is business or person. A thing is a record by its number, or a business or
person by its id.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update

from jobs import merged_ids
from jobs.audit import note
from jobs.decisions.holding import DIFFERENT, HOLDS, SAME, Groups, Said, decision, said
from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import RULES, Business, BusinessRecord, Person, PersonRecord, Record

record = bulk.table_of(Record)
JOINED = {"business": bulk.table_of(BusinessRecord), "person": bulk.table_of(PersonRecord)}
HOLDER = {"business": JOINED["business"].c.business_id, "person": JOINED["person"].c.person_id}
MANY = {"business": "businesses", "person": "people"}
Thing = int | str
Pair = tuple[int, int]


def join(store: Database, entity: str, things: Sequence[Thing], who: str, now: datetime) -> int:
    """Says that these are one business or person, with every record that they have. Returns the decision's number. Raises Refused."""
    with store.connect() as connection:
        _one_at_a_time(connection)
        members = sorted({one for thing in things for one in records_of(connection, entity, thing)})
        if len(members) < 2:
            raise Refused("That is one record; say which others are the same.")
        return _decide(connection, entity, _star(members), [], who, now)


def split(store: Database, entity: str, records: Sequence[int], who: str, now: datetime) -> int:
    """Says that these records are one, and another than every other record that is joined with them. Returns the decision's number.
    Raises Refused, also where they are not all of one business or person, or are all that it has."""
    with store.connect() as connection:
        _one_at_a_time(connection)
        mine = sorted({one for found in records for one in records_of(connection, entity, found)})
        holders = _holders(connection, entity, mine)
        if len(set(holders.values())) != 1:
            raise Refused(f"These records are not all of one {entity}; split those of one at a time.")
        others = [one for one in records_of(connection, entity, next(iter(holders.values()))) if one not in mine]
        if not others:
            raise Refused(f"These are all the records of that {entity}, so there is nothing to split them from.")
        return _decide(connection, entity, _star(mine), list(product(mine, others)), who, now)


def keep_apart(store: Database, entity: str, left: Thing, right: Thing, who: str, now: datetime) -> int:
    """Says that two are different: no record of one is ever joined with one of the other. Returns the decision's number. Raises Refused."""
    with store.connect() as connection:
        _one_at_a_time(connection)
        sides = [records_of(connection, entity, thing) for thing in (left, right)]
        if set(sides[0]) & set(sides[1]):
            raise Refused(f"Those are one {entity} already; say which of its records are another.")
        return _decide(connection, entity, [], list(product(sides[0], sides[1])), who, now)


def undo(store: Database, act: int, who: str, now: datetime) -> None:
    """Takes a decision back, by its number; the rules say again what they say. Raises Refused where none of that number holds."""
    with store.connect() as connection:
        _one_at_a_time(connection)
        held = update(decision).where(decision.c.act == act, *HOLDS).values(undone_at=now, undone_by=who)
        if not connection.execute(held).rowcount:
            raise Refused(f"There is no decision {act} that holds; look in the list of decisions for its number.")
        note(connection, who, "links undo", str(act), now)


def records_of(connection: Connection, entity: str, thing: Thing) -> list[int]:
    """The live records that a thing stands for, in order. Raises Refused where there are none."""
    joined, holder = JOINED[entity], HOLDER[entity]
    if isinstance(thing, int):
        of_it = record.c.id == thing
    else:
        now = merged_ids.current(connection, Business if entity == "business" else Person, [thing]).get(thing)
        of_it = holder == now
    live = select(record.c.id).join(joined, joined.c.record_id == record.c.id)
    found = connection.scalars(live.where(of_it, record.c.entity == entity, record.c.deleted_on.is_(None)).order_by(record.c.id)).all()
    if not found:
        raise Refused(f"There is no {entity} '{thing}' with a record that a CRM holds now.")
    return list(found)


def _holders(connection: Connection, entity: str, records: Sequence[int]) -> dict[int, str]:
    joined, holder = JOINED[entity], HOLDER[entity]
    query = select(joined.c.record_id, holder).where(among(connection, joined.c.record_id, records))
    return {row[0]: row[1] for row in connection.execute(query)}


def _star(members: Sequence[int]) -> list[Pair]:
    """Pairs that together say that all are one."""
    return [(members[0], other) for other in members[1:]]


def _one_at_a_time(connection: Connection) -> None:
    """So that two people do not decide against each other at one moment. SQLite writes so anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('placebridge-links', 0))"))


def _decide(connection: Connection, entity: str, same: Iterable[Pair], different: Iterable[Pair], who: str, now: datetime) -> int:
    if who == RULES:
        raise Refused(f"'{RULES}' is what the rules are called; decide under a name of your own.")
    words = said(connection, entity)
    known = {(word.left, word.right): word for word in words}
    wanted = {_ordered(pair): True for pair in same} | {_ordered(pair): False for pair in different}
    _demand_agreement(words, wanted, entity)
    new = {pair: is_same for pair, is_same in wanted.items() if pair not in known}
    if not new:
        one = known[next(iter(wanted))]
        raise Refused(f"That is decided already: by {one.who}, decision {one.act}.")
    act = (connection.scalar(select(func.max(decision.c.act))) or 0) + 1
    for (left, right), is_same in sorted(new.items()):
        values: dict[str, Any] = {
            "entity": entity, "left_id": left, "right_id": right, "judgement": SAME if is_same else DIFFERENT, "score": float(is_same),
            "band": "sure", "evidence": [], "decided_by": who, "decided_at": now, "act": act,
        }  # fmt: skip
        connection.execute(insert(decision).values(**values))
    note(connection, who, "links split" if False in new.values() else "links join", str(act), now, _said_in_audit(entity, new))
    return act


def _said_in_audit(entity: str, pairs: Iterable[Pair]) -> str:
    ids = sorted({one for pair in pairs for one in pair})
    return f"{entity} records {' '.join(str(one) for one in ids)}"


def _demand_agreement(words: Sequence[Said], wanted: dict[Pair, bool], entity: str) -> None:
    """Raises Refused where what is wanted contradicts what people have said, step by step."""
    agreed = [(word.left, word.right) for word in words if word.same]
    groups = Groups([*agreed, *(pair for pair, same in wanted.items() if same)])
    for word in words:
        if not word.same and groups.of(word.left) == groups.of(word.right):
            raise Refused(f"{word.who} decided that two of these are different {MANY[entity]} (decision {word.act}); undo that first.")
    for left, right in (pair for pair, same in wanted.items() if not same):
        if groups.of(left) == groups.of(right):
            joins = {word.act: word.who for word in words if word.same and groups.of(word.left) == groups.of(left)}
            acts = " and ".join(f"decision {act} by {joins[act]}" for act in sorted(joins))
            raise Refused(f"People decided that these are one {entity} ({acts}); undo that first.")


def _ordered(pair: Pair) -> Pair:
    return pair if pair[0] < pair[1] else (pair[1], pair[0])
