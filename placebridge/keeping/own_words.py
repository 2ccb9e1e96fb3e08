"""A message reduced to words that this program itself says: whatever else stands in it (a name, an address, a file) is left out.

What is allowed is listed and not what is forbidden, as no list of people's names is whole.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import connector
import jobs
import placebridge
import store

LEFT_OUT = "[...]"
PACKAGES = (connector, jobs, placebridge, store)
MADE_UP = {"demo", "guessing", "connector_template", "conformance"}
"""Folders whose texts hold made-up people, or what a CRM's columns are called."""
WORD = r"[A-Za-z]+"


def own_words(message: str) -> str:
    """The message with all that is not ours left out: words that we never say, what stands in quotes, and numbers of more than four digits."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", f" {LEFT_OUT} ", message)
    bare = re.sub(r"\S*[@/\\]\S*", f" {LEFT_OUT} ", bare)  # addresses, paths
    bare = re.sub(r"\+?\d[\d ()-]{5,}\d", f" {LEFT_OUT} ", bare)  # telephone numbers
    parts = [part if _is_ours(part) else LEFT_OUT for part in bare.split()]
    return re.sub(rf"{re.escape(LEFT_OUT)}( {re.escape(LEFT_OUT)})+", LEFT_OUT, " ".join(parts))


def _is_ours(part: str) -> bool:
    if part == LEFT_OUT or re.fullmatch(r"[(]?[\d.,%]{1,6}[.,:;)]*", part):
        return True
    return set(re.findall(WORD, part)) <= _vocabulary() and not re.search(r"[^\x00-\x7f]|\d", part)


@cache
def _vocabulary() -> frozenset[str]:
    """Every word in the texts of this program's source, the remarks for its readers left out."""
    return frozenset(word for package in PACKAGES for text in _texts(Path(str(package.__file__)).parent) for word in re.findall(WORD, text))


def _texts(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.py")):
        if not MADE_UP & set(file.relative_to(folder).parts):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in remarks:
                    yield node.value
