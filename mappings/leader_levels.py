"""Leader levels from a job title alone, by the words in leader_levels.yaml."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from mappings.leader_levels_file import rules_with
from mappings.own_text import OwnFile
from mappings.title_text import TitleText, one_of, plain

LEVELS: Final = ("top_leader", "senior_leader", "site_leader", "department_head", "not_senior")
LISTS: Final = (
    "former", "former_after", "not_former", "helpers", "not_helpers", "helper_words", "helper_departments", "low_nouns", "learners",
    "deputies", "deputies_after", "bodies", "board_bodies", "complements", "passing", "trades", "not_trades",
)  # fmt: skip
LOWER: Final = {"top_leader": "senior_leader", "senior_leader": "department_head", "department_head": "department_head"}
TAKEN: Final = "#"
MANY = 100_000
_OFFICE = re.compile(r"(?:office|secretary|pa|assistant|chief of staff) (?:of|to|for)")
_CHIEF = re.compile(r"\bchief (?!executive\b|officer\b)\w+(?: \w+){0,3}? officer\b")


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
        in_titles = [part for entry in rules["titles"] for word in entry["words"] for part in plain(word).split()]
        self._text = TitleText(rules["abbreviations"], rules["typos_of"], [*rules["not_typos"], *in_titles])
        self._lists = {name: one_of(rules.get(name, [])) for name in LISTS}
        self._trade_endings = tuple(plain(ending) for ending in rules["trade_endings"])
        self._own = {self._text.written_out(word): entry for entry in rules.get("own", ()) for word in entry["words"]}
        titles = [(self._text.written_out(word), entry) for entry in rules["titles"] for word in entry["words"]]
        self._titles = sorted(titles, key=lambda item: -len(item[0]))
        roles, places = ("|".join(plain(word) for word in rules[name]) for name in ("place_roles", "places"))
        self._site = re.compile(rf"\b(?:(?:{places}) (?:\w+ )?(?:{roles})|(?:{roles}) (?:\w+ )?(?:{places}))\b")
        self._known: dict[str, Level] = {}

    @classmethod
    def load(cls, extra: OwnFile | None = None) -> "LeaderLevels":
        """The shipped rules with a council's own file over them: its lists are added, its abbreviations and titles come first.

        Raises ValueError with every fault of the council's file, and OSError where it cannot be opened."""
        return cls(rules_with(extra, LEVELS))

    def of(self, title: str | None) -> Level:
        """The level of a title. Never raises."""
        text = title or ""
        if text not in self._known:
            if len(self._known) > MANY:
                self._known.clear()
            self._known[text] = self._read(text)
        return self._known[text]

    def _read(self, title: str) -> Level:
        text = self._text.written_out(title)
        if text in self._own:
            return self._level(self._own[text], text, "", "")
        former = self._lists["former"].match(text) or self._ends(text, "former_after")
        if former and not self._lists["not_former"].match(text):
            return Level("not_senior", f"'{title}' is no longer in the post")
        if self._lists["learners"].match(text):
            return Level("not_senior", f"'{title}' is learning the post")
        if _OFFICE.match(text):
            return Level("not_senior", f"'{title}' helps a leader")
        helper = self._lists["helpers"].search(text)
        if helper and not self._lists["not_helpers"].search(text):
            text = text[: helper.start()]
        nothing = Level("not_senior", f"nothing in '{title}' says that it is senior")
        return min(self._levels(text), key=lambda level: LEVELS.index(level.level), default=nothing)

    def _ends(self, text: str, name: str) -> bool:
        return bool(text) and bool(self._lists[name].fullmatch(text.rsplit(maxsplit=1)[-1]))

    def _levels(self, text: str) -> Iterator[Level]:
        """Every level that words of a title give. What has given one is taken out, so that it gives no second one."""
        left = f" {text} "
        for hit in _CHIEF.finditer(text):
            if hit.group() in self._own:
                continue
            yield self._lowered(Level("senior_leader", f"'{hit.group()}' is on the executive"), text[: hit.start()])
            left = left.replace(f" {hit.group()} ", f" {TAKEN} ", 1)
        site = self._site.search(text)
        if site and site.group() not in self._own and not self._helps(text[site.end() :]):
            yield self._lowered(Level("site_leader", f"'{site.group()}' heads a site or region"), text[: site.start()])
            left = left.replace(f" {site.group()} ", f" {TAKEN} ", 1)
        bodies = bool(self._lists["bodies"].search(text)) and not self._lists["board_bodies"].search(text)
        for phrase, entry in self._titles:
            while (at := left.find(f" {phrase} ")) >= 0:
                before, after = left[:at].strip(), left[at + len(phrase) + 1 :].strip()
                left = f" {before} {TAKEN} {after} "
                if not (bodies and entry.get("chairs")) and self._applies(phrase, entry, before, after):
                    yield self._lowered(self._level(entry, phrase, before, after), before, after)

    def _applies(self, phrase: str, entry: dict[str, Any], before: str, after: str) -> bool:
        nearest, following = before.rsplit(TAKEN, maxsplit=1)[-1].split(), after.split()
        if nearest and nearest[-1] in entry.get("not_after", ()):
            return False
        if following and following[0] in entry.get("not_before", ()):
            return False
        if entry.get("bare") and self._heavy(after):
            return False
        own = self._next_to(after)
        if entry.get("trades_follow") and own and self._is_trade(own[-1]):
            return False
        belongs = entry["level"] == "department_head" or bool(self._lists["complements"].fullmatch(phrase.rsplit(maxsplit=1)[-1]))
        return not self._helps(after, belongs)

    def _helps(self, after: str, belongs: bool = False) -> bool:
        """'CEO support officer', 'store manager assistant': the last word is a helper's, not one of what the post belongs to."""
        words = after.split()
        if not words or TAKEN in words:
            return False
        if self._lists["helper_words"].fullmatch(words[-1]):
            return True
        own = [] if belongs else self._next_to(after)
        return bool(own) and any(self._lists[name].fullmatch(own[-1]) for name in ("helper_departments", "low_nouns"))

    def _next_to(self, after: str) -> list[str]:
        """The words after a title up to 'of', 'for', 'at', 'and' or another title."""
        own: list[str] = []
        for word in after.split():
            if word in {TAKEN, "and"} or self._lists["complements"].fullmatch(word):
                break
            own.append(word)
        return own

    def _is_trade(self, word: str) -> bool:
        if self._lists["not_trades"].fullmatch(word):
            return False
        return bool(self._lists["trades"].fullmatch(word)) or word.endswith(self._trade_endings)

    def _heavy(self, text: str) -> bool:
        """There are words that change something."""
        return any(word != TAKEN and not self._lists["passing"].fullmatch(word) for word in text.split())

    def _level(self, entry: dict[str, Any], phrase: str, before: str, after: str) -> Level:
        alone = entry.get("alone") and not self._heavy(f"{before} {after}")
        return Level(entry["alone"] if alone else entry["level"], f"'{phrase}' {entry.get('because', '')}".strip())

    def _lowered(self, level: Level, before: str, after: str = "") -> Level:
        """A step down for each deputy before the title or elect after it."""
        nearest = before.rsplit(TAKEN, maxsplit=1)[-1].rsplit(" and ", maxsplit=1)[-1].split()
        steps = [word for word in nearest if self._lists["deputies"].fullmatch(word)]
        steps += [word for word in after.split()[:1] if self._lists["deputies_after"].fullmatch(word)]
        for word in steps:
            level = Level(LOWER.get(level.level, "not_senior"), f"{level.because}, and this is the {word}")
        return level
