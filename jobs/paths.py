"""Warm paths: through whom the leaders of a business can be reached, each with its strength and the facts behind it.

A colleague who is engaged already; a director shared with a business whose leader is engaged; somebody who was at one and is at the other;
an event at which both were; an officer of ours who met them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select

from jobs.directors import is_alive, not_to_contact, serves
from jobs.facts import Known
from jobs.wording import say_person, say_touch
from mappings.companies import is_like_any
from mappings.policy import TOOK_PART, Judged, Member, Touch
from store import bulk
from store.queries import among
from store.tables import Business, BusinessRecord, Engagement, Flag, Participant, Person, PersonRecord, Post, RegisterOfficer

business, joined, flag = bulk.table_of(Business), bulk.table_of(BusinessRecord), bulk.table_of(Flag)
person, person_record, post = bulk.table_of(Person), bulk.table_of(PersonRecord), bulk.table_of(Post)
participant, engagement, officer = bulk.table_of(Participant), bulk.table_of(Engagement), bulk.table_of(RegisterOfficer)

STRENGTHS = {3: "strong", 2: "fair", 1: "weak"}
SHOWN = 8
"""Paths that a page shows; there are seldom more."""
EVENTS = 60
"""Of the engagements in the window the newest; others say little more."""


@dataclass(frozen=True)
class Path:
    """One way to a business's leaders."""

    kind: str
    strength: int
    """3: strong, somebody who was in the room lately; 2: fair; 1: weak."""
    through: str
    """Who opens the door, as the picture names them."""
    sentence: str
    business_id: str = ""
    """The other business, where the path leads by one."""
    business_name: str = ""


def paths(connection: Connection, known: Known, judged: Judged, as_of: date, window_days: int) -> list[Path]:
    """The paths to a business's leaders, the strongest first; of equals in the order of their kinds. A person who is not to be contacted
    opens no door."""
    finder = _Finder(connection, known, judged, as_of, as_of - timedelta(days=window_days))
    found = [*finder.colleagues(), *finder.directors(), *finder.posts(), *finder.events(), *finder.officers()]
    unique = {(path.kind, path.through, path.business_id): path for path in reversed(found)}
    order = {id(path): number for number, path in enumerate(found)}
    return sorted(unique.values(), key=lambda path: (-path.strength, order[id(path)]))[:SHOWN]


