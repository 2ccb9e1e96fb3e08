"""The settings as they may leave the building: numbers, choices and schedules; of all else only whether it is set.

Nothing is shown for its name: a setting of a kind that is new, or another's, is hidden until its type says that it can hold no secret.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import make_url

from placebridge.settings import Config
from placebridge.settings_file import PREFIX

KNOWN = {"timezone", "kind", "side", "engine", "logs"}
"""Texts that were checked against a list when they were read."""
CRON = re.compile(r"(?:[\d*/,-]|\b(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b)+", re.I)
SECRET_NAME = re.compile(r"secret|password|passphrase|token|key|credential|user", re.I)


def shown_settings(config: Config) -> Iterator[str]:
    """A line for each setting that is set or has a default."""
    yield from _group(config, PREFIX, config.settings)


def _group(config: Config, prefix: str, group: BaseModel) -> Iterator[str]:
    for name in type(group).model_fields:
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            yield from _group(config, f"{prefix}{name.upper()}__", value)
        elif name == "connections":
            for number, (_, one) in enumerate(sorted(value.items()), 1):
                yield from _group(config, f"{prefix}CONNECTIONS__NUMBER_{number}__", one)
        else:
            yield f"{prefix}{name.upper()}={_shown(config, name, value)}"


def _shown(config: Config, name: str, value: Any) -> str:
    if value is None or value == "":
        return "(not set)"
    if SECRET_NAME.search(name):
        return "(set)"
    if name == "database_url":
        return f"{make_url(value).get_backend_name()}://(set)"
    if isinstance(value, Path):
        return "(set; it exists)" if (config.folder / value.expanduser()).exists() else "(set; there is no such file)"
    harmless = isinstance(value, bool | int | float) or name in KNOWN or (name == "schedule" and _is_cron(str(value)))
    numbers = isinstance(value, tuple | list) and all(isinstance(one, int | float) for one in value)
    return str(value) if harmless or numbers else "(set)"


def _is_cron(text: str) -> bool:
    return all(CRON.fullmatch(word) for word in text.split())
