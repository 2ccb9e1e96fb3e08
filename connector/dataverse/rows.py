"""A page of the Web API's JSON as what it tells: rows, deletions, merges, and what cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as made
from operator import itemgetter
from typing import Any

from connector.contract import Merge, Row, Skipped, Value
from connector.dataverse.columns import ROLE, Column
from connector.dataverse.parties import role_of
from connector.dataverse.plan import MASTER, MERGED, Plan
from connector.http import Answer, field
from connector.plain import PLAIN, hold_only

DELETED = "$deletedEntity"
"""https://learn.microsoft.com/power-apps/developer/data-platform/use-change-tracking-synchronize-data-external-systems"""


class _Unreadable(Exception):
    """Why a row cannot be read; never holds a value."""


@dataclass
class Told:
    """What one answer tells."""

    rows: list[Row] = made(default_factory=list)
    deleted: list[str] = made(default_factory=list)
    merged: list[Merge] = made(default_factory=list)
    skipped: list[Skipped] = made(default_factory=list)


def told(plan: Plan, answer: Answer) -> Told:
    """Reads the answer to a request for rows. Raises WrongShape when it is no list of anything.

    A change and a deletion of one id in the same answer are a row that was deleted and put back: it could not be sent otherwise."""
    items = field(answer.data, "value", list, default=[]) if answer.data is not None else []
    reader = _RowReader(plan)
    rows = reader.at_once(items)
    if rows is not None:
        return Told(rows)
    found, there = Told(), set()
    for number, item in enumerate(items, 1):
        key = ""
        try:
            key = _key(plan, item)
            if _is_deletion(item):
                found.deleted.append(key)
                continue
            there.add(key)
            _take(found, plan, item, key, reader)
        except _Unreadable as fault:
            where = f"{plan.table.entity_set}({key})" if key else f"{plan.table.entity_set}, row {number} of a page"
            found.skipped.append(Skipped(where, str(fault), key if plan.told else ""))
    found.deleted = [key for key in found.deleted if key not in there]
    return found


def ids(plan: Plan, answer: Answer) -> list[str]:
    """The ids that an id sweep's answer names. Raises WrongShape: a sweep that loses an id would delete its row."""
    return [field(answer.data, ("value", number, plan.table.key), str) for number in range(len(field(answer.data, "value", list)))]


def _take(found: Told, plan: Plan, item: dict[str, object], key: str, reader: "_RowReader") -> None:
    master = item.get(MASTER)
    if plan.merges and _is_merged(item) and isinstance(master, str):
        found.merged += [Merge(key, master)] if plan.told else []
        return
    if plan.parties is None or plan.parties.want(item):
        found.rows.append(reader.row(item))


class _RowReader:
    """Reads rows: a page at once where nothing in it needs a closer look; a row at once where it holds what it should, which nearly all do;
    else cell by cell, which finds out what is wrong."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._names = [column.key for column in plan.columns]
        self._required = frozenset(column.key for column in plan.columns if column.key == column.selected)
        self._as_given = all(column.said != ROLE for column in plan.columns)
        whole = self._required.issuperset(self._names) and len(self._names) > 1
        self._whole = itemgetter(*self._names) if whole else None

    def at_once(self, items: Sequence[Any]) -> list[Row] | None:
        """The rows of a page, if it has nothing but rows, each under its id and with a cell in every column."""
        if self._whole is None or not self._as_given or self._plan.parties is not None:
            return None
        try:
            keys, rows = list(map(itemgetter(self._plan.table.key), items)), list(map(self._whole, items))
        except (KeyError, TypeError):
            return None
        if not all(keys) or not {str}.issuperset(map(type, keys)) or any(map(_is_deletion, items)):
            return None
        if self._plan.merges and any(map(_is_merged, items)):
            return None
        return rows if hold_only(rows) else None

    def row(self, item: dict[str, Any]) -> Row:
        """Raises _Unreadable."""
        row = self._taken(item) if self._as_given else None
        if row is not None and PLAIN.issuperset(map(type, row)):
            return row
        return tuple(_value(item, column) for column in self._plan.columns)

    def _taken(self, item: dict[str, Any]) -> Row | None:
        try:
            return self._whole(item) if self._whole else tuple(map(item.get, self._names)) if item.keys() >= self._required else None
        except KeyError:
            return None


def _key(plan: Plan, item: object) -> str:
    if not isinstance(item, dict):
        raise _Unreadable("it is no object; tell whoever runs Dataverse")
    key = item.get("id" if _is_deletion(item) else plan.table.key)
    if not isinstance(key, str) or not key:
        raise _Unreadable("it has no id; tell whoever runs Dataverse")
    return key


def _is_merged(item: dict[str, object]) -> bool:
    return item.get(MERGED) is True


def _is_deletion(item: dict[str, object]) -> bool:
    context = item.get("@odata.context")
    return isinstance(context, str) and context.endswith(DELETED)


def _value(item: dict[str, object], column: Column) -> Value:
    """An annotation is left out where there is nothing to say; a property never is: an empty one is null."""
    if column.key not in item and column.key == column.selected:
        raise _Unreadable(f"column {column.name} is missing in it; run again, and tell whoever runs Dataverse if it stays")
    value = item.get(column.key)
    if column.said == ROLE:
        return role_of(value)
    if value is not None and not isinstance(value, (str, int, float, bool)):
        raise _Unreadable(f"column {column.name} holds no single value; take it out of the field map")
    return value