@dataclass(frozen=True)
class _Finder:
    connection: Connection
    known: Known
    judged: Judged
    as_of: date
    opens: date

    def colleagues(self) -> Iterator[Path]:
        """Others of theirs who took part of late."""
        for member in self.judged.engaged_staff:
            last = self._last(member)
            if last and not member.do_not_contact:
                yield Path("colleague", 3, say_person(member), f"{say_person(member)}, a colleague, took part in {say_touch(last)}.")

    def directors(self) -> Iterator[Path]:
        """Directors whom the register knows at another business too; none whose name is that of somebody who is not to be contacted."""
        number = self._number()
        mine = select(officer.c.officer).where(officer.c.number == number, serves(officer, self.as_of))
        query = (
            select(officer.c.name, business.c.id, business.c.name.label("business"), flag.c.state)
            .join(business, business.c.company_number == officer.c.number)
            .join(flag, flag.c.business_id == business.c.id)
            .where(officer.c.officer.in_(mine), officer.c.number != number, serves(officer, self.as_of), is_alive(business))
            .order_by(officer.c.name, business.c.id)
        )
        rows = self.connection.execute(query).all() if number else []
        shut = not_to_contact(self.connection, {found for row in rows for found in (self.known.id, row.id)})
        for row in rows:
            if is_like_any(row.name, (*shut[self.known.id], *shut[row.id])):
                continue
            engaged = row.state == "engaged"
            said = f"{row.name} is also a director of {row.business}" + (", whose leaders are engaged." if engaged else ".")
            yield Path("shared director", 2 if engaged else 1, row.name, said, row.id, row.business)

    def posts(self) -> Iterator[Path]:
        """People who are here and elsewhere, or who were at one and are at the other."""
        for row in self._elsewhere():
            member = self._members()[row.person_id]
            if row.do_not_contact or row.state != "engaged":
                continue
            here, there = not member.has_left(self.as_of), row.until is None and not row.has_left
            if here and there:
                yield Path(
                    "two posts", 2, row.name, f"{row.name} is also at {row.business}, whose leaders are engaged.", row.id, row.business
                )
            elif here:
                yield Path(
                    "former employer",
                    1,
                    row.business,
                    f"{row.name} was at {row.business}, whose leaders are engaged.",
                    row.id,
                    row.business,
                )
            elif there:
                said = f"{row.name}, who is now at {row.business}, was here before; the leaders of {row.business} are engaged."
                yield Path("former employer", 2, row.name, said, row.id, row.business)

    def events(self) -> Iterator[Path]:
        """Leaders of engaged businesses who were where people of this business were."""
        touches = {touch.id: touch for touch in self._attended()}
        for row in self._others_at(touches):
            touch = touches[row.engagement_id]
            name = f"{row.name} ({row.title})" if row.title else row.name
            said = f"{name} of {row.business} was at {say_touch(touch)} with {self._theirs(touch)}."
            yield Path("shared event", 2, row.name, said, row.id, row.business)

    def officers(self) -> Iterator[Path]:
        """Officers of ours who met them, each by the last time."""
        met: dict[str, list[Touch]] = defaultdict(list)
        for touch in self.known.facts.touches:
            owner = self.known.owners.get(touch.id)
            if owner and touch.qualifies and touch.is_done(self.as_of) and self._was_met(touch):
                met[owner].append(touch)
        for owner, touches in sorted(met.items()):
            last = max(touches, key=lambda touch: (touch.day or date.min, touch.id))
            often = f"{len(touches)} times, last" if len(touches) > 1 else "once,"
            recent = last.day is not None and last.day >= self.opens
            said = f"{owner} met them {often} in {say_touch(last)}."
            yield Path("officer who met them", 2 if recent else 1, owner, said)

    def _number(self) -> str | None:
        found: str | None = self.connection.scalar(select(business.c.company_number).where(business.c.id == self.known.id))
        return found

    def _members(self) -> dict[str, Member]:
        return {member.person: member for member in self.known.facts.members}

    def _elsewhere(self) -> Iterable[Any]:
        """The posts of this business's people at other businesses, the newest of each person and business."""
        query = (
            select(
                person_record.c.person_id, person.c.name, person.c.do_not_contact, post.c.until, post.c.has_left,
                business.c.id, business.c.name.label("business"), flag.c.state,
            )
            .join(person, person.c.id == person_record.c.person_id)
            .join(post, post.c.person_record_id == person_record.c.record_id)
            .join(joined, joined.c.record_id == post.c.business_record_id)
            .join(business, business.c.id == joined.c.business_id)
            .join(flag, flag.c.business_id == business.c.id)
            .where(
                among(self.connection, person_record.c.person_id, sorted(self._members())), business.c.id != self.known.id,
                is_alive(business),
            )
            .order_by(person.c.name, business.c.id, post.c.until)
        )  # fmt: skip
        return self.connection.execute(query)

    def _attended(self) -> list[Touch]:
        """Where people of theirs were in the window, the newest first."""
        done = [
            touch
            for touch in self.known.facts.touches
            if touch.qualifies and touch.is_done(self.as_of) and touch.day and touch.day >= self.opens and self._there(touch)
        ]
        return sorted(done, key=lambda touch: (touch.day or date.min, touch.id), reverse=True)[:EVENTS]

    def _others_at(self, touches: Iterable[int]) -> Iterable[Any]:
        """Leaders of other, engaged businesses who took part in these."""
        query = (
            select(
                participant.c.engagement_id, person.c.name, post.c.title, business.c.id, business.c.name.label("business"), flag.c.state,
            )
            .join(engagement, engagement.c.record_id == participant.c.engagement_id)
            .join(person_record, person_record.c.record_id == participant.c.person_record_id)
            .join(person, person.c.id == person_record.c.person_id)
            .join(post, and_(post.c.person_record_id == participant.c.person_record_id, post.c.until.is_(None), ~post.c.has_left))
            .join(joined, joined.c.record_id == post.c.business_record_id)
            .join(business, business.c.id == joined.c.business_id)
            .join(flag, flag.c.business_id == business.c.id)
            .where(
                among(self.connection, participant.c.engagement_id, sorted(touches)), participant.c.took_part.in_(sorted(TOOK_PART)),
                business.c.id != self.known.id, post.c.level.in_(("top_leader", "senior_leader")),
                ~person.c.do_not_contact, is_alive(business),
            )
            .order_by(engagement.c.starts_at.desc(), person.c.name, business.c.id)
        )  # fmt: skip
        # Looked at here: SQLite would begin with every business that is engaged, and take seconds.
        return [row for row in self.connection.execute(query) if row.state == "engaged"]

    def _there(self, touch: Touch) -> list[Member]:
        members = self._members()
        return [members[who] for who, word in touch.people.items() if word in TOOK_PART and who in members]

    def _theirs(self, touch: Touch) -> str:
        there = self._there(touch)
        more = f" and {len(there) - 2} more" if len(there) > 2 else ""
        return ", ".join(say_person(member) for member in there[:2]) + more

    def _was_met(self, touch: Touch) -> bool:
        return bool(self._there(touch)) or (touch.names_business and not touch.has_participants)

    def _last(self, member: Member) -> Touch | None:
        took = [
            touch
            for touch in self.known.facts.touches
            if touch.qualifies and touch.is_done(self.as_of) and touch.people.get(member.person) in TOOK_PART
        ]
        return max(took, key=lambda touch: (touch.day or date.min, touch.id), default=None)
