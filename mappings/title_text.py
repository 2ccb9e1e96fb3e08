"""A job title in plain words: folded, abbreviations written out, the commonest misspellings put right."""

import re
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

from mappings.names_text import fold

_INITIALS = re.compile(r"\b([a-z]) (?=[a-z]\b)")
SHORTEST_MISSPELT = 5
LONG = 8


def plain(text: object) -> str:
    """Lower case words without accents, dots and hyphens."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(str(text)).replace("'", "")))


def one_of(words: Iterable[object]) -> re.Pattern[str]:
    """Finds any of some words or phrases, the longest first; of none, nothing."""
    known = sorted({plain(word) for word in words} - {""}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, known)) or 'x^'})\b")


class TitleText:
    """Writes titles out by the `abbreviations`, `typos_of` and `not_typos` of leader_levels.yaml."""

    def __init__(self, abbreviations: Mapping[object, object], typos_of: Iterable[object], not_typos: Iterable[object]) -> None:
        self._long = {plain(short): plain(long) for short, long in abbreviations.items()}
        self._short = one_of(self._long)
        self._right = [plain(word) for word in typos_of]
        self._kept = {plain(word) for word in not_typos} | set(self._right)
        self._spelt: dict[str, str] = {}

    def written_out(self, title: str) -> str:
        """A title in plain words."""
        text = _INITIALS.sub(r"\1", plain(title))
        text = self._short.sub(lambda hit: self._long[hit.group()], text)
        return " ".join(self._put_right(word) for word in text.split())

    def _put_right(self, word: str) -> str:
        if word not in self._spelt:
            self._spelt[word] = self._nearest(word)
        return self._spelt[word]

    def _nearest(self, word: str) -> str:
        if len(word) < SHORTEST_MISSPELT or word in self._kept:
            return word
        return next((right for right in self._right if OSA.distance(word, right) <= (2 if len(right) >= LONG else 1)), word)
