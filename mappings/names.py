"""Business names: what the same name written by different hands has in common.

`parse_business_name` takes a CRM's text apart (legal name, trading name, former names, site); `business_name` is its normal form,
the one that names are compared by.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from mappings.names_text import fold, lists, word_set

_SINGLE_LETTERS = re.compile(r"\b(?:[a-z] )+[a-z]\b")
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]+")
_DASH = re.compile(r"\s+[-–—]+\s*|[-–—]+\s+")


@dataclass(frozen=True, slots=True)
class BusinessName:
    """A name taken apart; every part is in normal form, absent parts are empty."""

    legal: str
    trading: str = ""
    former: tuple[str, ...] = ()
    site: str = ""
    registered_form: bool = False

    @property
    def all(self) -> tuple[str, ...]:
        """The names it goes by, the legal one first."""
        return tuple(dict.fromkeys(name for name in (self.legal, self.trading, *self.former) if name))


@lru_cache(maxsize=200_000)
def business_name(text: str) -> str:
    """The normal form of a business name: 'The Netherby Ceramics Co. Ltd (do not use)' is 'netherby ceramics'."""
    name = _join_letters(fold(_without_notes(text)))
    while (shorter := _peel(name)) != name:
        name = shorter
    return name


def name_key(text: str) -> str:
    """The normal form without its spaces: 'JZ Flowers' and 'JzFlowers' have the same."""
    return business_name(text).replace(" ", "")


def acronym(name: str) -> str:
    """The first letters of a normal form's words."""
    return "".join(word[0] for word in name.split())


@lru_cache(maxsize=200_000)
def parse_business_name(text: str, town: str = "") -> BusinessName:
    """Takes a CRM's name apart; `town` helps to tell a site ('Wrights Pies, Hanley') from a part of the name."""
    former_text, text = _cut(text, _split_pattern("formerly"))
    trading_text, legal_text = _cut(text, _split_pattern("trading_as"))
    legal_text, site = _cut_site(legal_text, town)
    if trading_text and not site:
        trading_text, site = _cut_site(trading_text, town)
    legal, trading = business_name(legal_text), business_name(trading_text)
    former = business_name(former_text)
    return BusinessName(
        legal=legal or trading,
        trading=trading if trading != legal else "",
        former=(former,) if former and former != legal else (),
        site=fold(site),
        registered_form=has_registered_form(legal_text),
    )


def has_registered_form(text: str) -> bool:
    """Whether the name ends in a form that only a registered body may use (Ltd, PLC, LLP, CIC, ...)."""
    folded = _join_letters(fold(_without_notes(text)))
    return bool(_form_pattern("registered_forms").search(f" {folded}"))


def _peel(name: str) -> str:
    """One round of taking off what carries no name: legal forms, 'the', 'and', abbreviations spelt out."""
    name = _form_pattern("legal_forms").sub("", name) or name
    words = [lists()["abbreviations"].get(word, word) for word in name.split()]
    kept = [word for word in words if word != "and"] or words
    if len(kept) > 1 and kept[0] == "the":
        kept = kept[1:]
    elif len(kept) > 1 and kept[-1] == "the":
        kept = kept[:-1]
    return _join_letters(" ".join(kept))


def _join_letters(folded: str) -> str:
    return _SINGLE_LETTERS.sub(lambda found: found[0].replace(" ", ""), folded)


def _without_notes(text: str) -> str:
    """Without 'do not use', '(closed?)', ' - NEW' and the like; never empty."""
    plain = _BRACKETS.sub(lambda found: " " if _is_note(found[1]) else found[0], text)
    parts = _DASH.split(plain)
    while len(parts) > 1 and _is_note(parts[-1]):
        parts.pop()
    while len(parts) > 1 and _is_note(parts[0]):
        parts.pop(0)
    plain = _tail_note().sub("", " - ".join(parts))
    return plain if fold(plain) else text


def _is_note(text: str) -> bool:
    folded = fold(text)
    return not folded or bool(_note_pattern().fullmatch(folded))


@cache
def _note_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{note})" for note in lists()["notes"]) + r"|\W*")


@cache
def _tail_note() -> re.Pattern[str]:
    """Notes of several words need no bracket or dash before them."""
    several = [
        note.replace(" ", r"\s+")
        for note in lists()["notes"]
        if " " in note and note.startswith(("do ", "in (", "ceased ", "no ", "(now "))
    ]
    return re.compile(r"\s+(?:" + "|".join(several) + r")\W*$", re.IGNORECASE)


@cache
def _form_pattern(which: str) -> re.Pattern[str]:
    forms = sorted(lists()[which], key=len, reverse=True)
    return re.compile(r" (?:" + "|".join(forms) + r")(?: the)?$")


@cache
def _split_pattern(which: str) -> re.Pattern[str]:
    words = "|".join(word.replace(" ", r"[\s/.]*" if len(word) == 3 else r"\s+") for word in lists()[which])
    return re.compile(rf"(?:^|[\s,;(\[-])\(?(?:{words})[\s:.]+(?=\S)", re.IGNORECASE)


def _cut(text: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    """What stands behind the first words that match, and what before; nothing behind when they do not occur inside."""
    found = pattern.search(text)
    if not found or not fold(text[: found.start()]):
        return "", text
    behind = text[found.end() :]
    return (behind.rstrip(" )]"), text[: found.start()]) if fold(behind) else ("", text)


def _cut_site(text: str, town: str) -> tuple[str, str]:
    """A name and the site written behind it with a comma, dash or bracket."""
    for splitter in (_comma, _dash, _bracket):
        name, site = splitter(text)
        if site and fold(name) and not _is_note(site) and _may_be_site(site, town, splitter is _bracket):
            return name, site
    return text, ""


def _may_be_site(site: str, town: str, bracketed: bool) -> bool:
    folded = fold(site)
    if town and folded == fold(town):
        return True
    if bracketed or _form_pattern("legal_forms").search(f" {folded}"):
        return False
    words = folded.split()
    return (
        len(words) <= 3
        and not (set(words) & word_set("group_words"))
        and not any(word in ("sons", "son", "and", "daughters") for word in words)
    )


def _comma(text: str) -> tuple[str, str]:
    name, _, site = text.rpartition(",")
    return name, site


def _dash(text: str) -> tuple[str, str]:
    parts = _DASH.split(text)
    while len(parts) > 2 and _is_note(parts[-1]):
        parts.pop()
    return (" - ".join(parts[:-1]), parts[-1]) if len(parts) > 1 else (text, "")


def _bracket(text: str) -> tuple[str, str]:
    found = re.search(r"\(((?:[^()]|\([^()]*\))*)\)+\s*$", text)
    return (text[: found.start()], found[1]) if found else (text, "")
