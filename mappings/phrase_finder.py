"""Finds many phrases in a sentence at once.

All runs of words of all phrases stand in one tree. A sentence is walked once: at each word the tree says which runs begin there, and most
words begin none. Phrases of one run are then found; a phrase of several is tried only when its rarest run is there.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mappings.note_words import MANY, NUMBER, is_number
from mappings.phrase_syntax import Phrase, Run

GAP = 4
Key = TypeVar("Key", bound=Hashable)
Places = list[tuple[int, int]]
Found = dict[int, Places]


@dataclass(slots=True)
class _Branch:
    """A place in the tree: which words go on, and which runs end here."""

    next: dict[str, "_Branch"] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hit(Generic[Key]):
    """Where a phrase was found: words from `first` up to, without, `last`; `key` is what it was given with."""

    key: Key
    first: int
    last: int


class Finder(Generic[Key]):
    """Finds phrases, each given with a key."""

    def __init__(self, phrases: Iterable[tuple[Phrase, Key]]) -> None:
        self._root = _Branch()
        self._runs: dict[Run, int] = {}
        self._sizes: list[int] = []
        self._plain: dict[int, list[Key]] = defaultdict(list)
        self._joined: dict[int, list[tuple[tuple[tuple[int, ...], ...], Key]]] = defaultdict(list)
        self._stems: set[str] = set()
        self._starts: dict[str, list[str]] = defaultdict(list)
        self._known: dict[str, tuple[str, ...]] = {}
        for phrase, key in phrases:
            self._add(phrase, key)

    def _add(self, phrase: Phrase, key: Key) -> None:
        parts = tuple(tuple(self._run(run) for run in part) for part in phrase.parts)
        if len(parts) == len(parts[0]) == 1:
            self._plain[parts[0][0]].append(key)
            return
        rarest = min((run for part in parts for run in part), key=self._sizes.__getitem__)
        self._joined[rarest].append((parts, key))

    def _run(self, run: Run) -> int:
        if run in self._runs:
            return self._runs[run]
        number = self._runs[run] = len(self._runs)
        self._sizes.append(len(run))
        for sequence in run:
            branch = self._root
            for word in sequence:
                self._learn(word)
                branch = branch.next.setdefault(word, _Branch())
            branch.ends.append(number)
        return number

    def _learn(self, word: str) -> None:
        if not word.endswith("*"):
            self._stems.add(word)
        elif (start := word[:-1]) not in self._starts[start[:2]]:
            self._starts[start[:2]].append(start)

    def _words(self, stem: str) -> tuple[str, ...]:
        """The words of phrases that a stem is: itself, and beginnings with `*`."""
        known = self._known.get(stem)
        if known is None:
            if len(self._known) > MANY:
                self._known.clear()
            starts = dict.fromkeys((*self._starts.get(stem[:2], ()), *self._starts.get(stem[:1], ())))
            begun = (f"{start}*" for start in starts if stem.startswith(start))
            plain = (stem,) if stem in self._stems else ()
            known = self._known[stem] = (*plain, *((NUMBER,) if is_number(stem) else ()), *begun)
        return known

    def find(self, stems: Sequence[str]) -> Iterator[Hit[Key]]:
        """Every phrase that stands in a sentence, once for each place of its first part."""
        found = self._walk([self._words(stem) for stem in stems])
        for run, places in found.items():
            for key in self._plain.get(run, ()):
                for first, last in dict(places).items():  # of two that begin alike, the longer, which stands later
                    yield Hit(key, first, last)
            for parts, key in self._joined.get(run, ()):
                if all(other in found for part in parts for other in part):
                    yield from self._joins(parts, found, key)

    def _walk(self, words: Sequence[tuple[str, ...]]) -> Found:
        found: Found = {}
        count = len(words)
        for first in range(count):
            branches, last = [self._root], first
            while branches and last < count and words[last]:
                branches = [after for branch in branches for word in words[last] if (after := branch.next.get(word))]
                last += 1
                for branch in branches:
                    for run in branch.ends:
                        found.setdefault(run, []).append((first, last))
        return found

    def _joins(self, parts: tuple[tuple[int, ...], ...], found: Found, key: Key) -> Iterator[Hit[Key]]:
        if all(next(_ends(part, found), None) for part in parts[1:]):
            for first, last in dict(reversed(list(_ends(parts[0], found)))).items():
                yield Hit(key, first, last)


def _ends(part: tuple[int, ...], found: Found) -> Iterator[tuple[int, int]]:
    """Where a part begins and ends, nearest first."""
    for first, last in found[part[0]]:
        for end in _reached(part[1:], last, found):
            yield first, end


def _reached(runs: tuple[int, ...], at: int, found: Found) -> Iterator[int]:
    if not runs:
        yield at
        return
    for first, last in found[runs[0]]:
        if at <= first <= at + GAP:
            yield from _reached(runs[1:], last, found)
