"""One record of HubSpot's as the contract's row."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connector.contract import Row, Value
from connector.http.shape import WrongShape, field
from connector.hubspot.plan import ID_COLUMNS, LINKS, MERGED, Plan
from connector.plain import PLAIN

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
CELL = tuple(PLAIN)


def id_of(record: object) -> str:
    """The record's id. Raises WrongShape."""
    return str(field(record, "id", (str, int)))


def has_id(record: object) -> bool:
    """Whether the record has an id."""
    try:
        return bool(id_of(record))
    except WrongShape:
        return False


def row_of(plan: Plan, record: object, links: Mapping[str, Mapping[str, str]]) -> Row:
    """The cells of a record; `links` holds, for each associated type, the joined ids by record id. Raises WrongShape."""
    own = id_of(record)
    return tuple(_cell(column, record, own, links) for column in plan.columns)


def _cell(column: str, record: object, own: str, links: Mapping[str, Mapping[str, str]]) -> Value:
    if column in ID_COLUMNS:
        return own
    if column.startswith(LINKS):
        return links[column.removeprefix(LINKS)].get(own)
    return field(record, ("properties", column), CELL, default=None)


def losers_of(record: object) -> list[str]:
    """The ids of the records that were merged into this one, in the order that HubSpot gives them.

    `hs_merged_object_ids` is `12;34`; a contact's `hs_calculated_merged_vids` is `12:1719400000000;34:1719500000000`, each with the
    time of its merge in milliseconds. Raises WrongShape."""
    own = id_of(record)
    told = [field(record, ("properties", name), (str, type(None)), default=None) for name in MERGED]
    ids = [part.partition(":")[0].strip() for text in told for part in (str(text) if text else "").split(";")]
    return [one for one in dict.fromkeys(ids) if one.isdigit() and one != own]


def changed_at(record: object, stamp: str) -> int:
    """When the record was last changed, in milliseconds since 1970. Raises WrongShape."""
    text = field(record, ("properties", stamp), str)
    if re.fullmatch(r"\d{1,15}", text):
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WrongShape(f"properties.{stamp}", "is no time") from None
    return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - EPOCH) // MILLISECOND
