"""Partnership roles on people, after the chapters of Partnerships in Place, as a CRM may write them."""

import re
from typing import Final

from mappings.names_text import fold

ROLES: Final = {"business_chair": "Business chair", "champion": "Champion", "connector": "Connector", "ambassador": "Ambassador"}
"""The roles by their ids, as people say them."""
_CHAIR: Final = {
    "chair",
    "business chair",
    "chair of business",
    "chairperson",
    "chairman",
    "chairwoman",
    "board chair",
    "partnership chair",
}


def roles(text: str) -> list[str]:
    """The partnership roles that a CRM's cell names, none where it means another role (main contact, member)."""
    found = []
    for part in re.split(r"[;|,/]", text):
        words = fold(part)
        if words in _CHAIR:
            found.append("business_chair")
        found += [role for role in ("champion", "connector", "ambassador") if role in words.split() or f"{role}s" in words.split()]
    return list(dict.fromkeys(found))
