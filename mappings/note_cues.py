"""What in a sentence is no theme: names, posts and venues, what is declined, and what is only remembered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from mappings.note_words import Sentence
from mappings.phrase_finder import Finder, Hit
from mappings.phrase_syntax import Compiler, split_list

CUES: Final = ("declines", "declined", "past", "affirms", "admin", "neutral", "title_heads")


class Cues:
    """The cues of phrases.yaml, compiled."""

    def __init__(self, shared: Mapping[str, str], compiler: Compiler) -> None:
        self._finder = Finder((phrase, cue) for cue in CUES for phrase in compiler.all(shared[cue]))
        self._switches, self._tails, self._departments = (
            frozenset(compiler.words.stem(word) for word in split_list(shared[name])) for name in ("switches", "title_tails", "departments")
        )

    def read(self, sentence: Sentence) -> "CuesFound":
        """The cues that stand in a sentence."""
        found: dict[str, list[Hit[str]]] = defaultdict(list)
        for hit in self._finder.find(sentence.stems):
            found[hit.key].append(hit)
        return CuesFound(self._covered(sentence.stems, found), self._barred(sentence.stems, found), len(found["admin"]))

    def _covered(self, stems: tuple[str, ...], found: Mapping[str, list[Hit[str]]]) -> set[int]:
        """Words that are a name, a post or a venue."""
        covered = _places(found["neutral"])
        for hit in found["title_heads"]:
            last = hit.last
            while last < len(stems) and stems[last] in self._departments:
                last += 1
            covered.update(range(hit.first, last))
        for at, word in enumerate(stems):
            first = at
            while word in self._tails and first > 0 and stems[first - 1] in self._departments:
                first -= 1
            covered.update(range(first, at + 1) if first < at else ())
        return covered

    def _barred(self, stems: tuple[str, ...], found: Mapping[str, list[Hit[str]]]) -> list[tuple[int, int]]:
        """Stretches that are declined or only remembered."""
        excused = _places(found["affirms"])
        before = [hit for hit in (*found["declines"], *found["past"]) if hit.first not in excused]
        after = [hit for hit in found["declined"] if hit.first not in excused]
        return [(hit.first, self._until(stems, hit.last)) for hit in before] + [(self._since(stems, hit.first), hit.last) for hit in after]

    def _until(self, stems: tuple[str, ...], at: int) -> int:
        return next((place for place in range(at, len(stems)) if stems[place] in self._switches), len(stems))

    def _since(self, stems: tuple[str, ...], at: int) -> int:
        return next((place for place in range(at - 1, -1, -1) if stems[place] in self._switches), 0)


class CuesFound:
    """Which words of a sentence earn nothing, and how much in it is correspondence."""

    def __init__(self, covered: set[int], barred: list[tuple[int, int]], admin: int) -> None:
        self.covered, self.barred, self.admin = covered, barred, admin

    def names(self, first: int, last: int) -> bool:
        """These words are all part of a name, a post or a venue."""
        return all(place in self.covered for place in range(first, last))

    def declines(self, first: int) -> bool:
        """What begins here is declined or only remembered."""
        return any(since <= first < until for since, until in self.barred)


def _places(hits: Iterable[Hit[str]]) -> set[int]:
    return {place for hit in hits for place in range(hit.first, hit.last)}
