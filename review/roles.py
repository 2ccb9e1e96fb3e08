"""Who may do what: four roles, and the groups of them that pages name."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do here. Someone may have several."""

    VIEWER = "viewer"
    """Sees the list, businesses, places and the report."""
    OFFICER = "officer"
    """Works the list as well: corrects, assigns, decides about links."""
    ADMIN = "admin"
    """Sees to connections, schedules and rules as well."""
    AUDITOR = "auditor"
    """Sees everything that a viewer sees, and who did what."""


EVERYONE = frozenset(Role)
OFFICERS = frozenset({Role.OFFICER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
AUDITORS = frozenset({Role.AUDITOR, Role.ADMIN})
NOBODY_YET = frozenset[Role]()
"""For pages that come before signing in."""


@dataclass(frozen=True)
class User:
    """Somebody who has signed in."""

    sign_in: str
    """By what the provider knows them for good, mostly an opaque id; what people do is kept under it."""
    name: str
    roles: frozenset[Role]
    email: str = ""
    """Empty where the provider does not tell it."""

    def may(self, roles: frozenset[Role]) -> bool:
        """Whether one of these roles is theirs."""
        return bool(self.roles & roles)
