"""Rows that are ours as they came, each value a cell already, as in nearly every answer: a page of them is looked at at once."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from connector.contract import Row

PLAIN: frozenset[type] = frozenset({str, int, float, bool, type(None)})
"""The types of a cell."""


def hold_only(rows: Sequence[tuple[Any, ...]], types: frozenset[type] = PLAIN) -> bool:
    """Whether every value in the rows is of one of these types."""
    if str in types and _all_texts(rows):
        return True
    return types.issuperset(map(type, chain.from_iterable(rows)))


def _all_texts(rows: Sequence[Row]) -> bool:
    try:
        "".join(chain.from_iterable(rows))  # type: ignore[arg-type] # the quickest way to see it
    except TypeError:
        return False
    return True
