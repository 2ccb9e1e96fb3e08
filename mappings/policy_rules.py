"""The policy's numbers, read from YAML and checked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from mappings.field_map_yaml import Faults, Node, parse
from mappings.leader_levels import LEVELS
from mappings.own_text import OwnFile

KEYS = ("window_days", "leaders", "leaders_where_multi_site", "points", "size")


@dataclass(frozen=True)
class PolicyRules:
    """The numbers of mappings/policy.yaml, with a council's own over them."""

    window_days: int
    leaders: frozenset[str]
    leaders_where_multi_site: frozenset[str]
    points: Mapping[str, int]
    size: tuple[tuple[int, int], ...]
    """(staff, points), the largest first."""

    @classmethod
    def load(cls, extra: OwnFile | None = None) -> "PolicyRules":
        """The rules that ship, with those of a council's own file over them.

        Raises ValueError with every fault found, and OSError where the file cannot be opened."""
        shipped = files("mappings").joinpath("policy.yaml").read_bytes()
        faults = Faults("policy.yaml")
        held = _read(shipped, faults)
        if extra is not None:
            faults = Faults(extra.name)
            own = _read(extra.read_bytes(), faults, known_points=tuple(held["points"]))
            held = {**held, **own, "points": {**held["points"], **own.get("points", {})}}
        if faults:
            raise ValueError("\n".join(str(fault) for fault in faults.sorted()))
        return cls(
            held["window_days"],
            frozenset(held["leaders"]),
            frozenset(held["leaders_where_multi_site"]),
            held["points"],
            tuple(sorted(((int(staff), points) for staff, points in held["size"].items()), reverse=True)),
        )

    @cached_property
    def version(self) -> str:
        """Changes when any number does."""
        parts = (self.window_days, sorted(self.leaders), sorted(self.leaders_where_multi_site), sorted(self.points.items()), self.size)
        return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()

    def rank(self, level: str) -> int:
        """0 for the highest level."""
        return LEVELS.index(level)

    def size_points(self, employees: int | None) -> int:
        """The points for a number of staff."""
        return next((points for staff, points in self.size if employees is not None and employees >= staff), 0)


def _read(text: bytes, faults: Faults, known_points: tuple[str, ...] = ()) -> dict[str, Any]:
    root = parse(text, faults)
    found: dict[str, Any] = {}
    for key, node in root.entries(faults, "the policy's lines, as in `window_days: 365`") if root else ():
        if key == "window_days":
            found[key] = _number(node, key, faults)
        elif key in {"leaders", "leaders_where_multi_site"}:
            found[key] = [level for item in node.items() if (level := _level(item, faults))]
        elif key in {"points", "size"}:
            found[key] = _numbers(key, node, known_points, faults)
        else:
            faults.unknown(node, key, KEYS, "is no line of the policy")
    return found


def _number(node: Node, key: str, faults: Faults) -> int:
    text = node.text(faults, f"`{key}`") or ""
    if not text.isdigit():
        faults.add(node, f"`{key}` is '{text}'; write a whole number, as in 365")
        return 0
    return int(text)


def _level(node: Node, faults: Faults) -> str | None:
    text = node.text(faults, "a level")
    if text is not None and text not in LEVELS:
        faults.unknown(node, text, LEVELS, "is no level of a title")
    return text


def _numbers(key: str, node: Node, known: tuple[str, ...], faults: Faults) -> dict[str, int]:
    found = {}
    for name, value in node.entries(faults, f"`{key}` with a number on each line"):
        if key == "points" and known and name not in known:
            faults.unknown(value, name, known, "is no point of the policy")
        if key == "size" and not name.isdigit():
            faults.add(value, f"'{name}' is no number of staff; write whole numbers, as in \"250\": 20")
            continue
        found[name] = _number(value, name, faults)
    return found
