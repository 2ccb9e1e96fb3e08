"""Views for Power BI, Excel and other programs: what may be relied on, whatever the tables beneath become.

A column here keeps its name and meaning; new ones come at the end. No view holds a person, a note, or words taken from one. A change of a
view needs a migration, be it an empty one: views are dropped before and made anew after each (migrations/env.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, inspect, text


@dataclass(frozen=True)
class View:
    """A view: what a row is, its columns with what they mean, and the query, whose columns are in the same order."""

    about: str
    columns: Mapping[str, str]
    query: str


_SIZE = (
    "CASE WHEN b.employees IS NULL THEN '' WHEN b.employees >= 250 THEN 'large' WHEN b.employees >= 50 THEN 'medium'"
    " WHEN b.employees >= 10 THEN 'small' ELSE 'micro' END"
)
_QUALIFIES = "CASE WHEN e.kind IN ('meeting', 'call', 'visit', 'event') OR (e.kind = 'email' AND e.direction = 'inbound') THEN 1 ELSE 0 END"
_STOOD_THERE = (
    "(p.until IS NULL AND NOT EXISTS (SELECT 1 FROM post q WHERE q.person_record_id = p.person_record_id AND q.until >= e.starts_at))"
    " OR (p.until >= e.starts_at AND NOT EXISTS (SELECT 1 FROM post q WHERE q.person_record_id = p.person_record_id"
    " AND q.until >= e.starts_at AND q.until < p.until))"
)
"""At which business a person record stood when an engagement began: before the CRM moved it, the old one; else where it is now."""
_BELONGS = (
    "SELECT n.engagement_id, r.business_id FROM engagement_business n JOIN business_record r ON r.record_id = n.business_record_id"
    " UNION SELECT e.record_id, r.business_id FROM engagement e JOIN participant t ON t.engagement_id = e.record_id"
    " JOIN post p ON p.person_record_id = t.person_record_id JOIN business_record r ON r.record_id = p.business_record_id"
    f" WHERE {_STOOD_THERE}"
)

VIEWS: Final[Mapping[str, View]] = {
    "pb_businesses": View(
        "A business that some CRM holds.",
        {
            "business_id": "Its id, which stays",
            "name": "Its name; of a sole trader that may be a person's",
            "company_number": "Its Companies House number, empty where none is known",
            "postcode": "As the CRM writes it",
            "town": "As the CRM writes it",
            "place": "The place it belongs to, empty where none is known",
            "sector": "business, local_government, community, education, health, housing_association or other_anchor; docs/places.md",
            "crm_sector": "The CRM's own word for its sector or industry",
            "employees": "Number of staff, empty where it is not known",
            "size": "micro, small, medium, large, or empty",
            "closed": "1: all CRMs say that it is closed",
            "state": "engaged, leader_left, leader_lapsed, leader_not_engaged, no_leader_known; empty for a closed one",
            "flagged": "1: its leaders are not engaged",
        },
        "SELECT b.id AS business_id, b.name AS name, b.company_number AS company_number, b.postcode AS postcode, b.town AS town,"
        " COALESCE(b.place, '') AS place, COALESCE(s.sector, '') AS sector, b.sector AS crm_sector, b.employees AS employees,"
        f" {_SIZE} AS size, CASE WHEN b.closed THEN 1 ELSE 0 END AS closed, f.state AS state,"
        " CASE WHEN f.state IS NULL OR f.state = 'engaged' THEN 0 ELSE 1 END AS flagged"
        " FROM business b LEFT JOIN seat s ON s.business_id = b.id LEFT JOIN flag f ON f.business_id = b.id"
        " WHERE b.merged_into IS NULL AND NOT b.gone",
    ),
    "pb_flags": View(
        "The state of a business as it was last looked at; the engaged too, not the closed.",
        {
            "business_id": "The business",
            "state": "engaged, leader_left, leader_lapsed, leader_not_engaged or no_leader_known",
            "reach": "leader, staff_only, invited_only or none",
            "priority": "The sum of its points",
            "as_of": "The day by which it was looked at; it holds until something changes",
        },
        "SELECT f.business_id AS business_id, f.state AS state, f.reach AS reach, f.priority AS priority, f.as_of AS as_of FROM flag f",
    ),
    "pb_flag_history": View(
        "A change of a business's state or reach.",
        {
            "business_id": "The business; one that was joined into another stays here under its old id",
            "as_of": "The day from which it holds",
            "state": "As in pb_flags; empty: closed or gone from that day on",
            "reach": "As in pb_flags",
        },
        "SELECT h.business_id AS business_id, h.as_of AS as_of, h.state AS state, h.reach AS reach FROM flag_history h",
    ),
    "pb_engagements": View(
        "An engagement and a business of it; one of several businesses has several rows. No notes, no subject, nobody's name.",
        {
            "engagement_id": "Its number in this database",
            "business_id": "The business, empty where none is known",
            "connection": "The CRM that holds it",
            "kind": "meeting, call, visit, event, email, letter, mailing, note, task or other",
            "direction": "inbound, outbound or empty",
            "status": "done, planned, cancelled or empty",
            "starts_at": "When it began, in UTC",
            "qualifies": "1: of a kind that counts as a meeting with the business, be it done or not",
        },
        "SELECT e.record_id AS engagement_id, o.business_id AS business_id, c.name AS connection, e.kind AS kind, e.direction AS direction,"
        f" e.status AS status, e.starts_at AS starts_at, {_QUALIFIES} AS qualifies FROM engagement e"
        f" JOIN connection c ON c.id = e.connection_id LEFT JOIN ({_BELONGS}) o ON o.engagement_id = e.record_id",
    ),
    "pb_themes": View(
        "A theme or resource that an engagement is about.",
        {
            "engagement_id": "The engagement",
            "kind": "theme or resource",
            "found": "Its id, as in docs/themes.md",
        },
        "SELECT t.engagement_id AS engagement_id, t.kind AS kind, t.found AS found FROM theme_found t"
        " WHERE t.engagement_id > 0",  # those below 0 were written down here, and are in no other view
    ),
    "pb_business_themes": View(
        "A theme that a business's engagements are about.",
        {
            "business_id": "The business",
            "theme": "The theme's id",
            "met": "1: somebody of theirs took part in an engagement about it in the last year",
            "led": "1: a leader of theirs did",
        },
        "SELECT s.business_id AS business_id, s.theme AS theme, CASE WHEN s.met THEN 1 ELSE 0 END AS met,"
        " CASE WHEN s.led THEN 1 ELSE 0 END AS led FROM seat_theme s WHERE s.theme <> ''",
    ),
    "pb_resources": View(
        "A resource that a business offers.",
        {
            "business_id": "The business",
            "resource": "The resource's id",
            "times": "In how many engagements it was offered",
            "last_on": "The day of the last of them, empty where only the CRM's tag says so",
        },
        "SELECT o.business_id AS business_id, o.resource AS resource, o.times AS times, o.last_on AS last_on FROM offer o",
    ),
    "pb_places": View(
        "Counts of businesses of a place, theme, sector and size. Rows of an empty theme count each business once.",
        {
            "place": "The place, empty where none is known",
            "theme": "The theme's id; empty: whatever the theme. Never add up over themes",
            "sector": "The sector at the table",
            "size": "micro, small, medium, large, or empty",
            "known": "Businesses that are not closed",
            "engaged": "Of them, those with a leader engaged",
            "flagged": "Of them, those whose leaders are not engaged",
            "met": "Of them, those of which somebody was met about the theme in the last year",
            "led": "Of them, those of which a leader was",
        },
        "SELECT t.place AS place, t.theme AS theme, t.sector AS sector, t.size AS size, t.known AS known, t.engaged AS engaged,"
        " t.known - t.engaged AS flagged, t.met AS met, t.led AS led FROM tally t",
    ),
}
"""Every view by its name."""

_TABLES: Final = {
    "business", "seat", "flag", "flag_history", "engagement", "engagement_business", "business_record", "participant", "post", "connection",
    "theme_found", "seat_theme", "offer", "tally",
}  # fmt: skip


def drop(connection: Connection) -> None:
    """Drops those that are there, so that the tables beneath can be changed."""
    for name in VIEWS:
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def create(connection: Connection) -> None:
    """Makes them anew. A schema without their tables, that of an older version, gets none."""
    if set(inspect(connection).get_table_names()) >= _TABLES:
        drop(connection)
        for name, view in VIEWS.items():
            connection.execute(text(f"CREATE VIEW {name} AS {view.query}"))
