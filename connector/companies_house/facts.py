"""What is kept of a company: no more than its standing, its address, its names and who may speak for it. Dates stay ISO texts."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from connector.http import field

ADDRESS = ("address_line_1", "address_line_2", "locality", "region", "country", "postal_code")
KEPT_AFTER_RESIGNING = timedelta(days=730)
"""So that a question about an earlier day stays right; longer would be more than is needed."""
_ID = re.compile(r"/officers/([^/]+)/appointments")
_LOWER = re.compile(r"(?<=[^\W\d_])[^\W\d_]+")


def facts_of(profile: object, officers: Iterable[object], today: date) -> dict[str, object]:
    """The facts, JSON-safe; what Companies House does not say is left out.

    Of officers nothing is kept that is not needed to approach them: no date of birth, nationality, address or occupation; and nobody who
    resigned long before `today`. Raises WrongShape."""
    found: dict[str, object] = {"company_name": field(profile, "company_name", str)}
    for name in ("company_status", "type", "date_of_cessation"):
        found[name] = _text(profile, name)
    found["sic_codes"] = [field(profile, ("sic_codes", at), str) for at in range(len(field(profile, "sic_codes", list, default=[])))]
    found["registered_office_address"] = {name: text for name in ADDRESS if (text := _text(profile, "registered_office_address", name))}
    before = field(profile, "previous_company_names", list, default=[])
    found["previous_company_names"] = [field(one, "name", str) for one in before]
    kept = [_officer(one) for one in officers]
    found["officers"] = sorted((one for one in kept if _is_recent(one, today)), key=_order)
    return {name: value for name, value in found.items() if value not in (None, [], {}) or name == "officers"}


def _officer(one: object) -> dict[str, str]:
    given = field(one, "name", str)
    link = _ID.search(_text(one, "links", "officer", "appointments") or "")
    found = {
        "id": link[1] if link else None,
        "name": given,
        "readable": readable(given),
        "officer_role": field(one, "officer_role", str),
        "appointed_on": _text(one, "appointed_on"),
        "resigned_on": _text(one, "resigned_on"),
    }
    return {name: value for name, value in found.items() if value}


def _text(found: object, *path: str) -> str | None:
    return field(found, path, (str, type(None)), default=None)


def readable(name: str) -> str:
    """A person's name as people say it: `SMITH, Jane Ann` is Jane Ann Smith; one without a comma is a firm's and stays."""
    family, comma, given = name.partition(",")
    if not comma or not given.strip():
        return name.strip()
    words, *honours = (part.strip() for part in given.split(","))
    said = f"{words} {_cased(family.strip())}"
    return ", ".join([said, *honours])


def _cased(family: str) -> str:
    """Capitals as small letters after the first of each part: O'NEIL-SMITH is O'Neil-Smith. What is not all capitals stays."""
    if family != family.upper():
        return family
    plain = _LOWER.sub(lambda rest: rest[0].lower(), family)
    return re.sub(r"\bMc([a-z])", lambda start: f"Mc{start[1].upper()}", plain)


def _is_recent(officer: dict[str, str], today: date) -> bool:
    return officer.get("resigned_on", "9999") >= (today - KEPT_AFTER_RESIGNING).isoformat()


def _order(officer: dict[str, str]) -> tuple[str, ...]:
    return tuple(officer.get(name, "") for name in ("appointed_on", "name", "officer_role", "id"))
