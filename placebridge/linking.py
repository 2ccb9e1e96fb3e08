"""`placebridge links`: what is asked about which records are one, and what people decide about it."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from jobs.decisions import asked as asking
from jobs.decisions import links
from jobs.decisions.asked import Decision, Edge, Side
from jobs.pipeline import refresh_if_free
from jobs.pulling import Options
from jobs.refused import Refused
from placebridge.faults import UserError
from placebridge.opening import Opened, opened, rules_of
from placebridge.output import counted, say, show
from placebridge.user import user
from store import bulk
from store.tables import Connection as ConnectionRow
from store.tables import Record

record, connections = bulk.table_of(Record), bulk.table_of(ConnectionRow)

ASKED = ("left", "left_name", "left_about", "left_id", "right", "right_name", "right_about", "right_id", "score", "evidence")
ASKED_SHOWN = ("score", "these two", "evidence")
DECIDED = ("decision", "entity", "judgement", "records", "decided_by", "decided_at", "undone_by", "undone_at")
DECIDED_SHOWN = ("decision", "judgement", "records", "by")
IS_ID = re.compile("[bp][a-z2-7]{10}")


def review(file: Path | None, people: bool, decided: bool, limit: int, form: str) -> None:
    """Prints the pairs of which the rules are not sure, or with `decided` what people decided."""
    entity = "person" if people else "business"
    with opened(file) as at, at.store.reading() as connection:
        if decided:
            _show_decided(asking.decisions(connection, entity, undone=True)[:limit], form)
            return
        found, every = asking.asked(connection, entity, limit), asking.how_many_asked(connection, entity)
    _show_asked(found, form)
    if form == "table" and found:
        say(
            f"{counted(every, 'pair')} to decide. `placebridge links join LEFT RIGHT` says that two are one, `placebridge links split LEFT"
            f" RIGHT` that they are not{'; --people with both, as records of people are asked about' if people else ''}."
        )


def join(file: Path | None, things: Sequence[str], people: bool) -> None:
    """Says that these are one business or person."""
    if len(things) < 2:
        raise UserError("say at least two: ids as `placebridge flags` shows them, or records as CONNECTION:ID")
    with opened(file, write=True) as at:
        entity = _entity(things, people)
        said = _things(at, entity, things)
        _decided(at, lambda now: f"decision {links.join(at.store, entity, said, user(), now)}")


def split(file: Path | None, things: Sequence[str], people: bool) -> None:
    """Says that records are another business than the rest of theirs, or that two businesses are not one; likewise of people."""
    with opened(file, write=True) as at:
        entity = _entity(things, people)
        said = _things(at, entity, things)
        _decided(at, lambda now: f"decision {_split(at, entity, said, now)}")


def _split(at: Opened, entity: str, said: Sequence[links.Thing], now: datetime) -> int:
    records = [thing for thing in said if isinstance(thing, int)]
    with at.store.reading() as connection:
        several = len({one.holder for one in asking.sides_of(connection, entity, records).values()}) > 1
    if len(records) == len(said) and not several:
        return links.split(at.store, entity, records, user(), now)
    if len(said) == 2:
        return links.keep_apart(at.store, entity, said[0], said[1], user(), now)
    raise UserError("name records of one business that are another (CONNECTION:ID), or two that are not to be joined")


def undo(file: Path | None, number: int) -> None:
    """Takes a decision back."""

    def work(now: datetime) -> str:
        links.undo(at.store, number, user(), now)
        return f"decision {number} undone"

    with opened(file, write=True) as at:
        _decided(at, work)


def _decided(at: Opened, work: Callable[[datetime], str]) -> None:
    rules = rules_of(at.config, at.store)
    try:
        said = work(datetime.now(UTC))
    except Refused as fault:
        raise UserError(str(fault)) from None
    if refresh_if_free(at.store, rules, Options(at.config.zone)):
        say(f"{said[:1].upper()}{said[1:]}; businesses, people and flags are up to date.")
    else:
        say(f"{said[:1].upper()}{said[1:]}. A sync or the worker is at work; the decision takes effect when that has ended, or with the next.")


def _entity(things: Sequence[str], people: bool) -> str:
    """Of which entity these are; ids tell by themselves."""
    kinds = {thing[0] for thing in things if IS_ID.fullmatch(thing)} | ({"p"} if people else set())
    if len(kinds) > 1:
        raise UserError("these are businesses and people; name things of one kind")
    return "person" if kinds == {"p"} else "business"


def _things(at: Opened, entity: str, things: Sequence[str]) -> list[links.Thing]:
    with at.store.reading() as connection:
        return [thing if IS_ID.fullmatch(thing) else _record(connection, entity, thing) for thing in things]


def _record(connection: Connection, entity: str, said: str) -> int:
    name, colon, source_id = said.partition(":")
    if not colon:
        raise UserError(f"'{said}' is neither an id (as in b2s3j4k5l6m) nor a record (CONNECTION:ID, as in council:A17)")
    query = (
        select(record.c.id)
        .join(connections, connections.c.id == record.c.connection_id)
        .where(connections.c.name == name.strip().lower(), record.c.entity == entity, record.c.source_id == source_id)
        .where(record.c.deleted_on.is_(None))
    )
    found = connection.scalar(query)
    if found is None:
        raise UserError(f"{name} holds no {entity} '{source_id}' now; `placebridge explain NAME` lists a business's records")
    return int(found)


def _ref(side: Side) -> str:
    return f"{side.connection}:{side.source_id}"


def _show_asked(edges: Sequence[Edge], form: str) -> None:
    rows: list[dict[str, Any]] = [
        {
            "left": _ref(edge.left), "left_name": edge.left.name, "left_about": edge.left.about, "left_id": edge.left.holder,
            "right": _ref(edge.right), "right_name": edge.right.name, "right_about": edge.right.about, "right_id": edge.right.holder,
            "score": f"{edge.score:.3f}", "evidence": "; ".join(edge.evidence),
            "these two": "\n".join(f"{side.name}{f', {side.about}' if side.about else ''}\n  {_ref(side)}" for side in (edge.left, edge.right)),
        }
        for edge in edges
    ]  # fmt: skip
    show(rows, ASKED_SHOWN if form == "table" else ASKED, form, "There is nothing to decide: the rules are sure of every pair.")


def _show_decided(found: Sequence[Decision], form: str) -> None:
    rows: list[dict[str, Any]] = [
        {
            "decision": one.act, "entity": one.entity, "judgement": "same" if one.same else "different",
            "records": " ".join(_ref(side) for side in one.records), "decided_by": one.who, "decided_at": one.at,
            "undone_by": one.undone_by, "undone_at": one.undone_at, "by": f"{one.who}{f', undone by {one.undone_by}' if one.undone_by else ''}",
        }
        for one in found
    ]  # fmt: skip
    show(rows, DECIDED_SHOWN if form == "table" else DECIDED, form, "Nobody has decided anything yet.")
