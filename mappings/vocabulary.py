"""Placebridge's own words: the entities, their fields, and the words that a field may hold.

A field map has ours on the left and a CRM's on the right; this is the left side.
"""

from typing import Final

ENTITIES: Final = ("business", "person", "engagement", "participant")

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "business": (
        "name", "trading_name", "company_number", "charity_number", "postcode", "address", "town", "website", "email", "phone", "sector",
        "industry", "employees", "multi_site", "status", "parent", "place", "previous_names", "owner", "tags",
    ),
    "person": (
        "name", "first_name", "last_name", "title", "email", "phone", "business", "status", "joined_on", "left_on",
        "do_not_contact", "role",
    ),
    "engagement": (
        "kind", "direction", "subject", "notes", "starts_at", "status", "business", "person", "place", "owner", "theme",
    ),
    "participant": ("engagement", "person", "email", "name", "took_part"),
}  # fmt: skip

KINDS: Final = ("meeting", "call", "visit", "event", "email", "letter", "mailing", "note", "task", "other")

TOOK_PART: Final = ("organised", "attended", "absent", "declined", "invited")
"""Strongest first: when one person stands twice in one engagement, the first of these holds."""

WORDS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("business", "status"): ("active", "closed"),
    ("person", "status"): ("active", "left"),
    ("engagement", "kind"): KINDS,
    ("engagement", "direction"): ("inbound", "outbound"),
    ("engagement", "status"): ("done", "planned", "cancelled"),
    ("participant", "took_part"): TOOK_PART,
}
"""Fields that hold one of a few words; any other word leaves them empty (an engagement's kind becomes `other`)."""

YES_NO: Final = {("business", "multi_site"), ("person", "do_not_contact")}
YES_NO_WORDS: Final = {"yes": "true", "true": "true", "1": "true", "no": "false", "false": "false", "0": "false"}

INSTANTS: Final = {("engagement", "starts_at")}
DATES: Final = {("person", "joined_on"), ("person", "left_on")}

REFERENCES: Final = {
    ("business", "parent"): "business",
    ("person", "business"): "business",
    ("engagement", "business"): "business",
    ("engagement", "person"): "person",
    ("participant", "engagement"): "engagement",
    ("participant", "person"): "person",
}
"""Fields that point at another entity's rows, and at which."""

LISTS: Final = {("business", "tags"), ("business", "previous_names"), ("engagement", "theme")}
"""Fields of text that may hold several."""

MATCHES: Final[dict[str, tuple[str, ...]]] = {
    "business": ("id", "name", "email", "company_number"),
    "person": ("id", "name", "email"),
    "engagement": ("id",),
}
"""What a reference to each entity may be matched by."""


def words_of(entity: str, field: str) -> tuple[str, ...] | None:
    """The words that a field may hold, as a field map may write them; None for a field of free text."""
    if (entity, field) in YES_NO:
        return tuple(YES_NO_WORDS)
    return WORDS.get((entity, field))
