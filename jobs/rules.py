"""The rules that a pass works by: what ships, with a council's own files over them."""

from dataclasses import dataclass

from mappings.leader_levels import LeaderLevels
from mappings.own_text import OwnFile
from mappings.places import Places
from mappings.policy_rules import PolicyRules
from mappings.sectors import Sectors
from mappings.themes import Resources, Themes


@dataclass(frozen=True)
class Rules:
    """Everything in mappings/ that a pass needs."""

    policy: PolicyRules
    levels: LeaderLevels
    themes: Themes
    resources: Resources
    places: Places
    sectors: Sectors

    @classmethod
    def load(
        cls,
        policy: OwnFile | None = None,
        themes: OwnFile | None = None,
        places: OwnFile | None = None,
        titles: OwnFile | None = None,
        sectors: OwnFile | None = None,
    ) -> "Rules":
        """Loads every rule. Raises ValueError with the faults of a council's file, and OSError where one cannot be opened."""
        return cls(
            PolicyRules.load(policy),
            LeaderLevels.load(titles),
            Themes.load(themes),
            Resources.load(),
            Places.load(places),
            Sectors.load(sectors),
        )
