"""Search that forgives typing: accents, case, punctuation and the order of words aside; beginnings of words; and, where that finds
nothing, one slip in a word of four letters, two in one of eight."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mappings.names_text import fold

LITTLE = {"ltd", "limited", "plc", "llp", "cic", "the", "and", "of"}
"""Words that a search passes over, unless there is no other."""
LONGEST = 200
"""Characters of a search that are looked at."""
MOST_WORDS = 8


class Words:
    """Which texts have which words. A text is known by a number from 0 on."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._with: dict[str, array[int]] = {}
        self._sorted: list[str] = []
        self._letters: list[str] = []
        """Those of them without a digit: in a number no slip is allowed."""
        self._rewritten: set[int] = set()
        """Of these the lists may say words that their text has no longer."""

    def put(self, number: int, words: str) -> None:
        """Sets or replaces a text's words, as `words_of` gives them."""
        while len(self._texts) <= number:
            self._texts.append("")
        old = self._texts[number]
        if words == old:
            return
        self._texts[number] = words
        new = set(words.split())
        if old:
            self._rewritten.add(number)
            new -= set(old.split())
        for word in new:
            if word in self._with:
                self._with[word].append(number)
            else:
                self._with[word] = array("I", (number,))

    def settle(self) -> None:
        """Puts the words in order, after many were put in."""
        if len(self._sorted) != len(self._with):
            self._sorted = sorted(self._with)
            self._letters = [word for word in self._sorted if word.isalpha()]

    def find(self, text: str) -> set[int] | None:
        """The texts that have every word of a search; None where it says nothing to look for."""
        words = list(dict.fromkeys(fold(text[:LONGEST]).split()))[:MOST_WORDS]
        words = [word for word in words if word not in LITTLE] or words
        if not words:
            return None
        self.settle()
        return self._all([self._beginning(word) for word in words]) or self._run_together(words) or self._all(self._slips(words))

    def _run_together(self, words: list[str]) -> set[int]:
        """`Bright Gears` finds Brightgears."""
        return self._all([self._beginning("".join(words))]) if len(words) > 1 else set()

    def _beginning(self, word: str) -> list[str]:
        start = bisect_left(self._sorted, word)
        return self._sorted[start : bisect_left(self._sorted, f"{word}\uffff", start)]

    def _slips(self, words: list[str]) -> Iterator[list[str]]:
        for word in words:
            found = self._beginning(word)
            if cutoff := _allowed(word):
                close = process.extract(word, self._letters, scorer=OSA.distance, score_cutoff=cutoff, limit=None)
                found = list({*found, *(match for match, _, _ in close)})
            yield found

    def _all(self, choices: Iterable[list[str]]) -> set[int]:
        """The texts that have a word of each choice."""
        found: set[int] | None = None
        for choice in choices:
            these: set[int] = set()
            for word in choice:
                these.update(self._with[word])
            for number in these & self._rewritten:
                if not any(word in choice for word in self._texts[number].split()):
                    these.discard(number)
            found = these if found is None else found & these
            if not found:
                return set()
        return found or set()


def words_of(text: str) -> str:
    """The words of each part of a text (parts stand between bars), folded, and those beside each other as one word; each once."""
    return " ".join(dict.fromkeys(_with_pairs(text)))


def _with_pairs(text: str) -> Iterator[str]:
    for part in text.split("|"):
        words = fold(part).split()
        yield from words
        yield from (first + second for first, second in pairwise(words) if second not in LITTLE)


def _allowed(word: str) -> int:
    """How many slips a word may have; none where it is short or holds a digit, as company numbers do."""
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return 0
    return 1 if len(word) < 8 else 2
