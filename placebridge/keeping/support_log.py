"""The service's log as far as it may leave: of each JSON line its time, its level, Placebridge's own words, and numbers."""

import os
import re
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from placebridge.keeping.own_words import own_words

LINES = 2000
"""The newest that are kept."""
BYTES = 4_000_000
"""So much of the file's end is looked at."""
LEVELS = {"debug", "info", "warning", "error", "critical"}
A_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
NUMBERS = ("due", "attempt", "missed", "job")
COLUMNS = ("timestamp", "level", "event", "connection", *NUMBERS, "message")


def log_lines(file: Path, numbers: Mapping[str, str]) -> Iterator[list[object]]:
    """The newest lines that are ours, in the order of `COLUMNS`; `numbers` has what each connection is called. What is no JSON is left out.

    Raises OSError."""
    kept: deque[list[object]] = deque(maxlen=LINES)
    with file.open("rb") as log:
        log.seek(max(0, os.fstat(log.fileno()).st_size - BYTES))
        for line in log:
            if found := _ours(line):
                kept.append(_told(found, numbers))
    yield from kept


def _ours(line: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and A_TIME.fullmatch(str(found.get("timestamp"))) else None


def _told(found: Mapping[str, Any], numbers: Mapping[str, str]) -> list[object]:
    level, connection = found.get("level"), str(found.get("connection", ""))
    counted = [found[name] if isinstance(found.get(name), int) else "" for name in NUMBERS]
    named = "" if not connection else ":stages" if connection == ":stages" else numbers.get(connection, "(not in the settings)")
    said = [own_words(str(found.get(name, ""))) for name in ("event", "message")]
    return [found["timestamp"], level if level in LEVELS else "(another)", said[0], named, *counted, said[1]]
