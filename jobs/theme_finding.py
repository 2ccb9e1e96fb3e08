"""What the words of one engagement are about, whether a CRM holds it or it was written down here."""

from typing import Any

from mappings.themes import Resources, Themes


def find(fields: dict[str, Any], themes: Themes, resources: Resources) -> list[dict[str, Any]]:
    """The themes and resources of one engagement's fields; a theme that the CRM gives itself counts as found."""
    subject, notes = fields.get("subject"), fields.get("notes")
    rows = {
        (kind, hit.id): list(hit.evidence) for kind, by in (("theme", themes), ("resource", resources)) for hit in by.find(subject, notes)
    }
    for word in str(fields.get("theme", "")).replace(";", "|").split("|"):
        own = themes.word(word) if word.strip() else None
        if own:
            rows.setdefault(("theme", own), [f"the CRM's theme: {word.strip()}"])
    return [{"kind": kind, "found": hit, "evidence": evidence} for (kind, hit), evidence in rows.items()]
