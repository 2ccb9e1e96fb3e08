"""Which rows of a CRM's new system are which of the old one's: for a connection whose system is replaced and whose ids may be others.

Pure functions over plain values. Only what is unique on both sides is matched, by the strongest evidence first; the rest is left.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.company_numbers import company_number
from mappings.contact_points import mail_address
from mappings.pointing import fold_name, full_name

Fields = Mapping[str, Any]
Key = Callable[[str, Fields], str]
"""A row's source_id and fields as what tells it apart, empty where it does not."""


@dataclass(frozen=True)
class Match:
    """A row of the old system and the one of the new that is the same."""

    old: str
    new: str
    by: str


def match(entity: str, old: Mapping[str, Fields], new: Mapping[str, Fields]) -> list[Match]:
    """Rows by source_id, of business, person or engagement. Those that no evidence tells, or that two fit, are in no match."""
    found: list[Match] = []
    left, right = dict(old), dict(new)
    for by, key in KEYS[entity]:
        pairs = list(_pairs(key, left, right))
        if by in IDS and not _agree(entity, pairs, left, right):
            continue
        found += [Match(one, other, by) for one, other in pairs]
        for one, other in pairs:
            del left[one], right[other]
    return found


def _agree(entity: str, pairs: Sequence[tuple[str, str]], left: Mapping[str, Fields], right: Mapping[str, Fields]) -> bool:
    """Whether equal ids mean the same rows: two systems may both have counted from 1. A few may have changed their names meanwhile."""
    same = sum(_shown(entity, left[one]) == _shown(entity, right[other]) for one, other in pairs)
    return 2 * same > len(pairs)


def _shown(entity: str, fields: Fields) -> str:
    return _text("starts_at", fields) if entity == "engagement" else _name(fields)


def _pairs(key: Key, left: Mapping[str, Fields], right: Mapping[str, Fields]) -> Iterator[tuple[str, str]]:
    here, there = _by(key, left), _by(key, right)
    for said, ids in here.items():
        others = there.get(said, ())
        if len(ids) == len(others) == 1:
            yield ids[0], others[0]


def _by(key: Key, rows: Mapping[str, Fields]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source_id, fields in rows.items():
        if said := key(source_id, fields):
            found.setdefault(said, []).append(source_id)
    return found


def _loose(source_id: str, fields: Fields) -> str:
    """Case, braces and eaten zeros aside; of Salesforce's 18 characters the last three only repeat the case of the others."""
    text = source_id.strip().strip("{}")
    return text[:15] if len(text) in {15, 18} and text.isalnum() else text.casefold().lstrip("0")


def _text(name: str, fields: Fields) -> str:
    return str(fields.get(name) or "")


def _all(*parts: str) -> str:
    """The parts as one key; empty where any is."""
    return "\x00".join(parts) if all(parts) else ""


def _name(fields: Fields) -> str:
    return fold_name(full_name(fields))

def _post(fields: Fields) -> str:
    return _text("postcode", fields).replace(" ", "").upper()


IDS = {"id", "id as it may be written"}
KEYS: Mapping[str, Sequence[tuple[str, Key]]] = {
    "business": (
        ("id", lambda source_id, fields: source_id),
        ("id as it may be written", _loose),
        ("company number and name", lambda _, fields: _all(company_number(_text("company_number", fields)) or "", _name(fields))),
        ("name and postcode", lambda _, fields: _all(_name(fields), _post(fields))),
        ("company number", lambda _, fields: company_number(_text("company_number", fields)) or ""),
        ("name", lambda _, fields: _name(fields)),
    ),
    "person": (
        ("id", lambda source_id, fields: source_id),
        ("id as it may be written", _loose),
        ("email and name", lambda _, fields: _all(mail_address(_text("email", fields)) or "", _name(fields))),
        ("name and title", lambda _, fields: _all(_name(fields), _text("title", fields).casefold())),
        ("name", lambda _, fields: _name(fields)),
    ),
    "engagement": (
        ("id", lambda source_id, fields: source_id),
        ("id as it may be written", _loose),
        ("kind, time and subject", lambda _, fields: _all(_text("kind", fields), _text("starts_at", fields), _text("subject", fields))),
        ("kind, time and notes", lambda _, fields: _all(_text("kind", fields), _text("starts_at", fields), _text("notes", fields))),
    ),
}
"""For each entity what tells a row apart, the strongest first. Participants have no ids that anything rests on."""
