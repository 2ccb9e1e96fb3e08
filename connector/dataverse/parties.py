"""Who took part: the rows of activityparty, of which only some are people who were there.

The numbers: https://learn.microsoft.com/power-apps/developer/data-platform/activityparty-entity"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connector.contract import StopEntity
from connector.dataverse.columns import TABLE
from connector.dataverse.service import quoted
from connector.dataverse.tables import NAME

PARTY, MASK = "_partyid_value", "participationtypemask"
ROLES = {
    1: "sender", 2: "to", 3: "cc", 4: "bcc", 5: "required", 6: "optional", 7: "organizer", 8: "regarding", 9: "owner", 10: "resource",
    11: "customer", 12: "chat",
}  # fmt: skip
WERE_THERE = ("sender", "to", "cc", "bcc", "required", "optional", "organizer", "customer", "chat")
"""What an activity is about (regarding), who owns the row (owner) and what was booked for it (resource) took no part in it."""
PEOPLE = ("contact", "lead", "unresolved")
"""Users, queues and equipment are the council's own side, and an account is no person: as strangers they would hide that nobody of the
business is known to have been there. An unresolved party is somebody whom the CRM knows by an address only."""
UNRESOLVED = "unresolved"
OPTIONS = ("activities", "parties", "roles")


@dataclass(frozen=True)
class Parties:
    """Which parties are read, by a block's own options (`connector: {roles: [...], parties: [...], activities: [...]}`)."""

    roles: tuple[str, ...]
    parties: tuple[str, ...]
    activities: tuple[str, ...]
    """Logical names of activities; none: all of them."""

    @classmethod
    def of(cls, options: Mapping[str, object], logical: Callable[[str], str]) -> "Parties":
        """`logical` gives a table's logical name, and raises StopEntity for one that is not there: such a name would be answered with
        no rows at all. Raises StopEntity for an option or a word that is not known."""
        unknown = [name for name in options if name not in OPTIONS]
        if unknown:
            raise StopEntity(f"under 'connector', {', '.join(unknown)} is not known for activityparties; write {', '.join(OPTIONS)}")
        roles = _words(options, "roles", WERE_THERE)
        wrong = [role for role in roles if role not in ROLES.values()]
        if wrong:
            raise StopEntity(f"under 'connector', roles: {', '.join(wrong)} is not known; write some of {', '.join(ROLES.values())}")
        parties = _words(options, "parties", PEOPLE)
        tables = tuple(name if name in PEOPLE else logical(name) for name in parties)
        return cls(roles, tables, tuple(logical(name) for name in _words(options, "activities", ())))

    def filter(self) -> str:
        """What the service is asked for: the roles, and the kinds of activity by way of the activity that a party belongs to."""
        numbers = [number for number, role in ROLES.items() if role in self.roles]
        roles = f"({' or '.join(f'{MASK} eq {number}' for number in numbers)})"
        if not self.activities:
            return roles
        kinds = " or ".join(f"activityid_activitypointer/activitytypecode eq {quoted(name)}" for name in self.activities)
        return f"{roles} and ({kinds})"

    def want(self, item: Mapping[str, object]) -> bool:
        """Whether this party is one of those that are read."""
        party = item.get(f"{PARTY}@{TABLE}") if item.get(PARTY) is not None else UNRESOLVED
        return party in self.parties


def role_of(value: object) -> str | None:
    """Our word for a participation; a number of another kind stays a number, as text."""
    return ROLES.get(value, str(value)) if isinstance(value, int) else None


def _words(options: Mapping[str, object], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    given = options.get(name)
    listed = [given] if isinstance(given, str) else given
    if listed is None:
        return default
    if not isinstance(listed, (list, tuple)) or not listed or not all(isinstance(word, str) and NAME.fullmatch(word) for word in listed):
        example = ", ".join(default or ("appointment", "phonecall"))
        raise StopEntity(f"under 'connector', {name} is to be a list of words, as in [{example}]")
    return tuple(word.lower() for word in listed)
