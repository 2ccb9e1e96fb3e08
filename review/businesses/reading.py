"""Everything that a page says about one business, read in a handful of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobs import merged_ids
from jobs.facts import Known, Loader
from jobs.flag import decide
from jobs.paths import Path, paths
from jobs.wording import COMPANIES_HOUSE, say_day, say_gone, say_officer, say_standing
from jobs.work.standing import Standing, standings
from mappings.policy import TOOK_PART, Judged, Member, Touch
from review.page import NotFound
from review.site import Site
from store import bulk
from store.queries import among
from store.tables import Business, BusinessRecord, FlagHistory, OwnEngagement, PersonRecord, Record, ThemeFound
from store.tables import Connection as ConnectionRow

business, joined, record = bulk.table_of(Business), bulk.table_of(BusinessRecord), bulk.table_of(Record)
connections, history, theme = bulk.table_of(ConnectionRow), bulk.table_of(FlagHistory), bulk.table_of(ThemeFound)
person_record, own = bulk.table_of(PersonRecord), bulk.table_of(OwnEngagement)

ENTRIES = 25
"""Engagements on one page of the timeline."""


@dataclass(frozen=True)
class Person:
    """Somebody of theirs."""

    id: str
    name: str
    title: str
    level: str
    because: str
    """Why the title has this level."""
    is_leader: bool
    gone: str
    """How the records say that they are no longer there; empty while they are."""
    do_not_contact: bool
    known_to: tuple[str, ...]
    """The connections that hold them."""
    last: str
    """The last engagement in which they took part, as people say it."""


@dataclass(frozen=True)
class Entry:
    """An engagement on the timeline."""

    id: int
    day: date | None
    kind: str
    counts: str
    """Whether it counts, in words."""
    subject: str
    notes: str
    people: tuple[str, ...]
    owner: str
    connection: str
    themes: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """Kind (theme, not_theme where a person said that it is not, or resource), id, name, and the words that earned it."""


@dataclass(frozen=True)
class RecordOf:
    """A record that the business was joined from."""

    id: int
    connection: str
    source_id: str
    name: str
    address: str
    company_number: str
    how: str


@dataclass(frozen=True)
class Register:
    """What Companies House says."""

    name: str
    standing: str
    asked_on: date
    officers: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """A business as its page shows it."""

    id: str
    name: str
    place: str
    town: str
    postcode: str
    company_number: str
    sector: str
    employees: int | None
    closed: bool
    known: Known
    judged: Judged | None
    row: dict[str, Any] | None
    people: tuple[Person, ...]
    entries: tuple[Entry, ...]
    total_entries: int
    records: tuple[RecordOf, ...]
    register: Register | None
    paths: tuple[Path, ...]
    standing: Standing
    history: tuple[Any, ...]
    window_from: date


def durable_id(connection: Connection, business_id: str) -> str:
    """The id under which a business is known now. Raises NotFound."""
    found = merged_ids.current(connection, Business, [business_id]).get(business_id)
    if found is not None:
        return found
    raise NotFound("No business has this id. It may have been removed with its connection. Search the list for its name.")


def view(site: Site, business_id: str, page: int = 1) -> View:
    """Everything about a business, with one page of its timeline. Raises NotFound."""
    with site.store.reading() as connection:
        found = durable_id(connection, business_id)
        known = Loader(connection, site.zone).load([found])
        row = connection.execute(select(business).where(business.c.id == found)).one()
        if not known:
            raise NotFound(f"{row.name} is held by no CRM any more, so it is in no list.")
        return _view(connection, site, row, known[0], page)


def _view(connection: Connection, site: Site, row: Any, known: Known, page: int) -> View:
    today = site.today()
    decided = decide(known, today, site.rules.policy)
    touches = sorted(known.facts.touches, key=lambda touch: (touch.day or date.min, touch.id), reverse=True)
    return View(
        id=row.id,
        name=row.name,
        place=known.place,
        town=row.town or "",
        postcode=row.postcode or "",
        company_number=row.company_number or "",
        sector=row.sector or "",
        employees=row.employees,
        closed=row.closed,
        known=known,
        judged=decided.judged,
        row=decided.row,
        people=_people(connection, site, known, decided.judged),
        entries=_entries(connection, site, known, touches[(page - 1) * ENTRIES : page * ENTRIES]),
        total_entries=len(touches),
        records=_records(connection, row.id),
        register=_register(known),
        paths=tuple(paths(connection, known, decided.judged, today, site.rules.policy.window_days)) if decided.judged else (),
        standing=standings(connection, [row.id])[row.id],
        history=_history(connection, row.id),
        window_from=today - timedelta(days=site.rules.policy.window_days),
    )


def _people(connection: Connection, site: Site, known: Known, judged: Judged | None) -> tuple[Person, ...]:
    today = site.today()
    ids = [member.person for member in known.facts.members]
    rows = connection.execute(
        select(person_record.c.person_id, connections.c.name)
        .join(record, record.c.id == person_record.c.record_id)
        .join(connections, connections.c.id == record.c.connection_id)
        .where(among(connection, person_record.c.person_id, ids), record.c.deleted_on.is_(None))
        .distinct()
    )
    known_to: dict[str, list[str]] = defaultdict(list)
    for person_id, name in rows:
        known_to[person_id].append(name)
    leaders = {member.person for member in (*judged.leaders, *judged.left_leaders)} if judged else set()
    order = {member.person: number for number, member in enumerate(judged.leaders if judged else ())}
    people = [_person(site, known, member, leaders, tuple(sorted(known_to[member.person])), today) for member in known.facts.members]
    return tuple(sorted(people, key=lambda one: (bool(one.gone), order.get(one.id, len(order)), one.name)))


def _person(site: Site, known: Known, member: Member, leaders: set[str], known_to: tuple[str, ...], today: date) -> Person:
    took = [touch for touch in known.facts.touches if touch.is_done(today) and touch.people.get(member.person) in TOOK_PART]
    last = max(took, key=lambda touch: (touch.day or date.min, touch.id), default=None)
    return Person(
        id=member.person,
        name=member.name,
        title=member.title,
        level=member.level,
        because=site.rules.levels.of(member.title).because,
        is_leader=member.person in leaders,
        gone=say_gone(member, today) if member.has_left(today) else "",
        do_not_contact=member.do_not_contact,
        known_to=known_to,
        last=f"{last.kind} on {say_day(last.day)}" if last and last.day else "",
    )


def _entries(connection: Connection, site: Site, known: Known, touches: Sequence[Touch]) -> tuple[Entry, ...]:
    ids = [touch.id for touch in touches]
    said = {
        row.id: row
        for row in connection.execute(
            select(record.c.id, record.c.fields, connections.c.name)
            .join(connections, connections.c.id == record.c.connection_id)
            .where(among(connection, record.c.id, ids))
        )
    }
    themes: dict[int, list[Any]] = defaultdict(list)
    held = select(theme).where(among(connection, theme.c.engagement_id, ids)).order_by(theme.c.kind.desc(), theme.c.found)
    for row in connection.execute(held):
        themes[row.engagement_id].append((row.kind, row.found, _named(site, row.kind, row.found), tuple(row.evidence)))
    names = {member.person: member.name for member in known.facts.members}
    own_notes = _own_notes(connection, ids)
    return tuple(_entry(touch, said.get(touch.id), themes[touch.id], names, known, site.today(), own_notes) for touch in touches)


def _own_notes(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The notes of engagements that were written down here, whose numbers are below 0."""
    mine = select(own.c.id, own.c.note).where(among(connection, own.c.id, [-number for number in ids if number < 0]))
    return {-row.id: row.note for row in connection.execute(mine)}


