"""Leader levels from a job title alone, by the words in leader_levels.yaml."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml
from rapidfuzz.distance import OSA

from mappings.names_text import fold

LEVELS: Final = ("top_leader", "senior_leader", "site_leader", "department_head", "not_senior")
LISTS: Final = (
    "former",
    "not_former",
    "helpers",
    "not_helpers",
    "helper_words",
    "low_nouns",
    "learners",
    "deputies",
    "bodies",
    "board_bodies",
)


@dataclass(frozen=True)
class Level:
    """A level, and in plain words why."""

    level: str
    because: str


def highest(levels: Iterable[str]) -> str:
    """The highest of some levels."""
    return min(levels, key=LEVELS.index, default="not_senior")


class LeaderLevels:
    """The rules; `version` changes when they do."""

    def __init__(self, rules: dict[str, Any]) -> None:
        self.version = hashlib.blake2b(repr(rules).encode(), digest_size=8).hexdigest()
        self._short = {_plain(theirs): _plain(ours) for theirs, ours in rules["abbreviations"].items()}
        self._lists = {name: _one_of(rules.get(name, [])) for name in LISTS}
        self._titles = sorted(
            ((_plain(word), entry) for entry in rules["titles"] for word in entry["words"]), key=lambda item: -len(item[0])
        )
        roles, places = ([_plain(word) for word in rules[name]] for name in ("place_roles", "places"))
        self._site = re.compile(
            rf"\b(?:(?:{'|'.join(places)}) (?:\w+ )?(?:{'|'.join(roles)})|(?:{'|'.join(roles)}) (?:\w+ )?(?:{'|'.join(places)}))\b"
        )
        self._often_misspelt = [_plain(word) for word in rules["typos_of"]]
        self._known: dict[str, Level] = {}

    @classmethod
    def load(cls, extra: Path | None = None) -> "LeaderLevels":
        """The shipped rules with a council's own file over them: its lists are added, its abbreviations and titles come first.

        Raises ValueError with every fault found."""
        rules = yaml.safe_load(files("mappings").joinpath("leader_levels.yaml").read_bytes())
        own = yaml.safe_load(extra.read_bytes()) or {} if extra else {}
        faults = [f"'{key}' is no part of the titles file; known are {', '.join(rules)}" for key in own if key not in rules]
        faults += [
            f"'{entry.get('level')}' is no level; write one of {', '.join(LEVELS)}"
            for entry in own.get("titles", [])
            if entry.get("level") not in LEVELS
        ]
        if faults:
            raise ValueError("\n".join(faults))
        for key, value in own.items():
            rules[key] = rules[key] | value if isinstance(value, dict) else [*value, *rules[key]]
        return cls(rules)

    def of(self, title: str | None) -> Level:
        """The level of a title. Never raises."""
        text = title or ""
        if text not in self._known:
            if len(self._known) > 100_000:
                self._known.clear()
            self._known[text] = self._read(text)
        return self._known[text]

    def _read(self, title: str) -> Level:
        text = self._long(_plain(title))
        if self._lists["former"].match(text) and not self._lists["not_former"].match(text):
            return Level("not_senior", f"'{title}' is no longer in the post")
        if self._lists["learners"].match(text):
            return Level("not_senior", f"'{title}' is learning the post")
        if _OFFICE.match(text):
            return Level("not_senior", f"'{title}' helps a leader")
        helper = self._lists["helpers"].search(text)
        if helper and not self._lists["not_helpers"].search(text):
            text = text[: helper.start()]
        found = list(self._levels(text))
        return min(
            found, key=lambda level: LEVELS.index(level.level), default=Level("not_senior", f"nothing in '{title}' says that it is senior")
        )

    def _long(self, text: str) -> str:
        text = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", text)
        words = " ".join(self._short.get(word, word) for word in text.split()).split()
        return " ".join(self._spelt(word) for word in words)

    def _spelt(self, word: str) -> str:
        if len(word) < 5 or word in self._often_misspelt or word in {"directors", "directorate", "founded", "companies"}:
            return word
        return next(
            (right for right in self._often_misspelt if OSA.distance(word, right, score_cutoff=2) <= (2 if len(right) > 7 else 1)), word
        )

    def _levels(self, text: str) -> Iterable[Level]:
        if self._lists["bodies"].search(text) and not self._lists["board_bodies"].search(text):
            return
        left = f" {text} "
        for hit in _CHIEF.finditer(text):
            if hit.group() not in {"chief executive officer", "chief officer"}:
                yield self._lowered(Level("senior_leader", f"'{hit.group()}' is on the executive"), text[: hit.start()])
                left = left.replace(f" {hit.group()} ", " # ", 1)
        site = self._site.search(text)
        if site and not text.startswith("assistant"):
            yield Level("site_leader", f"'{site.group()}' heads a site or region")
            left = left.replace(f" {site.group()} ", " # ", 1)
        for phrase, entry in self._titles:
            while (at := left.find(f" {phrase} ")) >= 0:
                before, after = left[:at].strip(), left[at + len(phrase) + 1 :].strip()
                left = f"{left[:at]} # {after} "
                if self._applies(entry, before, after):
                    yield self._lowered(Level(entry["level"], f"'{phrase}' {entry.get('because', '')}".strip()), before)

    def _applies(self, entry: dict[str, Any], before: str, after: str) -> bool:
        nearest, following = before.rsplit("#", maxsplit=1)[-1].split(), after.split()
        if nearest and nearest[-1] in entry.get("not_after", ()):
            return False
        if following and (following[0] in entry.get("not_before", ()) or (entry.get("bare") and following)):
            return False
        ends_low = (
            self._lists["helper_words"].fullmatch(following[-1]) or self._lists["low_nouns"].fullmatch(following[-1]) if following else None
        )
        return not (ends_low and "#" not in after)

    def _lowered(self, level: Level, before: str) -> Level:
        nearest = before.rsplit("#", maxsplit=1)[-1].split()
        if not nearest or not self._lists["deputies"].fullmatch(nearest[-1]):
            return level
        lower = {"top_leader": "senior_leader", "senior_leader": "department_head", "department_head": "department_head"}
        return Level(lower.get(level.level, "not_senior"), f"{level.because}, and this is the {nearest[-1]}")


_OFFICE = re.compile(r"(?:office|secretary|pa|assistant|chief of staff)(?: (?:of|to|for))")
_CHIEF = re.compile(r"\bchief(?: \w+){1,4}? officer\b")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(str(text)).replace("'", "")))


def _one_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(_plain(word)) for word in sorted(words, key=len, reverse=True)) or 'x^'})\b")
