"""Phrases: a small language for words in notes, compiled once and found quickly.

A list is separated by commas. In a phrase, `(a|b c|)` is a choice (an empty one may be absent), `word*` any word that begins so, `@name`
one of a named group, `..` up to four words between, and ` + ` says that both sides stand in the same sentence, in any order. Case,
accents, apostrophes, hyphens and most endings do not matter.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

GAP = 4
_WORD = re.compile(r"[a-z0-9&£@]+\*?")
_PART = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*\)|\.\.|@[a-z_]+|[^\s()]+")
_ENDINGS = ("ings", "ing", "ers", "ies", "ied", "ed", "es", "s", "ly")


def fold(text: str) -> str:
    """Lower case without accents and apostrophes; hyphens and slashes are spaces."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    return re.sub(r"[-/_]", " ", re.sub(r"['’`]", "", plain))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without its ending, so that `recruiting` and `recruits` meet."""
    if word in _whole or len(word) < 4 or any(letter.isdigit() for letter in word):
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


_whole: set[str] = set()


def keep_whole(words: Iterable[str]) -> None:
    """Words that keep their ending, because their stem is a word about something else."""
    _whole.update(words)
    stem.cache_clear()


def _undoubled(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word


Seq = tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One place in a phrase: some sequences of stems of which one must stand there, and whether words may stand before."""

    choices: tuple[Seq, ...]
    gap: bool = False


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase: parts that must all stand in one sentence."""

    text: str
    parts: tuple[tuple[Step, ...], ...]


def split_list(text: str) -> list[str]:
    """The phrases of a list: commas inside brackets do not part them."""
    found, depth, start = [], 0, 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append(text[start:index])
            start = index + 1
    return [phrase.strip() for phrase in (*found, text[start:]) if phrase.strip()]


class Compiler:
    """Compiles phrases with named groups. `wrong` gathers what cannot be compiled."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        self.wrong: list[str] = []
        self.groups: dict[str, tuple[Seq, ...]] = {}
        for name, text in groups.items():
            self.groups[name] = tuple(sequence for phrase in split_list(text) for sequence in self._flat(phrase))

    def all(self, text: str) -> list[Phrase]:
        """Every phrase of a list."""
        return [phrase for said in split_list(text) if (phrase := self.one(said))]

    def one(self, said: str) -> Phrase | None:
        """One phrase, or None where it holds no word or a group that there is not."""
        parts = tuple(steps for side in said.split(" + ") if (steps := self._steps(side)))
        if not parts:
            self.wrong.append(f"'{said}' holds no word that could be found")
            return None
        return Phrase(said, parts)

    def _steps(self, side: str) -> tuple[Step, ...]:
        steps: list[Step] = []
        gap = False
        for part in _PART.findall(side.strip()):
            if part == "..":
                gap = True
                continue
            choices = self._choices(part)
            if choices:
                steps.append(Step(choices, gap))
                gap = False
        return tuple(steps)

    def _choices(self, part: str) -> tuple[Seq, ...]:
        if part.startswith("@") and part[1:].isidentifier():
            if part[1:] not in self.groups:
                self.wrong.append(f"there is no group '{part}'")
            return self.groups.get(part[1:], ())
        if part.startswith("("):
            return tuple(dict.fromkeys(sequence for choice in part[1:-1].split("|") for sequence in (self._words(choice) or [()])))
        return tuple(self._words(part))

    def _words(self, text: str) -> list[Seq]:
        words = tuple(word if word.endswith("*") else stem(word) for word in _WORD.findall(fold(text)))
        return [words] if words else []

    def _flat(self, phrase: str) -> list[Seq]:
        sequences: list[Seq] = [()]
        for step in self._steps(phrase):
            sequences = [before + choice for before in sequences for choice in step.choices]
        return [sequence for sequence in sequences if sequence]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a note: its stem and where it stands."""

    stem: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[Token, ...]:
    folded = fold(text)
    if len(folded) != len(text):  # an accent or apostrophe was dropped: places no longer fit, so the folded text is the evidence
        text = folded
    return tuple(Token(stem(hit.group()), hit.start(), hit.end()) for hit in re.finditer(r"[a-z0-9&£@]+", folded))


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text."""
    return _tokens(text)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a phrase was found: tokens from `first` up to, without, `last`."""

    phrase: Phrase
    first: int
    last: int


@dataclass
class Finder:
    """Finds many phrases in the words of one sentence, trying only those whose first word is there."""

    by_word: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    by_start: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    always: list[Phrase] = field(default_factory=list)

    @classmethod
    def of(cls, phrases: Iterable[Phrase]) -> "Finder":
        """A finder for these phrases."""
        finder = cls()
        for phrase in phrases:
            finder._add(phrase)
        return finder

    def _add(self, phrase: Phrase) -> None:
        firsts = {choice[0] if choice else "" for choice in phrase.parts[0][0].choices}
        if "" in firsts:
            self.always.append(phrase)
            return
        for first in firsts:
            if first.endswith("*"):
                self.by_start[first[:3].rstrip("*")].append(phrase)
            else:
                self.by_word[first].append(phrase)

    def find(self, words: Sequence[str]) -> Iterator[Hit]:
        """Every phrase that stands in a sentence, once for each place of its first part."""
        tried: dict[int, Phrase] = {id(phrase): phrase for phrase in self.always}
        for word in words:
            for phrase in (*self.by_word.get(word, ()), *self.by_start.get(word[:3], ()), *self.by_start.get(word[:2], ())):
                tried[id(phrase)] = phrase
        for phrase in tried.values():
            if all(_anywhere(part, words) for part in phrase.parts[1:]):
                yield from (Hit(phrase, first, last) for first, last in _places(phrase.parts[0], words))


def _anywhere(part: tuple[Step, ...], words: Sequence[str]) -> bool:
    return next(_places(part, words), None) is not None


def _places(part: tuple[Step, ...], words: Sequence[str]) -> Iterator[tuple[int, int]]:
    for first in range(len(words)):
        last = _match(part, 0, words, first)
        if last is not None and last > first:
            yield first, last


def _match(part: tuple[Step, ...], index: int, words: Sequence[str], at: int) -> int | None:
    if index == len(part):
        return at
    step = part[index]
    for start in range(at, min(at + GAP, len(words)) + 1) if step.gap else (at,):
        for choice in step.choices:
            if _stands(choice, words, start) and (end := _match(part, index + 1, words, start + len(choice))) is not None:
                return end
    return None


def _stands(choice: Seq, words: Sequence[str], at: int) -> bool:
    if at + len(choice) > len(words):
        return False
    return all(
        word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted for wanted, word in zip(choice, words[at:], strict=False)
    )
