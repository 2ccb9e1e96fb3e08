"""Participants that stand in a column of the engagement itself."""

from collections.abc import Callable

from mappings.cell_columns import Table, Take, joiner, pointer, texts, translator
from mappings.cells import Cell, as_text
from mappings.field_map_parts import Guests, Part
from mappings.vocabulary import TOOK_PART

Note = Callable[[int, str, str, str], None]
"""Told of a row, a field, a text in it, and what is wrong with that."""

Listed = list[object]
"""[match, text, split, word]: who is named and how, and with which of our words (empty where none is said)."""


class GuestReader:
    """Reads the lists of one `participants` block."""

    def __init__(self, guests: Guests, at: dict[str, int], note: Note) -> None:
        self._part, self._note = guests.part, note
        self._people: Take = pointer(guests.part, at)
        # A list of words is split before `values` mean anything.
        self._words: Take | None = joiner(guests.took_part, at) if guests.took_part else None
        self._translate = translator(guests.took_part or Part())

    def read(self, table: Table) -> list[list[Listed]]:
        """For each row those that it lists."""
        people = texts(self._people(table))
        words = texts(self._words(table)) if self._words else [""] * len(people)
        return [self._listed(row, who, said) if who else [] for row, (who, said) in enumerate(zip(people, words, strict=True))]

    def _listed(self, row: int, people: str, said: str) -> list[Listed]:
        """People and their word: one word for all, or, where the cell holds several, one for each in the same order."""
        part, split = self._part, self._part.split or ""
        if not split or split not in said or as_text(self._translate(said)).casefold() in TOOK_PART:
            return [[part.match, people, split, self._word(row, self._translate(said))]]
        names, words = people.split(split), said.split(split)
        while len(words) > len(names) and not words[-1].strip():
            words.pop()
        if len(names) != len(words):
            self._note(row, "took_part", said, "has not as many words as there are people beside it")
            return [[part.match, people, split, ""]]
        pairs = zip(names, words, strict=True)
        return [[part.match, name.strip(), "", self._word(row, self._translate(word))] for name, word in pairs if name.strip()]

    def _word(self, row: int, cell: Cell) -> str:
        text = as_text(cell)
        word = text.casefold()
        if word and word not in TOOK_PART:
            self._note(row, "took_part", text, "is none of our words and is taken for empty; `values` can map it")
            return ""
        return word
