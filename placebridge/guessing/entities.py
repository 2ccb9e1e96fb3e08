"""Which of our entities a table's rows are: by its headers and what fills them, and by the name of the file or sheet."""

from dataclasses import dataclass

from mappings.vocabulary import FIELDS
from placebridge.guessing.columns import Column, Sheet
from placebridge.guessing.contents import is_salutations
from placebridge.guessing.dates import ENOUGH, dates_of
from placebridge.guessing.words import file_words, header_words, word_list

WEIGHTS: dict[str, dict[str, int]] = {
    "business": {
        "company_number": 3, "charity_number": 3, "employees": 2, "industry": 2, "sector": 2, "website": 2, "trading_name": 2,
        "name": 1, "postcode": 1, "town": 1, "parent": 1, "phone": 1,
    },
    "person": {"first_name": 3, "last_name": 3, "title": 2, "email": 1, "do_not_contact": 2, "business": 1, "left_on": 1, "phone": 1},
    "engagement": {"starts_at": 3, "kind": 2, "subject": 2, "notes": 1, "direction": 2, "business": 1, "participants": 1},
    "participant": {"engagement": 4, "person": 1, "took_part": 3},
}  # fmt: skip
"""How much a column of each field says for an entity."""
OWN_NAME = {
    "business": {"account name", "company name", "organisation name", "organization name", "business name", "trading as"},
    "person": {"full name", "contact name"},
}
SAYS_LITTLE = {
    ("engagement", "subject"): {"name", "title"},
    ("engagement", "participants"): {"name", "to", "contact", "contact id", "person"},
    ("engagement", "starts_at"): {"from", "created on", "created date", "when"},
    ("engagement", "notes"): {"description", "comments", "notes"},
    ("participant", "engagement"): {"number"},
}
"""Headers that tables of other entities have as well."""
FILE_NAME, LEAST, NOT_OURS = 4, 3, 2
ENTITIES = ("business", "person", "engagement", "participant")


@dataclass(frozen=True)
class Judged:
    """What a table is taken for; `entity` is empty where it is none of ours, and `why` says so then."""

    entity: str
    why: str = ""


def judge(sheet: Sheet) -> Judged:
    """Takes a table for the entity that most of its columns speak for."""
    if not sheet.columns:
        return Judged("", "it has no header")
    if not _known_headers(sheet):
        # Without a header line the first row is somebody's data: it is not shown.
        return Judged("", "none of its headers is known; is the header line missing?")
    named = _by_file_name(sheet.title)
    scores = {entity: _score(sheet, entity) + (FILE_NAME if entity == named else 0) for entity in ENTITIES}
    against = sum(NOT_OURS for column in sheet.columns if column.plain in word_list("not_ours"))
    best = max(ENTITIES, key=lambda entity: (scores[entity], entity == named))
    if named == "none" and scores[best] - against < 2 * FILE_NAME:
        return Judged("", "by its name it holds neither businesses nor people nor engagements")
    if scores[best] - against < LEAST:
        return Judged("", "its columns say neither business nor person nor engagement")
    return Judged(best)


def _known_headers(sheet: Sheet) -> bool:
    """Whether any header is one that exports use, and none looks like a mail address."""
    words = {word for entity in ENTITIES for field in (*FIELDS[entity], "id") for word in header_words(entity, field)}
    words |= set(_words("engagement", "participants"))
    known = any(column.plain in words or column.step in words for column in sheet.columns)
    return known and not any("@" in column.name for column in sheet.columns)


def _by_file_name(title: str) -> str:
    """The entity that the name speaks for; the word that stands last decides (`account contacts` are contacts)."""
    at = {
        (title.rfind(word) + len(word), len(word)): entity
        for entity, words in file_words().items()
        for word in words
        if f" {word}" in f" {title}"
    }
    return at[max(at)] if at else ""


def _score(sheet: Sheet, entity: str) -> int:
    total = 0
    for field, weight in WEIGHTS[entity].items():
        words = [word for word in _words(entity, field) if word not in SAYS_LITTLE.get((entity, field), ())]
        if any(_speaks(field, column) for column in sheet.columns if column.plain in words):
            total += weight
    if any(column.plain in OWN_NAME.get(entity, ()) for column in sheet.columns):
        total += 1
    return total


def _words(entity: str, field: str) -> tuple[str, ...]:
    if field == "participants":
        return tuple(word for ours in ("attended", "invited", "organised") for word in header_words("participants", ours))
    return header_words(entity, field)


def _speaks(field: str, column: Column) -> bool:
    """Whether the cells bear out what the header says; an empty column says little, but not the contrary."""
    if field == "starts_at":
        return not column.texts or dates_of(column).share >= ENOUGH
    return not (field == "title" and is_salutations(column))
