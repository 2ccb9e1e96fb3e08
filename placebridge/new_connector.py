"""`placebridge connector new`: a folder with a connector that works, for whoever writes one of their own."""

import keyword
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from connector.kinds import OURS
from placebridge.faults import UserError
from placebridge.output import say

TEMPLATE = "connector_template"
SUFFIX = ".txt"
"""Of each file of the template: they are no modules of ours."""
PACKAGE = "package"
"""The folder of the template that gets the package's name."""
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def new(name: str, folder: Path | None) -> None:
    """Writes the folder and says what comes next. Raises UserError for a name that cannot be used and a folder that is not empty."""
    _require_name(name)
    target = folder or Path(f"placebridge-{name.replace('_', '-')}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UserError(f"{target} is there already; give an empty folder, or a new one, after --folder")
    words = {"name": name, "package": f"placebridge_{name}", "class": "".join(part.capitalize() for part in name.split("_"))}
    try:
        for path, text in _written(words):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text, encoding="utf-8")
    except OSError as fault:
        raise UserError(f"{target} cannot be written ({fault.strerror}); correct its permissions or give another folder") from None
    say(f"{target} holds a connector of the kind {name} that works against the small API that its README.md describes.")
    say(f"Next: cd {target}, pip install -e '.[testing]', pytest; then make it yours. docs/connectors.md says how.")


def _require_name(name: str) -> None:
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UserError(f"'{name}' cannot be a kind's name; write small letters, digits and single underscores, as in my_crm")
    if name in OURS:
        raise UserError(f"{name} is a kind that Placebridge has already; choose another name")


def _written(words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Each file's place in the folder, and its text."""
    for parts, file in _walk(files("placebridge") / TEMPLATE):
        places = [words["package"] if part == PACKAGE else part.removesuffix(SUFFIX) for part in parts]
        yield Path(*places), re.sub(r"@(name|package|class)@", lambda found: words[found[1]], file.read_text(encoding="utf-8"))


def _walk(folder: Traversable, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _walk(entry, (*above, entry.name))
        elif entry.name.endswith(SUFFIX):
            yield (*above, entry.name), entry
