"""The ways in which 100,000 contacts are read, and the cases that are measured of each.

next              kind rest, pages by next link, everything each time
offset            kind rest, pages by offset, everything each time
next-changes      kind rest, pages by next link, then only what changed
dataverse-whole   kind dataverse, a table whose changes cannot be asked for
dataverse         kind dataverse, change tracking: then only what changed
"""

from dataclasses import dataclass

REST = ("id", "first_name", "last_name", "title", "email", "phone", "account", "town", "postcode", "status", "notes", "updated_at")
DATAVERSE = (
    "contactid", "firstname", "lastname", "jobtitle", "emailaddress1", "telephone1", "_parentcustomerid_value", "address1_city",
    "address1_postalcode", "statecode", "description", "modifiedon",
)  # fmt: skip
WHOLE, CHANGES = ("full", "unchanged"), ("full", "nothing changed", "1% changed")
REST_PAGE, DATAVERSE_PAGE = 1000, 5000
FIRST_CHANGE = "2020-01-01T00:00:00Z"
"""Before any row."""


@dataclass(frozen=True)
class Way:
    """One of them."""

    service: str
    """rest or dataverse."""
    fields: tuple[str, ...]
    """The id first, when it changed last."""
    cases: tuple[str, ...]
    """Run one after another in one database. Before the last of CHANGES the service changes one row of a hundred."""
    path: str
    """Below the service's address."""

    @property
    def changes(self) -> bool:
        """Only what changed is read after the first time."""
        return self.cases is CHANGES


API = "api/data/v9.2"
WAYS = {
    "next": Way("rest", REST, WHOLE, "contacts"),
    "offset": Way("rest", REST, WHOLE, "contacts"),
    "next-changes": Way("rest", REST, CHANGES, "contacts"),
    "dataverse-whole": Way("dataverse", DATAVERSE, WHOLE, f"{API}/new_members"),
    "dataverse": Way("dataverse", DATAVERSE, CHANGES, f"{API}/contacts"),
}
