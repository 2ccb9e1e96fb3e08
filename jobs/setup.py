"""What pages need to know of the settings: each connection, how it is opened, and which files hold the rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jobs.sources import LookupSource, Source
from mappings.field_map import FieldMap


@dataclass(frozen=True)
class Configured:
    """A connection of the settings."""

    name: str
    kind: str
    side: str
    schedule: str | None = None
    """Five cron words of the settings."""
    secret_ends: date | None = None
    map_file: Path | None = None
    """Its field map's file; None: it is a register, which is asked and has none."""
    source: Callable[[FieldMap], Source] | None = None
    """What reads it by a field map."""
    lookup: Callable[[], LookupSource] | None = None
    """What asks it, where it is a register."""
    folder: Path | None = None
    """Where its exports lie on this machine."""
    source_at: Callable[[FieldMap, Path], Source] | None = None
    """What reads another folder as if it were that one."""
    why_no_upload: str = ""
    """Why no file can be uploaded to it; empty where one can."""


@dataclass(frozen=True)
class Setup:
    """The settings, as far as pages need them."""

    connections: Mapping[str, Configured] = field(default_factory=dict)
    """By name, in the order of the names."""
    rule_files: Mapping[str, Path] = field(default_factory=dict)
    """A council's own files, by their setting: themes, policy, places, titles, sectors."""
    largest_upload: int = 50_000_000
    """Bytes."""

    @property
    def schedules(self) -> dict[str, str | None]:
        """The cron words of the settings, by connection."""
        return {name: found.schedule for name, found in self.connections.items()}
