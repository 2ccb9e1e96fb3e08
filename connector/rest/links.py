"""The header Link (RFC 8288): where the next page is."""

import re
from collections.abc import Mapping

LINK = re.compile(r'<(?P<target>[^>]*)>(?P<params>(?:\s*;\s*[\w!#$&+\-.^`|~*]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)')
REL = re.compile(r';\s*rel\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s",;]+))', re.IGNORECASE)


def next_link(headers: Mapping[str, str]) -> str | None:
    """The target whose relations hold `next`; None without one."""
    for link in LINK.finditer(headers.get("Link", "")):
        rel = REL.search(link["params"])
        if rel and "next" in (rel["quoted"] or rel["bare"] or "").lower().split():
            return link["target"]
    return None
