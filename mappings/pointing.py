"""How a reference finds what it points at, within one connection: by id, name, mail address or company number."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mappings.company_numbers import company_number
from mappings.contact_points import mail_address

_NOT_WORD = re.compile(r"[^\w]+|_")
_NOT_LETTER = re.compile(r"[^\w\s]+|_")
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that Unicode does not take apart into a letter and an accent."""
_LIMITED = {"ltd", "limited"}
_LONGEST = 6
"""Of how many parts of a split cell one name may be made that itself holds the separator."""


@lru_cache(maxsize=65536)
def fold_name(name: str) -> str:
    """A name for matching references: case, accents, punctuation and Ltd or Limited aside."""
    return _without_limited(_NOT_WORD.sub(" ", _plain(name).replace("'", "").replace("’", "")))


def name_keys(name: str) -> set[str]:
    """A name in every way of leaving punctuation aside: as a space ("Smith-Jones"), as nothing ("A.B.C. Foods"), or each as is usual."""
    if not _NOT_LETTER.search(name):
        return {fold_name(name)}
    return {fold_name(name), fold_name(name.replace(".", "")), _without_limited(_NOT_LETTER.sub("", _plain(name)))}


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_STROKES))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _without_limited(text: str) -> str:
    words = text.split()
    return " ".join([word for word in words if word not in _LIMITED] or words)


def full_name(fields: Mapping[str, object]) -> str:
    """A person's first and last name, or the name as it is where the CRM holds it in one."""
    parts = [str(fields[name]) for name in ("first_name", "last_name") if fields.get(name)]
    return " ".join(parts) or str(fields.get("name", ""))


@dataclass(frozen=True, slots=True)
class Found:
    """What a reference points at: record ids, the texts that match nothing, and those that fit two."""

    ids: tuple[int, ...] = ()
    nothing: tuple[str, ...] = ()
    several: tuple[str, ...] = ()


@dataclass
class Index:
    """The live records of one entity of one connection, by everything that a reference may say."""

    entity: str
    records: Sequence[tuple[int, str, Mapping[str, object]]]
    """(record id, source_id, fields)"""
    _by: dict[str, dict[str, set[int]]] = field(default_factory=dict)

    def by(self, match: str) -> dict[str, set[int]]:
        """The records by their `id`, `loose_id`, `name`, `email` or `company_number`. Made when it is first asked for: most never are."""
        if match not in self._by:
            found: dict[str, set[int]] = {}
            self._by[match] = found
            for record_id, source_id, fields in self.records:
                for key in self._keys(match, source_id, fields):
                    if key:
                        found.setdefault(key, set()).add(record_id)
        return self._by[match]

    def _keys(self, match: str, source_id: str, fields: Mapping[str, object]) -> Iterable[str]:
        if match == "id":
            return (source_id,)
        if match == "loose_id":
            return (_loose(source_id),)
        if match == "name" and self.entity == "person":
            return name_keys(full_name(fields))
        return _KEYS[match](str(fields.get(match, "")))

    def find(self, stored: object) -> Found:
        """What a stored reference (an id, or [match, text, split]) points at."""
        match, text, split = stored if isinstance(stored, list) else ("id", str(stored or ""), "")
        if not text:
            return Found()
        whole = self._one(match, text)
        if len(whole) == 1:
            return Found(tuple(whole))
        return _sorted_out({text: whole} if whole or not split else self._parts(match, text.split(split), split))

    def _parts(self, match: str, parts: list[str], split: str) -> dict[str, set[int]]:
        """Each part and what it fits. A name may hold the separator itself ("AC/DC Lighting"), so the longest that fits is taken."""
        found: dict[str, set[int]] = {}
        start = 0
        while start < len(parts):
            for end in range(min(start + _LONGEST, len(parts)), start, -1):
                text = split.join(parts[start:end]).strip()
                if (hits := self._one(match, text)) or end == start + 1:
                    break
            if text:
                found[text] = hits
            start = end
        return found

    def _one(self, match: str, text: str) -> set[int]:
        if match == "id":
            return self.by("id").get(text) or next((hits for said in _ids(text) if (hits := self._id(said))), set())
        return {hit for key in _KEYS[match](text.strip()) for hit in self.by(match).get(key, ())}

    def _id(self, text: str) -> set[int]:
        return self.by("id").get(text) or self.by("loose_id").get(_loose(text)) or set()


def _sorted_out(found: Mapping[str, set[int]]) -> Found:
    ids = dict.fromkeys(next(iter(hits)) for hits in found.values() if len(hits) == 1)
    return Found(
        tuple(ids),
        tuple(text for text, hits in found.items() if not hits),
        tuple(text for text, hits in found.items() if len(hits) > 1),
    )


def _ids(text: str) -> Iterator[str]:
    """An id as it stands; and where it is several values joined by a vertical bar, as columns are joined elsewhere: the empty ones out."""
    yield text
    if "|" in text:
        filled = [part for part in text.split("|") if part]
        yield from ("|".join(filled), " ".join(filled))


def _mail(text: str) -> str:
    """An address alone: `mailto:` and `Ann Lee <ann@x.example>` aside. A cell of several is none."""
    return (mail_address(text) if text.count("@") == 1 else "") or text.strip().casefold()


def _number(text: str) -> str:
    return company_number(text) or _loose(text)


def _loose(text: str) -> str:
    """An id or number whose case, braces and eaten zeros do not matter."""
    return text.strip().strip("{}").casefold().lstrip("0") or text.strip()


_KEYS: dict[str, Callable[[str], set[str]]] = {
    "name": name_keys,
    "email": lambda text: {_mail(text)},
    "company_number": lambda text: {_number(text)},
}
"""What each kind of reference is compared by."""
