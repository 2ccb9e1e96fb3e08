"""`placebridge preview`: the rules tried on a file of one's own."""

import csv
from contextlib import closing
from pathlib import Path
from typing import Any

import typer

from connector.files import peek
from jobs import versions
from mappings.leader_levels import LeaderLevels
from mappings.own_text import OwnFile
from mappings.themes import Themes
from placebridge.faults import UserError
from placebridge.opening import rule_files
from placebridge.output import export_csv
from placebridge.settings import DEFAULT_FILE
from placebridge.settings import load as load_settings
from store.database import Database


def _own(config: Path | None, kind: str) -> OwnFile | None:
    """A council's own rules, where there is a configuration."""
    if config is None and not Path(DEFAULT_FILE).is_file():
        return None
    found = load_settings(config)
    with closing(Database(found.database_url)) as store:
        told = versions.in_force(store).get((kind, ""))
    return told.as_file() if told else rule_files(found).get(kind)


def _rows(file: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    csv.field_size_limit(2**31 - 1)
    table = peek(file, rows=10_000_000)[0] if file.is_file() else None
    if table is None:
        raise UserError(f"there is no file {file}")
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise UserError(f"{file.name} has no column {', '.join(missing)}; its columns are: {', '.join(table.columns)}")
    return [{name: "" if cell is None else str(cell) for name, cell in zip(table.columns, row, strict=False)} for row in table.rows]


def themes(file: Path, out: Path, config: Path | None) -> None:
    """Finds the themes of each row: id, themes, evidence."""
    rules = Themes.load(_own(config, "themes"))
    rows: list[dict[str, Any]] = []
    for row in _rows(file, ("id",)):
        found = rules.find(row.get("subject"), row.get("notes"))
        evidence = "|".join(f"{hit.id}: {', '.join(hit.evidence)}" for hit in found)
        rows.append({"id": row["id"], "themes": "|".join(hit.id for hit in found), "evidence": evidence})
    export_csv(out, rows, ("id", "themes", "evidence"))
    typer.echo(f"{len(rows):,} notes read, {sum(bool(row['themes']) for row in rows):,} with a theme; written to {out}")


def titles(file: Path, out: Path, config: Path | None) -> None:
    """Finds the leader level of each title: title, level, because."""
    rules = LeaderLevels.load(_own(config, "titles"))
    rows = []
    for row in _rows(file, ("title",)):
        level = rules.of(row["title"])
        rows.append({"title": row["title"], "level": level.level, "because": level.because})
    export_csv(out, rows, ("title", "level", "because"))
    typer.echo(f"{len(rows):,} titles read; written to {out}")
