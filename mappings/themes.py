"""Themes and resources of an engagement from its subject and notes, each with the words that earned it.

What is declined, only remembered, a name, a venue or chaser correspondence earns nothing; a problem does.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mappings.note_reading import Read, reader, shared
from mappings.note_words import fold
from mappings.own_text import OwnFile
from mappings.phrase_finder import Finder
from mappings.phrase_syntax import Compiler, Phrase
from mappings.theme_scores import IN_CORRESPONDENCE, WEIGHTS, Scores
from mappings.themes_file import entries


@dataclass(frozen=True)
class Found:
    """A theme or resource, and the words of the note that earned it."""

    id: str
    evidence: tuple[str, ...]


class _Lexicon:
    """Phrases with weights, by id; `version` changes when any does."""

    def __init__(self, held: dict[str, dict[str, Any]]) -> None:
        self.version = hashlib.blake2b(repr((held, shared())).encode(), digest_size=8).hexdigest()
        self.ids = tuple(held)
        self._entries = held
        compiler = reader().compiler()
        self._finder = Finder(self._phrases(compiler))
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
        scores = Scores()
        for text in (subject or "", notes or ""):
            for read in reader().read(text):
                self._add(read, scores)
            scores.end_of_text()
        kept = scores.best()
        return [Found(found, kept[found]) for found in self.ids if found in kept]

    def _add(self, read: Read, scores: Scores) -> None:
        scores.admin += read.admin
        hits = [hit for hit in self._finder.find(read.sentence.stems) if not read.is_name(hit.first, hit.last)]
        for refusal in read.refusals:
            of_its_own = {hit.key[0] for hit in hits if refusal.first <= hit.first < refusal.last and hit.key[1] > 1}
            scores.refuse(of_its_own, all_before=refusal.bare and not of_its_own)
        for hit in hits:
            if not any(refusal.first <= hit.first < refusal.last for refusal in read.refusals):
                scores.add(hit.key[0], hit.key[1] * (IN_CORRESPONDENCE if read.admin else 1), read.sentence.said(hit.first, hit.last))


class Themes(_Lexicon):
    """The themes that ship, with a council's own over them."""

    @classmethod
    def load(cls, extra: OwnFile | None = None) -> "Themes":
        """Raises ValueError with every fault of a council's file, and OSError where it cannot be opened."""
        return cls(entries("themes", extra))

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
        return cls(entries("resources"))
