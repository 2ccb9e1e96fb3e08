"""Themes tried on the engagements that are held: what would change, before they are saved. Nothing is stored."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from jobs.theme_finding import find
from mappings.themes import Resources, Themes
from store import bulk
from store.database import Database
from store.tables import Record

record = bulk.table_of(Record)

MOST = 2000
"""The newest so many engagements are read; more would keep somebody waiting."""
EXAMPLES = 3
"""Of each theme, and of what comes and what goes."""


@dataclass(frozen=True)
class Example:
    """An engagement that gains or loses a theme."""

    subject: str
    evidence: tuple[str, ...]
    """The words that earn it, or that earned it."""


@dataclass(frozen=True)
class TriedTheme:
    """A theme before and after."""

    id: str
    name: str
    before: int
    after: int
    gained: tuple[Example, ...] = ()
    lost: tuple[Example, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether any engagement gains or loses it."""
        return bool(self.gained or self.lost)


@dataclass(frozen=True)
class TriedThemes:
    """What would change."""

    themes: tuple[TriedTheme, ...]
    read: int
    """Engagements that were looked at: the newest."""
    held: int
    """Engagements that there are."""
    changed: int
    """Engagements of which anything would change."""


def try_themes(store: Database, before: Themes, after: Themes, resources: Resources, most: int = MOST) -> TriedThemes:
    """Reads the newest engagements by both, and compares."""
    live = record.c.entity == "engagement", record.c.deleted_on.is_(None)
    with store.reading() as connection:
        held = connection.scalar(select(func.count()).select_from(record).where(*live)) or 0
        rows = list(connection.scalars(select(record.c.fields).where(*live).order_by(record.c.id.desc()).limit(most)))
    had, has, changed = Counter[str](), Counter[str](), 0
    gained: dict[str, list[Example]] = {}
    lost: dict[str, list[Example]] = {}
    for fields in rows:
        old, new = _found(fields, before, resources), _found(fields, after, resources)
        had.update(old.keys())
        has.update(new.keys())
        changed += old.keys() != new.keys()
        for theme in new.keys() - old.keys():
            _add(gained, theme, fields, new[theme])
        for theme in old.keys() - new.keys():
            _add(lost, theme, fields, old[theme])
    tried = [
        TriedTheme(found, _name(found, after, before), had[found], has[found], tuple(gained.get(found, ())), tuple(lost.get(found, ())))
        for found in dict.fromkeys((*after.ids, *before.ids))
    ]
    return TriedThemes(tuple(tried), len(rows), held, changed)


def _found(fields: dict[str, Any], themes: Themes, resources: Resources) -> dict[str, list[str]]:
    return {hit["found"]: hit["evidence"] for hit in find(fields, themes, resources) if hit["kind"] == "theme"}


def _name(found: str, *of: Themes) -> str:
    return next(themes.name(found) for themes in of if found in themes.ids)


def _add(into: dict[str, list[Example]], theme: str, fields: dict[str, Any], evidence: list[str]) -> None:
    examples = into.setdefault(theme, [])
    if len(examples) < EXAMPLES:
        examples.append(Example(str(fields.get("subject") or fields.get("notes") or "")[:120], tuple(evidence)))
