"""What a sentence declines, or only remembers. A problem is no refusal: 'cannot recruit drivers', 'no bus service'."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from mappings.note_words import Sentence, Words
from mappings.phrase_finder import Hit
from mappings.phrase_syntax import split_list

CUES: Final = ("declines", "declined", "past", "affirms")
_PAUSE = re.compile(r"[,()]|\s[-–—]+\s")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Words from `first` up to, without, `last` are declined. One that is `bare` says no to what was said before it."""

    first: int
    last: int
    bare: bool


class Refusals:
    """The words for refusals in phrases.yaml."""

    def __init__(self, shared: Mapping[str, str], words: Words) -> None:
        self._switches = frozenset(words.stem(word) for word in split_list(shared["switches"]))
        self._resumes = frozenset(words.stem(word) for word in split_list(shared["resumes"]))

    def read(self, sentence: Sentence, cues: Iterable[Hit[str]]) -> list[Refusal]:
        """The refusals of a sentence; a double one ('not ruled out', 'never say no') is none."""
        hits = [hit for hit in cues if hit.key in CUES]
        excused = {place for hit in hits if hit.key == "affirms" for place in range(hit.first, hit.last)}
        objects = {hit.first: hit.last for hit in hits if hit.key == "declines"}
        found = []
        for hit in hits:
            if hit.key == "affirms" or hit.first in excused:
                continue
            if hit.key == "declined" and objects.get(hit.first, 0) > hit.last:
                continue  # 'not interested in publicity' says what it is about
            if hit.key == "declined":
                found.append(Refusal(self._since(sentence, hit.first), hit.last, True))
            else:
                found.append(Refusal(hit.first, self._until(sentence, hit.last), False))
        return found

    def _until(self, sentence: Sentence, at: int) -> int:
        """Where a refusal ends: at 'but', or where a new statement begins after a pause or 'and'."""
        stems = sentence.stems
        for place in range(at, len(stems)):
            paused = place > at and (stems[place - 1] == "and" or _PAUSE.search(sentence.between(place)))
            if stems[place] in self._switches or (paused and stems[place] in self._resumes):
                return place
        return len(stems)

    def _since(self, sentence: Sentence, at: int) -> int:
        return next((place for place in range(at - 1, -1, -1) if sentence.stems[place] in self._switches), 0)