def _named(site: Site, kind: str, found: str) -> str:
    """A theme's or resource's name; its id where the rules no longer have it."""
    try:
        return (site.rules.resources if kind == "resource" else site.rules.themes).name(found)
    except KeyError:
        return found


def _entry(touch: Touch, row: Any, themes: list[Any], names: dict[str, str], known: Known, today: date, notes: dict[int, str]) -> Entry:
    fields = row.fields if row else {}
    return Entry(
        id=touch.id,
        day=touch.day,
        kind=touch.what,
        counts=touch.standing(today),
        subject=str(fields.get("subject", "")),
        notes=str(fields.get("notes", "")) or notes.get(touch.id, ""),
        people=tuple(f"{names.get(who, 'Somebody')} {word}" for who, word in touch.people.items()),
        owner=known.owners.get(touch.id, ""),
        connection=row.name if row else "what was written down here",
        themes=tuple(themes),
    )


def _records(connection: Connection, business_id: str) -> tuple[RecordOf, ...]:
    query = (
        select(joined, record.c.source_id, record.c.fields, connections.c.name)
        .join(record, record.c.id == joined.c.record_id)
        .join(connections, connections.c.id == record.c.connection_id)
        .where(joined.c.business_id == business_id, record.c.deleted_on.is_(None))
        .order_by(connections.c.name, record.c.source_id)
    )
    return tuple(
        RecordOf(
            id=row.record_id,
            connection=row.name,
            source_id=row.source_id,
            name=str(row.fields.get("name", "")),
            address=", ".join(str(row.fields[name]) for name in ("address", "town", "postcode") if row.fields.get(name)),
            company_number=row.company_number or "",
            how="joined with no other" if row.method == "alone" else f"{row.band}, by {row.method.replace('_', ' ')}",
        )
        for row in connection.execute(query)
    )


def _register(known: Known) -> Register | None:
    company = known.company
    if company is None or not company.known:
        return None
    officers = tuple(
        say_officer(one) + (f", resigned on {say_day(one.resigned_on)}" if one.resigned_on else "") for one in company.officers
    )
    return Register(f"{company.name} at {COMPANIES_HOUSE}", say_standing(company), company.asked_on, officers)


def _history(connection: Connection, business_id: str) -> tuple[Any, ...]:
    query = select(history.c.as_of, history.c.state, history.c.reach).where(history.c.business_id == business_id)
    return tuple(connection.execute(query.order_by(history.c.as_of.desc())).all())
