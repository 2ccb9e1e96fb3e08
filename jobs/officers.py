"""Officers by company, from what Companies House answered: so that companies which share one are found without reading every answer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, select

from jobs.facts import COMPANIES
from mappings.companies import Company, Officer
from store import bulk
from store.queries import among
from store.tables import LookupAnswer, RegisterOfficer

officer, answer = bulk.table_of(RegisterOfficer), bulk.table_of(LookupAnswer)


def keep(connection: Connection, answers: Mapping[str, Any]) -> None:
    """Writes the officers of these companies, by their numbers; of one without an answer none is kept."""
    connection.execute(delete(officer).where(among(connection, officer.c.number, list(answers))))
    rows = {(number, one.id): (number, one.id, one.name, one.resigned_on) for number, facts in answers.items() for one in _named(facts)}
    bulk.insert(connection, RegisterOfficer, ("number", "officer", "name", "resigned_on"), list(rows.values()))


def fill(connection: Connection) -> None:
    """Writes the officers of every answer, where answers are older than this table."""
    if connection.execute(select(officer.c.number).limit(1)).first() is not None:
        return
    for part in connection.execute(select(answer.c.key, answer.c.facts).where(answer.c.name == COMPANIES)).partitions(bulk.CHUNK):
        keep(connection, {row.key: row.facts for row in part})


def keep_only_answered(connection: Connection) -> None:
    """Forgets the officers of companies without an answer."""
    connection.execute(delete(officer).where(officer.c.number.not_in(select(answer.c.key).where(answer.c.name == COMPANIES))))


def _named(facts: Any) -> list[Officer]:
    """Those whom the register knows by an id. Of several posts at one company the one that lasts longest tells."""
    if facts is None:
        return []
    return sorted((one for one in Company.of(facts, date.min).officers if one.id), key=lambda one: one.resigned_on or date.max)
