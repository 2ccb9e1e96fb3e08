"""Their words in ours: kinds, states, directions, yes and no. Only words that occur in the file get an entry."""

from dataclasses import dataclass

from mappings.vocabulary import words_of
from placebridge.guessing.columns import Column
from placebridge.guessing.words import our_word

HEADINGS = {
    ("business", "status"): "business status",
    ("business", "multi_site"): "yes or no",
    ("person", "status"): "person status",
    ("person", "do_not_contact"): "yes or no",
    ("engagement", "kind"): "kind",
    ("engagement", "direction"): "direction",
    ("engagement", "status"): "engagement status",
    ("participant", "took_part"): "took_part",
}
"""The fields that hold one of a few words, and where wording.yaml lists theirs."""
WORDS_AT_MOST, LETTERS_AT_MOST = 40, 40
LEAST_KNOWN = 0.3


@dataclass(frozen=True)
class Wording:
    """A column's words: those that need an entry, those that nobody has placed, and the share of rows whose word is known."""

    values: dict[str, str]
    unknown: tuple[str, ...]
    share: float
    too_many: bool = False
    """The cells are not words from a list; none of them is shown."""


def wording_of(entity: str, field: str, column: Column, private: frozenset[str] = frozenset()) -> Wording:
    """Places a column's words. Words that are somebody's name (`private`) or look like personal data are never shown."""
    heading = HEADINGS[(entity, field)]
    ours = words_of(entity, field) or ()
    first = {text.casefold(): text for text in reversed(column.texts)}
    placed = {text: our_word(heading, text) for text in first.values()}
    known = sum(placed[first[text.casefold()]] is not None for text in column.texts)
    share = known / len(column.texts) if column.texts else 0.0
    if len(first) > WORDS_AT_MOST or not all(_may_be_shown(text, private) for text in first.values()):
        return Wording({}, (), share, too_many=True)
    values = {text: word for text, word in sorted(placed.items()) if word and text.casefold() not in ours}
    unknown = tuple(text for text, word in sorted(placed.items()) if word is None)
    return Wording(values, unknown if share >= LEAST_KNOWN else (), share)


def _may_be_shown(text: str, private: frozenset[str]) -> bool:
    """A word, not a sentence, an address, a number or something with somebody's name in it."""
    said = text.casefold()
    digits = sum(letter.isdigit() for letter in text)
    return len(text) <= LETTERS_AT_MOST and "@" not in text and digits < 5 and not any(name in said for name in private)
