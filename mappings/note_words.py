"""The words of a note, folded and stemmed so that `Recruiting`, `recruits` and `recruit` meet, with their places in the text."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_&£@][\w&£@'’`\u0300-\u036f]*|[&£@][^\W_]*")
_KEPT = re.compile(r"[^a-z0-9&£@]")
_SENTENCE = re.compile(r"[.!?;:\n]+\s")
_VOWEL = re.compile(r"[aeiouy]")
_SHORT = re.compile(r"[^aeiou][aeiou][^aeiouwxy]")
MANY = 100_000
NUMBER = "#"
_NUMBERS = frozenset(re.findall(r"\w+", "two three four five six seven eight nine ten eleven twelve fifteen twenty fifty dozen"))


def is_number(stem: str) -> bool:
    """A number in digits or, where it is more than one, in a word."""
    return stem.isdigit() or stem in _NUMBERS


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

    def is_capital(self, place: int) -> bool:
        """The word begins with a capital."""
        return self.text[self.places[place][0]].isupper()

    def between(self, place: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.places[place - 1][1] : self.places[place][0]] if place else ""


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
        word = _singular(word)
        if word not in self._whole:
            word = _without_tense(word)
        return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _without_tense(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        left = word.removesuffix(ending)
        if left != word and len(left) >= 3 and _VOWEL.search(left) and not (ending == "ed" and left.endswith("e")):
            if left[-1] == left[-2] and left[-1] not in "ls":
                return left[:-1]
            return left + "e" if _SHORT.fullmatch(left) else left
    return word[:-2] if word.endswith("ally") and len(word) > 6 else word
