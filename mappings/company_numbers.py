"""Companies House numbers as people type them."""

import re

from rapidfuzz.distance import OSA

_PREFIXES = "AC CE CS FC GE GN GS IC IP LP NA NC NF NI NL NO NP NR NV NZ OC OE PC R RC RS SA SC SE SF SG SI SL SO SP SR SZ ZC BR ES GN"
_NUMBER = re.compile(
    rf"(?P<prefix>{'|'.join(sorted(set(_PREFIXES.split()), key=len, reverse=True))})?(?P<digits>\d+)(?P<letters>RS|[A-Z])?"
)
_WORDS = re.compile(r"^(?:COMPANY|REG(?:ISTERED|ISTRATION)?|CO|CRN|CH|NUMBER|NUM|NO)(?:[ .:#]+|(?=\d))")


def company_number(text: str) -> str | None:
    """The number in the register's form of eight characters, or None: zeros that a spreadsheet ate come back, junk does not pass."""
    plain = text.strip().upper().removesuffix(".0")
    while (shorter := _WORDS.sub("", plain)) != plain and not re.fullmatch(r"NO\s*\d{6}", plain):
        plain = shorter
    plain = re.sub(r"[\s\-/._#:]", "", plain)
    found = _NUMBER.fullmatch(plain)
    if not found or "E+" in plain:
        return None
    prefix, digits, letters = found["prefix"] or "", found["digits"], found["letters"] or ""
    return _padded(prefix, digits, letters)


def _padded(prefix: str, digits: str, letters: str) -> str | None:
    if letters and not prefix:
        return None
    room = 8 - len(prefix) - len(letters)
    digits = digits.lstrip("0")
    if not digits or len(digits) > room or _is_filler(prefix, digits):
        return None
    return prefix + digits.zfill(room) + letters


def _is_filler(prefix: str, digits: str) -> bool:
    """Numbers typed to get past a required field: too short to be meant, all one digit, or counted up."""
    return not prefix and (len(digits) < 3 or (len(digits) >= 6 and len(set(digits)) == 1) or digits in {"12345678", "1234567", "123456"})


def one_slip_apart(left: str, right: str) -> bool:
    """Whether two numbers differ as by one slip of the hand: one character, or two neighbours swapped."""
    return len(left) == len(right) and left != right and OSA.distance(left, right, score_cutoff=1) == 1
