"""A note read once for themes and for resources: its sentences, and what in them earns nothing."""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import yaml

from mappings import note_names, note_refusals
from mappings.note_names import Names
from mappings.note_refusals import Refusal, Refusals
from mappings.note_words import Sentence, Words, fold
from mappings.phrase_finder import Finder
from mappings.phrase_syntax import Compiler

CORRESPONDENCE: Final = "admin"
CUES: Final = (CORRESPONDENCE, *note_names.CUES, *note_refusals.CUES)
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
        self._cues = Finder((phrase, cue) for cue in CUES for phrase in compiler.all(shared()[cue]))
        self._names, self._refusals = Names(shared(), self.words), Refusals(shared(), self.words)
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
        cues = list(self._cues.find(sentence.stems))
        names, refusals = self._names.covered(sentence, cues), self._refusals.read(sentence, cues)
        return Read(sentence, frozenset(names), tuple(refusals), sum(hit.key == CORRESPONDENCE for hit in cues))


@cache
def reader() -> Reader:
    """The one reader, made when it is first needed."""
    return Reader()
