"""The words of a note, folded and stemmed so that `Recruiting`, `recruits` and `recruit` meet, with their places in the text."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_&£@][\w&£@'’`\u0300-\u036f]*|[&£@][^\W_]*")
_KEPT = re.compile(r"[^a-z0-9&£@]")
_SENTENCE = re.compile(r"[.!?;:\n]+\s")
_ENDINGS = ("ings", "ing", "ers", "ies", "ied", "ed", "es", "s", "ly")
MANY = 100_000


def fold(text: str) -> str:
    """Lower case without accents and apostrophes; hyphens, slashes and underscores are spaces."""
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    return re.sub(r"[-/_]", " ", re.sub(r"['’`]", "", text.casefold()))


@dataclass(frozen=True, slots=True)
class Sentence:
    """The stems of a sentence, and where each word begins and ends in its text."""

    text: str
    stems: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def said(self, first: int, last: int) -> str:
        """The text from one word up to, without, another."""
        return self.text[self.places[first][0] : self.places[last - 1][1]]


class Words:
    """Stems words. `whole` are words that keep their ending, because their stem is a word about something else."""

    def __init__(self, whole: Iterable[str] = ()) -> None:
        self._whole = frozenset(whole)
        self._known: dict[str, str] = {}

    def stem(self, word: str) -> str:
        """The stem of a word as it stands in a text."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) > MANY:
                self._known.clear()
            known = self._known[word] = self._stem(_KEPT.sub("", fold(word)))
        return known

    def sentence(self, text: str) -> Sentence:
        """The words of a text that is one sentence."""
        stems, places = [], []
        for hit in _WORD.finditer(text):
            stem = self.stem(hit.group())
            if stem:
                stems.append(stem)
                places.append(hit.span())
        return Sentence(text, tuple(stems), tuple(places))

    def sentences(self, text: str) -> list[Sentence]:
        """The sentences of a text; a colon, a semicolon and a new line end one too."""
        return [self.sentence(part) for part in _SENTENCE.split(text) if part]

    def _stem(self, word: str) -> str:
        if word in self._whole or len(word) < 4 or any(letter.isdigit() for letter in word):
            return word
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                left = word[: -len(ending)]
                if ending in {"ies", "ied"}:
                    return left + "y"
                if ending == "s" and left.endswith("s"):
                    return word
                return _undoubled(left).rstrip("e") if len(left) > 3 else left
        return word.rstrip("e") if len(word) > 4 else word


def _undoubled(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word
