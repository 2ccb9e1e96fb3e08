"""How a reference finds what it points at, within one connection: by id, name, mail address or company number."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_NOT_WORD = re.compile(r"[^\w]+|_")
_LIMITED = {"ltd", "limited"}


@lru_cache(maxsize=65536)
def fold_name(name: str) -> str:
    """A name for matching references: case, accents, punctuation and Ltd or Limited aside."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter))
    words = _NOT_WORD.sub(" ", plain.replace("'", "").replace("’", "")).split()
    kept = [word for word in words if word not in _LIMITED]
    return " ".join(kept or words)


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
    """The records of one entity of one connection, by everything that a reference may say."""

    by: dict[str, dict[str, set[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    @classmethod
    def of(cls, entity: str, records: Iterable[tuple[int, str, Mapping[str, object]]]) -> "Index":
        """From (record id, source_id, fields) of live records."""
        index = cls()
        for record_id, source_id, fields in records:
            index.by["id"][source_id].add(record_id)
            index.by["loose_id"][_loose(source_id)].add(record_id)
            name = full_name(fields) if entity == "person" else str(fields.get("name", ""))
            for match, key in (("name", fold_name(name)), ("email", _mail(fields)), ("company_number", _number(fields))):
                if key:
                    index.by[match][key].add(record_id)
        return index

    def find(self, stored: object) -> Found:
        """What a stored reference (an id, or [match, text, split]) points at."""
        match, text, split = stored if isinstance(stored, list) else ("id", str(stored or ""), "")
        if not text:
            return Found()
        # A name may hold the separator itself ("AC/DC Lighting"), so the whole cell is tried before its parts.
        whole = self._one(match, text)
        if whole or not split:
            return _sorted_out({text: whole})
        parts = [part.strip() for part in text.split(split)]
        return _sorted_out({part: self._one(match, part) for part in parts if part})

    def _one(self, match: str, text: str) -> set[int]:
        if match == "id":
            return self.by["id"].get(text) or self.by["loose_id"].get(_loose(text)) or set()
        return self.by[match].get(_KEYS[match](text.strip()), set())


def _sorted_out(found: Mapping[str, set[int]]) -> Found:
    ids = dict.fromkeys(next(iter(hits)) for hits in found.values() if len(hits) == 1)
    return Found(
        tuple(ids),
        tuple(text for text, hits in found.items() if not hits),
        tuple(text for text, hits in found.items() if len(hits) > 1),
    )


def _mail(fields: Mapping[str, object]) -> str:
    return str(fields.get("email", "")).strip().casefold()


def _number(fields: Mapping[str, object]) -> str:
    return _loose(str(fields.get("company_number", "")))


def _loose(text: str) -> str:
    """An id or number whose case, braces and eaten zeros do not matter."""
    return text.strip().strip("{}").casefold().lstrip("0") or text.strip()


_KEYS: dict[str, Callable[[str], str]] = {"name": fold_name, "email": str.casefold, "company_number": _loose}
"""What each kind of reference is compared by."""
