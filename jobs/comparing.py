"""How a version that was saved on the page stands to the file that it wins over."""

from difflib import unified_diff
from pathlib import Path

from jobs.setup import Setup
from jobs.versions import FIELD_MAP, Version


def file_of(setup: Setup, kind: str, connection: str) -> Path | None:
    """The file that the settings name for it, if they name one."""
    if kind == FIELD_MAP:
        found = setup.connections.get(connection)
        return found.map_file if found else None
    return setup.rule_files.get(kind)


def text_of(path: Path | None) -> str | None:
    """What a file holds; None where there is none, or it cannot be read."""
    try:
        return None if path is None else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def changed_lines(before: str, after: str) -> list[str]:
    """Lines that came and went, each with + or - before it, and up to two beside them."""
    found = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
    return ["…" if line.startswith("@@") else line for line in found]


def against(version: Version, setup: Setup) -> str:
    """What a version wins over, as the rest of a sentence."""
    path = file_of(setup, version.kind, version.connection)
    held = text_of(path)
    if path is None:
        return "what ships; the settings name no file for it. `placebridge config export FOLDER` writes it as one"
    if held is None:
        return f"{path.name}, which cannot be read"
    changed = sum(line[:1] in "+-" for line in changed_lines(held, version.text or ""))
    if not changed:
        return f"{path.name}, which says the same"
    lines = "1 line differs" if changed == 1 else f"{changed:,} lines differ"
    return f"{path.name}; {lines}. `placebridge config export FOLDER` writes what holds"
