"""Postcodes, web hosts, mail addresses and phone numbers in one normal form each. Empty text means there is none."""

import re
from functools import lru_cache

from mappings.names_text import word_set

_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_OUTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")
_MAIL = re.compile(r"[^\s<>,;:\"()@]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]{2,}")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_EXTENSION = re.compile(r"(?:\bext(?:ension)?n?\b|\bx|#)[\s.:]*\d{1,6}\s*$", re.IGNORECASE)


@lru_cache(maxsize=100_000)
def postcode(text: str) -> str:
    """A UK postcode with one space, 'M1 1AE'; empty when it is none. A letter O typed for a nought is put right."""
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    found = _POSTCODE.fullmatch(plain) or _POSTCODE.fullmatch(_noughts(plain))
    return f"{found[1]} {found[2]}" if found else ""


def _noughts(plain: str) -> str:
    if len(plain) < 5:
        return plain
    inward = plain[-3].replace("O", "0").replace("I", "1") + plain[-2:].replace("0", "O").replace("1", "I")
    return plain[:-3] + inward


def outward_code(text: str) -> str:
    """The first half of a postcode ('M1'), from a whole one or from the half alone."""
    whole = postcode(text)
    plain = text.strip().upper()
    return whole.split()[0] if whole else plain if _OUTCODE.fullmatch(plain) else ""


def postcode_area(text: str) -> str:
    """The letters a postcode begins with: 'M' of 'M1 1AE'."""
    found = re.match("[A-Z]+", outward_code(text))
    return found[0] if found else ""


@lru_cache(maxsize=100_000)
def web_host(text: str) -> str:
    """The host of a web address: 'https://www.example.org.uk/contact' is 'example.org.uk'."""
    plain = text.strip().lower()
    plain = re.sub(r"^[a-z][a-z0-9+.-]*:/*", "", plain)
    plain = re.split(r"[/?#\s]", plain, maxsplit=1)[0].rpartition("@")[2].split(":")[0].rstrip(".")
    while plain.startswith(("www.", "www2.")):
        plain = plain.partition(".")[2]
    return plain if _HOST.fullmatch(plain) else ""


@lru_cache(maxsize=100_000)
def mail_address(text: str) -> str:
    """The first mail address in a cell, lower case."""
    found = _MAIL.search(text.strip().lower().replace("mailto:", " "))
    return found[0] if found else ""


def mail_domain(text: str) -> str:
    """The part of a mail address behind the @."""
    return mail_address(text).rpartition("@")[2]


def own_domain(host: str) -> str:
    """A host or mail domain when it is the business's own; empty for free mail and for hosts that many share."""
    labels = host.split(".")
    ends = {".".join(labels[i:]) for i in range(len(labels))}
    return "" if ends & (word_set("free_mail") | word_set("shared_hosts")) else host


def shared_page(text: str) -> str:
    """The page on a host that many share ('facebook.com/netherby'), which is as good as a domain; else empty."""
    host = web_host(text)
    if not host or own_domain(host):
        return ""
    path = re.sub(r"^[a-z]+:/*", "", text.strip().lower()).partition("/")[2].strip("/").split("?")[0]
    return f"{host}/{path}" if len(path) > 2 else ""


def is_role_mailbox(text: str) -> bool:
    """Whether the address is an office's (info@, sales@), not a person's."""
    local = mail_address(text).partition("@")[0].split("+")[0]
    return local in word_set("role_mailboxes") or re.sub(r"[^a-z]", "", local) in word_set("role_mailboxes")


@lru_cache(maxsize=100_000)
def phone(text: str) -> str:
    """A UK number as 0 and its digits; one from abroad as + and its digits; empty when it is too short to be one."""
    plain = _EXTENSION.sub("", text.strip())
    plain = re.sub(r"(?<=\d)\s*\(0\)\s*", "", plain)
    abroad = plain.lstrip(" (").startswith("+")
    digits = re.sub(r"\D", "", plain)
    if not abroad and digits.startswith("00"):
        abroad, digits = True, digits[2:]
    if abroad and digits.startswith("44"):
        abroad, digits = False, "0" + digits[2:].lstrip("0")
    elif not abroad and digits.startswith("44") and len(digits) in (12, 13):
        digits = "0" + digits[2:].lstrip("0")
    if len(digits) < 9 or len(digits) > 15 or len(set(digits)) < 3:
        return ""
    return f"+{digits}" if abroad else digits if digits.startswith("0") else f"0{digits}"


def phones(text: str) -> tuple[str, ...]:
    """All numbers of a cell that holds several."""
    parts = re.split(r"[;,|/\n]| or | and | & |(?<=\d)\s+(?=0\d{3,4}\s?\d{3})(?=0[\d\s]{9,})", text)
    return tuple(dict.fromkeys(number for part in parts if (number := phone(part))))


def is_mobile(number: str) -> bool:
    """Whether a normal-form number is a UK mobile: one person's, most often."""
    return number.startswith("07") and not number.startswith(("070", "076"))
