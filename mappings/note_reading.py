"""A note read once for themes and for resources: its sentences, and what in them earns nothing."""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from mappings.note_names import Names
from mappings.note_refusals import Refusal, Refusals
from mappings.note_words import Sentence, Words, fold
from mappings.phrase_finder import Finder
from mappings.phrase_syntax import Compiler

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def shared() -> dict[str, Any]:
    """The content of phrases.yaml."""
    loaded: dict[str, Any] = yaml.load(files("mappings").joinpath("phrases.yaml").read_bytes(), Loader=_LOADER)
    return loaded


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence, the places of its words that are names, what it declines, and how much in it is correspondence."""

    sentence: Sentence
    names: frozenset[int]
    refusals: tuple[Refusal, ...]
    admin: int

    def is_name(self, first: int, last: int) -> bool:
        """These words are all part of a name, a post or a venue."""
        return bool(self.names) and all(place in self.names for place in range(first, last))


class Reader:
    """Reads texts with the cues of phrases.yaml."""

    def __init__(self) -> None:
        self.words = Words(fold(shared()["whole"]).replace(",", " ").split())
        compiler = self.compiler()
        self._names, self._refusals = Names(shared(), compiler), Refusals(shared(), compiler)
        self._admin = Finder((phrase, "admin") for phrase in compiler.all(shared()["admin"]))
        self._read = lru_cache(maxsize=256)(self._sentences)
        if compiler.wrong:
            raise ValueError("\n".join(compiler.wrong))

    def compiler(self) -> Compiler:
        """A compiler that knows the groups and the stems of phrases.yaml."""
        return Compiler(self.words, shared()["groups"])

    def read(self, text: str) -> tuple[Read, ...]:
        """The sentences of a text."""
        return self._read(text)

    def _sentences(self, text: str) -> tuple[Read, ...]:
        return tuple(self._one(sentence) for sentence in self.words.sentences(text) if sentence.stems)

    def _one(self, sentence: Sentence) -> Read:
        admin = sum(1 for _ in self._admin.find(sentence.stems))
        return Read(sentence, frozenset(self._names.covered(sentence)), tuple(self._refusals.read(sentence)), admin)


@cache
def reader() -> Reader:
    """The one reader, made when it is first needed."""
    return Reader()
