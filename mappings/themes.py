"""Themes and resources of an engagement from its subject and notes, each with the words that earned it.

What is declined, only remembered, a name, a venue or chaser correspondence earns nothing; a problem does.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from mappings.note_cues import Cues
from mappings.note_words import Sentence, Words, fold
from mappings.phrase_finder import Finder
from mappings.phrase_syntax import Compiler, Phrase

WEIGHTS = {"strong": 3.0, "fair": 2.0, "weak": 1.0}
ENOUGH = 2.0
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Scores = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Found:
    """A theme or resource, and the words of the note that earned it."""

    id: str
    evidence: tuple[str, ...]


class _Lexicon:
    """Phrases with weights, by id; `version` changes when any does."""

    def __init__(self, entries: dict[str, dict[str, Any]]) -> None:
        shared = yaml.load(files("mappings").joinpath("phrases.yaml").read_bytes(), Loader=_LOADER)
        self.version = hashlib.blake2b(repr((entries, shared)).encode(), digest_size=8).hexdigest()
        self.ids = tuple(entries)
        self._entries = entries
        self._words = Words(fold(shared["whole"]).replace(",", " ").split())
        compiler = Compiler(self._words, shared["groups"])
        self._finder = Finder(self._phrases(compiler))
        self._cues = Cues(shared, compiler)
        if compiler.wrong:
            raise ValueError("\n".join(compiler.wrong))

    def _phrases(self, compiler: Compiler) -> Iterator[tuple[Phrase, tuple[str, float]]]:
        for found, entry in self._entries.items():
            for kind, weight in WEIGHTS.items():
                for phrase in compiler.all(entry.get(kind, "")):
                    yield phrase, (found, weight)

    def name(self, found: str) -> str:
        """The name of a theme or resource, as people say it."""
        return str(self._entries[found]["name"])

    def find(self, subject: str | None, notes: str | None) -> list[Found]:
        """What an engagement is about, in the order of the taxonomy. Never raises."""
        scores: Scores = defaultdict(dict)
        refused: set[str] = set()
        chaser = 0
        for text in (subject or "", notes or ""):
            for sentence in self._words.sentences(text):
                chaser += self._read(sentence, scores, refused)
        limit = ENOUGH + min(chaser, 2) * 1.5
        totals = {found: sum(sorted(words.values(), reverse=True)[:3]) for found, words in scores.items() if found not in refused}
        best = max(totals.values(), default=0.0)
        kept = [found for found, total in totals.items() if total >= limit and total >= best * 0.5]
        kept = sorted(kept, key=lambda found: -totals[found])[:3]
        return [Found(found, tuple(sorted(scores[found]))) for found in self.ids if found in kept]

    def _read(self, sentence: Sentence, scores: Scores, refused: set[str]) -> int:
        cues = self._cues.read(sentence)
        for hit in self._finder.find(sentence.stems):
            if cues.names(hit.first, hit.last):
                continue
            found, weight = hit.key
            if cues.declines(hit.first):
                refused.add(found) if weight > 1 else None
            else:
                text = sentence.said(hit.first, hit.last)
                scores[found][text] = max(weight, scores[found].get(text, 0.0))
        return cues.admin


def _loaded(which: str, extra: Path | None) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = yaml.load(files("mappings").joinpath(f"{which}.yaml").read_bytes(), Loader=_LOADER)[which]
    own = (yaml.load(extra.read_bytes(), Loader=_LOADER) or {}).get(which, {}) if extra else {}
    faults = [f"theme '{found}' needs a `name`" for found, entry in own.items() if found not in entries and "name" not in entry]
    if faults:
        raise ValueError("\n".join(faults))
    for found, entry in own.items():
        held = entries.setdefault(found, {})
        joined = {kind: f"{held[kind]}, {entry[kind]}" for kind in WEIGHTS if kind in entry and kind in held}
        entries[found] = held | entry | joined
    return entries


class Themes(_Lexicon):
    """The themes that ship, with a council's own over them."""

    @classmethod
    def load(cls, extra: Path | None = None) -> "Themes":
        """Raises ValueError with every fault of a council's file."""
        return cls(_loaded("themes", extra))

    def word(self, text: str) -> str | None:
        """The theme that a CRM's own word means."""
        said = fold(text).strip()
        for found, entry in self._entries.items():
            known = [found, entry["name"], *str(entry.get("words", "")).split(",")]
            if said in {fold(word).strip() for word in known}:
                return found
        return None


class Resources(_Lexicon):
    """What a business offers."""

    @classmethod
    def load(cls) -> "Resources":
        """The resources that ship."""
        return cls(_loaded("resources", None))
