"""Themes and resources of an engagement from its subject and notes, each with the words that earned it.

What is declined, only remembered, a name, a venue or chaser correspondence earns nothing; a problem does.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from mappings.phrase_syntax import Compiler, Finder, Phrase, fold, keep_whole, stem, tokens

WEIGHTS = {"strong": 3.0, "fair": 2.0, "weak": 1.0}
ENOUGH = 2.0
_SENTENCE = re.compile(r"[.!?;:\n]+\s")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        keep_whole(fold(shared["whole"]).replace(",", " ").split())
        compiler = Compiler(shared["groups"])
        self._of: dict[int, list[tuple[str, float]]] = defaultdict(list)
        phrases = [phrase for found, entry in entries.items() for phrase in self._phrases(compiler, found, entry)]
        self._finder = Finder.of(phrases)
        self._cues = {
            name: Finder.of(Compiler({}).all(shared[name]))
            for name in ("declines", "declined", "past", "affirms", "admin", "neutral", "title_heads")
        }
        self._switches = {stem(word.strip()) for word in shared["switches"].split(",")}
        self._tails, self._departments = (
            {stem(word.strip()) for word in shared[name].split(",")} for name in ("title_tails", "departments")
        )
        if compiler.wrong:
            raise ValueError("\n".join(compiler.wrong))

    def _phrases(self, compiler: Compiler, found: str, entry: dict[str, Any]) -> Iterator[Phrase]:
        for kind, weight in WEIGHTS.items():
            for phrase in compiler.all(entry.get(kind, "")):
                self._of[id(phrase)].append((found, weight))
                yield phrase

    def name(self, found: str) -> str:
        """The name of a theme or resource, as people say it."""
        return str(self._entries[found]["name"])

    def find(self, subject: str | None, notes: str | None) -> list[Found]:
        """What an engagement is about, in the order of the taxonomy. Never raises."""
        scores: dict[str, dict[str, float]] = defaultdict(dict)
        refused: set[str] = set()
        chaser = 0
        for text in (subject or "", notes or ""):
            for sentence in _SENTENCE.split(text):
                chaser += self._read(sentence, scores, refused)
        limit = ENOUGH + min(chaser, 2) * 1.5
        totals = {found: sum(sorted(words.values(), reverse=True)[:3]) for found, words in scores.items() if found not in refused}
        best = max(totals.values(), default=0.0)
        kept = [found for found, total in totals.items() if total >= limit and total >= best * 0.5]
        kept = sorted(kept, key=lambda found: -totals[found])[:3]
        return [Found(found, tuple(sorted(scores[found]))) for found in self.ids if found in kept]

    def _read(self, sentence: str, scores: dict[str, dict[str, float]], refused: set[str]) -> int:
        words = tokens(sentence)
        if not words:
            return 0
        stems = [word.stem for word in words]
        covered = self._covered(stems)
        barred = self._barred(stems)
        folded = fold(sentence)
        source = sentence if len(folded) == len(sentence) else folded
        for hit in self._finder.find(stems):
            if all(place in covered for place in range(hit.first, hit.last)):
                continue
            for found, weight in self._of[id(hit.phrase)]:
                if any(first <= hit.first < last for first, last in barred):
                    refused.add(found) if weight > 1 else None
                else:
                    text = source[words[hit.first].start : words[hit.last - 1].end]
                    scores[found][text] = max(weight, scores[found].get(text, 0.0))
        return sum(1 for _ in self._cues["admin"].find(stems))

    def _covered(self, stems: list[str]) -> set[int]:
        """Words that are a name, a post or a venue."""
        covered = {place for hit in self._cues["neutral"].find(stems) for place in range(hit.first, hit.last)}
        for hit in self._cues["title_heads"].find(stems):
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

    def _barred(self, stems: list[str]) -> list[tuple[int, int]]:
        """Stretches that are declined or only remembered."""
        excused = {place for hit in self._cues["affirms"].find(stems) for place in range(hit.first, hit.last)}
        barred = [
            (hit.first, self._until(stems, hit.last))
            for name in ("declines", "past")
            for hit in self._cues[name].find(stems)
            if hit.first not in excused
        ]
        said_after = (hit for hit in self._cues["declined"].find(stems) if hit.first not in excused)
        return barred + [(self._since(stems, hit.first), hit.last) for hit in said_after]

    def _until(self, stems: list[str], at: int) -> int:
        return next((place for place in range(at, len(stems)) if stems[place] in self._switches), len(stems))

    def _since(self, stems: list[str], at: int) -> int:
        return next((place for place in range(at - 1, -1, -1) if stems[place] in self._switches), 0)


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
