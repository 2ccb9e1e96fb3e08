"""Whether a column's cells are what its header says: mail addresses under Email, numbers under Employees."""

import re
from collections.abc import Callable

from placebridge.guessing.columns import Column
from placebridge.guessing.words import plain, word_list

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COMPANY_NUMBER = re.compile(r"(?:[A-Za-z]{2}\d{5,6}|\d{5,8}|[Rr]\d{7})")
_NUMBER = re.compile(r"[\d,. <>+–-]*\d[\d,. <>+–-]*(?:\s*(?:to|-)\s*\d+)?.*")
_ENOUGH = 0.5


def _is_mail(text: str) -> bool:
    return _MAIL.search(text) is not None


def _is_phone(text: str) -> bool:
    return sum(letter.isdigit() for letter in text) >= 6 and "@" not in text


def _is_website(text: str) -> bool:
    return "." in text and "@" not in text and " " not in text


def _is_name(text: str) -> bool:
    return any(letter.isalpha() for letter in text) and "@" not in text


def _is_postcode(text: str) -> bool:
    return any(letter.isdigit() for letter in text) and len(text) <= 12


CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    "email": (_is_mail, "mail addresses"),
    "phone": (_is_phone, "phone numbers"),
    "website": (_is_website, "web addresses"),
    "postcode": (_is_postcode, "postcodes"),
    "company_number": (lambda text: _COMPANY_NUMBER.fullmatch(text) is not None, "company numbers"),
    "employees": (lambda text: _NUMBER.fullmatch(text) is not None, "numbers"),
    "name": (_is_name, "names"),
    "first_name": (_is_name, "names"),
    "last_name": (_is_name, "names"),
}
"""What the cells of a field look like, and how that is said."""


def fault(field: str, column: Column) -> str:
    """Why a column's cells do not fit a field; empty where they do, or where there are none."""
    if not column.texts:
        return ""
    if field == "title" and is_salutations(column):
        return "it holds Mr, Mrs and the like, not job titles"
    if field in CHECKS:
        looks, what = CHECKS[field]
        share = column.share(map(looks, column.texts))
        if share < _ENOUGH:
            return f"only {share:.0%} of its cells look like {what}"
    return ""


def is_salutations(column: Column) -> bool:
    """Mr, Mrs, Dr: what some CRMs call a title."""
    known = word_list("salutations")
    return bool(column.texts) and column.share(plain(text) in known for text in column.texts) > _ENOUGH
