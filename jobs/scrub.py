"""Takes secrets and personal data out of a text: a second net, for what should not have been there in the first place."""

import re
from collections.abc import Callable

HIDDEN, EMAIL, PHONE = "[hidden]", "[email]", "[phone]"
SUFFIXES = "token|key|sig|signature|secret|password|passwd|pwd|passphrase|authorization|credential|credentials|assertion"
SECRET_NAME = re.compile(rf"(?:^|[\W_])(?:{SUFFIXES})$|(?:api|access|private)key$", re.IGNORECASE)
"""A name whose value is not shown, as in client_secret and X-Api-Key."""

_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL)
_HEADER = re.compile(r"""\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:[a-z][\w-]*[ \t]+)?[^\s"',;]+""", re.IGNORECASE)
_SCHEME = re.compile(r"\b(bearer|basic)[ \t]+[\w.~+/=-]{6,}", re.IGNORECASE)
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*")
"""A JSON web token wherever it stands."""
_USER = re.compile(r"(?<=://)[^\s/?#\"'<>]+@")
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s&"'#;,)\]}>]+)"""
_NAMED = re.compile(rf"""([\w.%-]{{0,60}}(?:{SUFFIXES})["']?=|[?&]code=){_VALUE}""", re.IGNORECASE)
_QUOTED = re.compile(rf"""(["'][\w.-]{{0,60}}(?:{SUFFIXES})["']\s*:\s*){_VALUE}""", re.IGNORECASE)
_SAID = re.compile(rf"""(\b[\w.-]{{0,60}}(?:token|secret|password|passwd|pwd|passphrase)\s*:\s+){_VALUE}""", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.!#$&'*+/=?^`{|}~-]{1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_UUID = r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
_INSTANT = r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:[+-]\d\d:?\d\d\b)?"
_CALL = r"(?<![\w.+-])\(?(?:\+\d|0\d)(?:[ ()./-]{0,3}\d){7,14}(?!\w)"
_NUMBER = re.compile(rf"({_UUID}|{_INSTANT})|({_CALL})")


def scrub(text: str) -> str:
    """The text without secrets, email addresses and telephone numbers. Ids, instants, counts and paths stay as they are."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


def is_secret(name: str) -> bool:
    """Whether a field of that name holds a secret."""
    return SECRET_NAME.search(name) is not None


def _unless_id(found: re.Match[str]) -> str:
    digits = sum(letter.isdigit() for letter in found[0])
    if found[1] or (digits < 10 and "+" not in found[0]):
        return found[0]
    return PHONE


_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_PEM, HIDDEN),
    (_HEADER, rf"\1{HIDDEN}"),
    (_SCHEME, rf"\1 {HIDDEN}"),
    (_TOKEN, HIDDEN),
    (_USER, f"{HIDDEN}@"),
    (_NAMED, rf"\1{HIDDEN}"),
    (_QUOTED, rf"\1{HIDDEN}"),
    (_SAID, rf"\1{HIDDEN}"),
    (_EMAIL, EMAIL),
    (_NUMBER, _unless_id),
)
