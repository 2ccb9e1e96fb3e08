"""Whether linking would come to the end that it came to before: nothing that it reads has changed, nor what it left behind.

Hours change notes, titles and staff far more often than names and phones, and to link all records anew is what costs most of a sync."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from jobs.link.records import BusinessRecord, PersonRecord
from mappings.link_points import LinkPoints
from mappings.names_text import lists
from store import bulk
from store.tables import RULES, LinkDecision, Stage

LINKING = 1
"""Goes up when linking comes to another end for the same records, so that after an upgrade it is done anew."""
decision, stage = bulk.table_of(LinkDecision), bulk.table_of(Stage)


def inputs(
    connection: Connection, points: LinkPoints, records: Iterable[BusinessRecord | PersonRecord], decisions: Iterable[tuple[Any, ...]]
) -> str:
    """All that linking reads, as one digest. `records` come in the order of their keys."""
    register = connection.scalar(select(stage.c.worked_from).where(stage.c.name == "register"))
    found = hashlib.blake2b(repr((LINKING, points, lists(), register, sorted(decisions))).encode(), digest_size=16)
    for record in records:
        found.update(orjson.dumps(record))
    return found.hexdigest()


def same_as_before(connection: Connection, entity: str, inputs: str, ids: Sequence[str | None]) -> bool:
    """Whether the last linking read the same and what it left stands. `ids`: what each live record is now, in the order of their keys."""
    held = connection.scalar(select(stage.c.worked_from).where(stage.c.name == _name(entity)))
    return held is not None and held == _worked_from(connection, entity, inputs, ids)


def remember(connection: Connection, entity: str, inputs: str, ids: Sequence[str | None]) -> None:
    """Notes what a linking read and what it left, once that is written."""
    row = {"name": _name(entity), "worked_from": _worked_from(connection, entity, inputs, ids)}
    bulk.replace(connection, Stage, [row], {"name": row["name"]})


def _worked_from(connection: Connection, entity: str, inputs: str, ids: Sequence[str | None]) -> dict[str, Any]:
    edges = select(func.count()).where(decision.c.entity == entity, decision.c.decided_by == RULES)
    left = hashlib.blake2b(orjson.dumps(ids), digest_size=16).hexdigest()
    return {"inputs": inputs, "left": left, "edges": connection.scalar(edges)}


def _name(entity: str) -> str:
    return f"link {entity}"
