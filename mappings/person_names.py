"""People's names: taken apart, and how two of them agree."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from mappings.names_text import fold, lists, word_set


@dataclass(frozen=True, slots=True)
class PersonName:
    """Folded first and last name; either may be empty, the first may be an initial."""

    first: str
    last: str

    def __bool__(self) -> bool:
        return bool(self.first or self.last)


@lru_cache(maxsize=200_000)
def person_name(first: str, last: str, whole: str = "") -> PersonName:
    """The name from its two fields, or from one field: 'Dr Anne-Marie Smith MBE', 'SMITH, Anne'. A middle name is left out."""
    if not first.strip() and not last.strip():
        first, last = _halves(whole)
    elif not first.strip() or not last.strip():
        first, last = _halves(first or last) if " " in (first or last).strip() else (first, last)
    given, family = _plain(first, "honorifics", front=True), _plain(last, "name_suffixes", front=False)
    return PersonName(given[0] if given else "", " ".join(family))


def _halves(whole: str) -> tuple[str, str]:
    if "," in whole:
        last, _, first = whole.partition(",")
        if not _is_suffix(first):
            return first, last
        whole = last
    words = _trimmed(_words(whole), "name_suffixes", front=False)
    words = _trimmed(words, "honorifics", front=True)
    if len(words) < 2:
        return "", " ".join(words)
    start = len(words) - 1
    while start > 1 and words[start - 1] in word_set("surname_particles"):
        start -= 1
    return words[0], " ".join(words[start:])


def _is_suffix(text: str) -> bool:
    words = _words(text)
    return bool(words) and all(word in word_set("name_suffixes") for word in words)


def _words(text: str) -> list[str]:
    return fold(re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", "", text)).split()


def _plain(text: str, which: str, front: bool) -> list[str]:
    return _trimmed(_words(text), which, front)


def _trimmed(words: list[str], which: str, front: bool) -> list[str]:
    """Without the titles at the front, or the letters at the end; one word always stays."""
    while len(words) > 1 and (words[0] if front else words[-1]) in word_set(which):
        words = words[1:] if front else words[:-1]
    return words


def name_level(a: PersonName, b: PersonName) -> str:
    """How two names agree: same, nickname, initial, typo, swapped, first only, last only, other; none where one is silent."""
    if not a or not b:
        return "none"
    first, last = first_level(a.first, b.first), last_level(a.last, b.last)
    if last in ("same", "typo"):
        return _with_last(first, last)
    if _swapped(a, b):
        return "swapped"
    if first in ("same", "nickname") and last == "part":
        return "double-barrelled"
    if first in ("same", "nickname"):
        return "first only"
    return "other"


def _with_last(first: str, last: str) -> str:
    if first == "different":
        return "last only"
    if first == "none":
        return "last, no first"
    if last == "typo":
        return "typo" if first in ("same", "nickname") else "two slips"
    return first


def _swapped(a: PersonName, b: PersonName) -> bool:
    crossed = last_level(a.first, b.last), first_level(b.first, a.last)
    return bool(a.first and b.first) and all(level in ("same", "typo") for level in crossed)


def first_level(a: str, b: str) -> str:
    """How two first names agree: same, nickname, initial, typo, different; none where one is missing."""
    if not a or not b:
        return "none"
    if a == b:
        return "same" if len(a) > 1 else "initial"
    if len(a) == 1 or len(b) == 1:
        return "initial" if a[0] in _initials(b) or b[0] in _initials(a) else "different"
    if _nicknames(a) & _nicknames(b):
        return "nickname"
    return "typo" if _slip(a, b) else "different"


def last_level(a: str, b: str) -> str:
    """How two last names agree: same, typo, part (one half of a double-barrelled name), different, none."""
    if not a or not b:
        return "none"
    one, other = a.replace(" ", ""), b.replace(" ", "")
    if one == other:
        return "same"
    if _slip(one, other):
        return "typo"
    shorter, longer = sorted((one, other), key=len)
    return "part" if len(shorter) >= 4 and (longer.startswith(shorter) or longer.endswith(shorter)) else "different"


def _initials(name: str) -> frozenset[str]:
    """First letters of a first name and of what it is called: B may be William."""
    return frozenset({name[0], *(other[0] for group in _groups().get(name, ()) for other in group)})


def _nicknames(name: str) -> frozenset[frozenset[str]]:
    return _groups().get(name, frozenset())


@cache
def _groups() -> dict[str, frozenset[frozenset[str]]]:
    """The groups of names.yaml by each name in them."""
    found: dict[str, set[frozenset[str]]] = {}
    for names in lists()["nicknames"]:
        for name in names:
            found.setdefault(name, set()).add(frozenset(names))
    return {name: frozenset(groups) for name, groups in found.items()}


def _slip(a: str, b: str) -> bool:
    shorter = min(len(a), len(b))
    if shorter < 4:
        return False
    allowed = 1 if shorter < 8 else 2
    return OSA.distance(a, b, score_cutoff=allowed) <= allowed
