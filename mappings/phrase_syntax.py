"""Phrases: a small language for words in notes; phrase_finder.py finds them, docs/themes.md describes it for the people who write them.

A list is separated by commas. In a phrase, `(a|b c|)` is a choice (an empty one may be absent), `word*` any word that begins so, `#` any
number, `@name` one of a named group, `..` up to four words between, and ` + ` says that both sides stand in the same sentence, in any
order. Case, accents, apostrophes, hyphens and most endings do not matter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from mappings.note_words import NUMBER, Words, fold

MOST_CHOICES = 3000
_WORD = re.compile(r"[a-z0-9&£@]+\*?|#")
_PART = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*\)|\.\.|@[a-z_]+|[^\s()]+")

Seq = tuple[str, ...]
Run = tuple[Seq, ...]
"""Sequences of stems, of which one stands unbroken; a stem that ends in `*` is any word that begins so."""


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase: parts that must all stand in one sentence, each of runs with up to four words between."""

    text: str
    parts: tuple[tuple[Run, ...], ...]


def split_list(text: str) -> list[str]:
    """The phrases of a list: commas inside brackets do not part them."""
    return [phrase.strip() for phrase in _split(text, ",") if phrase.strip()]


def _split(text: str, at: str) -> list[str]:
    """The parts of a text between signs that stand outside of brackets."""
    found, depth, start = [], 0, 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == at and depth == 0:
            found.append(text[start:index])
            start = index + 1
    return [*found, text[start:]]


class Compiler:
    """Compiles phrases with named groups. `wrong` gathers what cannot be compiled, and what to write instead."""

    def __init__(self, words: Words, groups: Mapping[str, str] | None = None) -> None:
        self.words = words
        self.wrong: list[str] = []
        self.groups: dict[str, Run] = {}
        for name, text in (groups or {}).items():
            self.groups[name] = tuple(sequence for said in split_list(text) for run in self._runs(said, said) for sequence in run)

    def all(self, text: str) -> list[Phrase]:
        """Every phrase of a list that can be compiled."""
        return [phrase for said in split_list(text) if (phrase := self.one(said))]

    def one(self, said: str) -> Phrase | None:
        """One phrase, or None where something is wrong with it."""
        before = len(self.wrong)
        if said.count("(") != said.count(")"):
            self.wrong.append(f"'{said}' has a bracket that is not closed; write a choice as `(one|two)`")
            return None
        if len(_split(said, "|")) > 1:
            self.wrong.append(f"'{said}' has `|` outside of brackets; write the choice as `(one|two)`")
            return None
        parts = tuple(self._runs(side, said) for side in said.split(" + "))
        if len(self.wrong) == before and not all(run for part in parts for run in part):
            self.wrong.append(f"'{said}' has a place that holds no word; write at least one word, and words on both sides of `..` and `+`")
        return Phrase(said, parts) if len(self.wrong) == before else None

    def _runs(self, side: str, said: str) -> tuple[Run, ...]:
        runs: list[list[Run]] = [[]]
        for part in _PART.findall(side.strip()):
            if part == "..":
                runs.append([])
            else:
                runs[-1].append(self._choices(part, said))
        return tuple(_reachable(self._joined(steps, said)) for steps in runs)

    def _joined(self, steps: list[Run], said: str) -> Run:
        sequences: Run = ((),)
        for choices in steps:
            if not choices:
                continue
            if len(sequences) * len(choices) > MOST_CHOICES:
                self.wrong.append(f"'{said}' stands for more than {MOST_CHOICES} phrases; write it as two with fewer choices")
                return ()
            sequences = tuple(before + choice for before in sequences for choice in choices)
        return sequences

    def _choices(self, part: str, said: str) -> Run:
        if part.startswith("@") and part[1:].isidentifier():
            return self._group(part[1:], said)
        if part.startswith("("):
            return tuple(dict.fromkeys(sequence for choice in _split(part[1:-1], "|") for sequence in self._choice(choice, said)))
        return tuple(self._sequence(part))

    def _choice(self, choice: str, said: str) -> Run:
        if " + " in choice or ".." in choice:
            self.wrong.append(f"'{said}' has `..` or ` + ` in brackets; write two phrases, one for each choice")
            return ()
        steps = [self._choices(part, said) for part in _PART.findall(choice)]
        return self._joined(steps, said)

    def _group(self, name: str, said: str) -> Run:
        if name not in self.groups:
            near = get_close_matches(name, self.groups, n=1)
            hint = f"did you mean '@{near[0]}'?" if near else f"there are {', '.join('@' + known for known in self.groups)}"
            self.wrong.append(f"'{said}' names a group '@{name}' that there is not; {hint}")
        return self.groups.get(name, ())

    def _sequence(self, text: str) -> list[Seq]:
        words = tuple(word if word.endswith("*") or word == NUMBER else self.words.stem(word) for word in _WORD.findall(fold(text)))
        return [words] if words else []


def _reachable(sequences: Run) -> Run:
    """Without empty ones, and without those of which an earlier one is the beginning: the earlier is found first."""
    kept: dict[Seq, None] = {}
    for sequence in sequences:
        if sequence and not any(sequence[:size] in kept for size in range(1, len(sequence) + 1)):
            kept[sequence] = None
    return tuple(kept)
