"""Roles: who is champion, connector, ambassador or business chair, as people said here or as a CRM says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from jobs import audit, merged_ids
from jobs.refused import Refused
from mappings.roles import ROLES
from mappings.themes import Themes
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Business, BusinessRecord, Person, PersonRecord, PersonRole, PersonRoleSaid, Post

held, said, person = bulk.table_of(PersonRole), bulk.table_of(PersonRoleSaid), bulk.table_of(Person)
joined, post = bulk.table_of(PersonRecord), bulk.table_of(Post)
business, business_record = bulk.table_of(Business), bulk.table_of(BusinessRecord)


@dataclass(frozen=True)
class RoleHeld:
    """A role of a person now."""

    id: int | None
    """None where a CRM says it, so that it is ended there."""
    person_id: str
    name: str
    role: str
    place: str
    """Empty: every place."""
    theme: str
    """Empty: every theme."""
    by: str
    """Who added it; empty where a CRM says it."""
    since: datetime | None
    businesses: tuple[str, ...]
    """The ids of the businesses where the person stands."""


@dataclass(frozen=True)
class NewRole:
    """A role for a person: of a place and a theme, where they are not empty."""

    person_id: str
    role: str
    place: str = ""
    theme: str = ""


def add(store: Database, new: NewRole, themes: Themes, who: str, now: datetime) -> int:
    """Gives a person a role; its id. Raises Refused."""
    if new.role not in ROLES:
        raise Refused(f"'{new.role}' is no role; choose one of {', '.join(ROLES)}")
    if new.theme and new.theme not in themes.ids:
        raise Refused(f"'{new.theme}' is no theme; choose one of {', '.join(themes.ids)}")
    with store.connect() as connection:
        now_is = merged_ids.current(connection, Person, [new.person_id]).get(new.person_id, new.person_id)
        if connection.scalar(select(person.c.id).where(person.c.id == now_is, ~person.c.gone)) is None:
            raise Refused("no CRM holds this person now; load the page again, or find them by name")
        same = (held.c.role == new.role, held.c.place == new.place.strip(), held.c.theme == new.theme, held.c.ended_at.is_(None))
        if now_is in merged_ids.current(connection, Person, connection.scalars(select(held.c.person_id).where(*same))).values():
            raise Refused("this person has that role already; nothing is to be done")
        row = {"person_id": now_is, "role": new.role, "place": new.place.strip(), "theme": new.theme, "added_by": who, "added_at": now}
        found = int(connection.execute(insert(held).values(**row, ended_by="").returning(held.c.id)).scalar_one())
        audit.note(connection, who, "role add", now_is, now, new.role)
    return found


def end(store: Database, role_id: int, who: str, now: datetime) -> None:
    """Ends a role that was given here. Raises Refused."""
    with store.connect() as connection:
        row = connection.execute(select(held).where(held.c.id == role_id, held.c.ended_at.is_(None))).one_or_none()
        if row is None:
            raise Refused("this role has ended already or is not there; load the page again")
        connection.execute(update(held).where(held.c.id == role_id).values(ended_by=who, ended_at=now))
        audit.note(connection, who, "role end", row.person_id, now, row.role)


def roles(store: Database, place: str = "", role: str = "", person_id: str = "") -> list[RoleHeld]:
    """Roles that are held now, by role and name: of a place (and of every place), of one kind, of one person, where these are named.

    A role that a CRM says is of the places of the businesses where the person stands."""
    with store.reading() as connection:
        open_ones = connection.execute(select(held).where(held.c.ended_at.is_(None))).all()
        now_is = merged_ids.current(connection, Person, {row.person_id for row in open_ones})
        given = [(now_is.get(row.person_id, row.person_id), row) for row in open_ones]
        by_crm = [(row.person_id, row.role) for row in connection.execute(select(said))]
        people = sorted({found for found, _ in (*given, *by_crm)})
        names = dict(
            connection.execute(select(person.c.id, person.c.name).where(among(connection, person.c.id, people), ~person.c.gone)).all()
        )
        at = _standing(connection, people)
    found = [
        RoleHeld(row.id, who, names[who], row.role, row.place, row.theme, row.added_by, row.added_at, _ids(at, who))
        for who, row in given
        if who in names
    ]
    known = {(one.person_id, one.role) for one in found}
    found += [
        RoleHeld(None, who, names[who], kind, where, "", "", None, _ids(at, who))
        for who, kind in by_crm
        if who in names and (who, kind) not in known
        for where in sorted({spot for _, spot in at.get(who, ())}) or [""]
    ]
    wanted = (one for one in found if (not role or one.role == role) and (not person_id or one.person_id == person_id))
    kept = [one for one in wanted if not place or one.place in (place, "")]
    return sorted(kept, key=lambda one: (list(ROLES).index(one.role), one.name.casefold(), one.person_id, one.place, one.theme))


def _ids(at: Mapping[str, list[tuple[str, str]]], who: str) -> tuple[str, ...]:
    return tuple(sorted({found for found, _ in at.get(who, ())}))


def _standing(connection: Connection, people: list[str]) -> dict[str, list[tuple[str, str]]]:
    """The businesses where these people stand now, each with its place."""
    query = (
        select(joined.c.person_id, business.c.id, business.c.place)
        .join(post, post.c.person_record_id == joined.c.record_id)
        .join(business_record, business_record.c.record_id == post.c.business_record_id)
        .join(business, business.c.id == business_record.c.business_id)
        .where(among(connection, joined.c.person_id, people), post.c.until.is_(None), ~post.c.has_left)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for who, business_id, where in connection.execute(query):
        found.setdefault(who, []).append((business_id, where or ""))
    return found
