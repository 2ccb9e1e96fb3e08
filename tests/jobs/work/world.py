"""A small town in a store, written as a sync leaves it: businesses, their people, and visits; and what an officer does about them."""

from datetime import UTC, date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection as CoreConnection
from sqlalchemy import insert, select, update

from jobs import dirty
from jobs.flag_stage import flag_businesses, reflag
from jobs.rules import Rules
from jobs.work.listing import Listing, Row, Wanted, find
from store import bulk
from store.database import Database
from store.tables import (
    Business,
    BusinessRecord,
    Connection,
    Engagement,
    EngagementBusiness,
    Flag,
    Participant,
    Person,
    PersonRecord,
    Post,
    Record,
)

ZONE = ZoneInfo("Europe/London")
DAY = date(2026, 11, 2)
ANN, BEN = "ann@council.example", "ben@council.example"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


class Town:
    """The store and what it holds. Each business has a leader (`p` and its number) and a clerk (`c` and its number)."""

    def __init__(self, store: Database) -> None:
        self.store = store
        self.at: dict[str, int] = {}
        with store.connect() as connection:
            connection.execute(insert(bulk.table_of(Connection)).values(id=1, name="council", kind="files", side="council", version=1))

    @cached_property
    def rules(self) -> Rules:
        return Rules.load(None, None, None, None)

    def business(self, name: str, **fields: object) -> str:
        """Adds one; its id."""
        business_id = f"b{len(self.at)}"
        self.at[business_id] = len(self.at)
        with self.store.connect() as connection:
            connection.execute(insert(bulk.table_of(Business)).values({"id": business_id, "name": name, "place": "Alderton"} | fields))
            record = self._record(connection, "business")
            joined = {"record_id": record, "business_id": business_id, "method": "alone", "score": 1.0, "band": "sure"}
            connection.execute(insert(bulk.table_of(BusinessRecord)).values(**joined))
            for letter, title, level in (("p", "Managing Director", "top_leader"), ("c", "Clerk", "not_senior")):
                self._person(connection, f"{letter}{self.at[business_id]}", record, title, level)
            dirty.mark_businesses(connection, [business_id])
        return business_id

    def visit(self, business_id: str, person: str, day: date) -> None:
        """A visit that the CRM holds, in which a person of theirs took part."""
        with self.store.connect() as connection:
            at = connection.scalar(
                select(bulk.table_of(BusinessRecord).c.record_id).where(bulk.table_of(BusinessRecord).c.business_id == business_id)
            )
            who = connection.scalar(
                select(bulk.table_of(PersonRecord).c.record_id).where(bulk.table_of(PersonRecord).c.person_id == person)
            )
            record = self._record(connection, "engagement")
            values = {
                "record_id": record,
                "connection_id": 1,
                "kind": "visit",
                "status": "done",
                "starts_at": noon(day),
                "has_participants": True,
            }
            connection.execute(insert(bulk.table_of(Engagement)).values(**values))
            connection.execute(
                insert(bulk.table_of(EngagementBusiness)).values(engagement_id=record, business_record_id=at, connection_id=1)
            )
            took = {
                "engagement_id": record,
                "who": str(who),
                "connection_id": 1,
                "person_record_id": who,
                "took_part": "attended",
                "stated": True,
            }
            connection.execute(insert(bulk.table_of(Participant)).values(**took))
            dirty.mark_businesses(connection, [business_id])

    def leave(self, business_id: str) -> None:
        """The leader leaves."""
        self.change(business_id, Post, has_left=True)

    def close(self, business_id: str) -> None:
        with self.store.connect() as connection:
            table = bulk.table_of(Business)
            connection.execute(update(table).where(table.c.id == business_id).values(closed=True))
            dirty.mark_businesses(connection, [business_id])

    def rename(self, business_id: str, name: str) -> None:
        with self.store.connect() as connection:
            table = bulk.table_of(Business)
            connection.execute(update(table).where(table.c.id == business_id).values(name=name))
            dirty.mark_businesses(connection, [business_id])

    def merge(self, old: str, into: str) -> None:
        """Two businesses turn out to be one, as the join writes it."""
        with self.store.connect() as connection:
            joined, table = bulk.table_of(BusinessRecord), bulk.table_of(Business)
            connection.execute(update(joined).where(joined.c.business_id == old).values(business_id=into))
            connection.execute(update(table).where(table.c.id == old).values(merged_into=into, gone=True))
            dirty.mark_businesses(connection, [old, into])

    def change(self, business_id: str, model: type[Post], **values: object) -> None:
        with self.store.connect() as connection:
            person, table = bulk.table_of(PersonRecord), bulk.table_of(model)
            who = connection.scalar(select(person.c.record_id).where(person.c.person_id == f"p{self.at[business_id]}"))
            connection.execute(update(table).where(table.c.person_record_id == who).values(**values))
            dirty.mark_businesses(connection, [business_id])

    def flag(self, day: date = DAY) -> None:
        """The flag stage."""
        flag_businesses(self.store, day, self.rules, ZONE)

    def again(self, business_id: str, day: date = DAY) -> None:
        reflag(self.store, [business_id], day, self.rules, ZONE)

    def find(self, wanted: Wanted = Wanted(), who: str = ANN, day: date = DAY) -> Listing:  # noqa: B008 - it is frozen
        return find(self.store, wanted, who, day, ZONE)

    def names(self, wanted: Wanted = Wanted(), who: str = ANN, day: date = DAY) -> list[str]:  # noqa: B008
        return [row.name for row in self.find(wanted, who, day).rows]

    def row(self, business_id: str, day: date = DAY) -> Row:
        rows = {row.business_id: row for row in self.find(Wanted(work="all", state=ALL_STATES), day=day).rows}
        return rows[business_id]

    def state(self, business_id: str) -> tuple[str, str]:
        flag = bulk.table_of(Flag)
        with self.store.reading() as connection:
            row = connection.execute(select(flag.c.state, flag.c.reach).where(flag.c.business_id == business_id)).one()
        return row.state, row.reach

    def _record(self, connection: CoreConnection, entity: str) -> int:
        table = bulk.table_of(Record)
        count = len(connection.execute(select(table.c.id)).all()) + 1
        values = {
            "id": count,
            "connection_id": 1,
            "entity": entity,
            "source_id": str(count),
            "block": entity,
            "row_hash": bytes(16),
            "fields": {},
        }
        connection.execute(insert(table).values(**values))
        return count

    def _person(self, connection: CoreConnection, person_id: str, at: int, title: str, level: str) -> None:
        record = self._record(connection, "person")
        run = connection.execute
        run(insert(bulk.table_of(Person)).values(id=person_id, name=f"Name of {person_id}"))
        run(insert(bulk.table_of(PersonRecord)).values(record_id=record, person_id=person_id, method="alone", score=1.0, band="sure"))
        run(insert(bulk.table_of(Post)).values(person_record_id=record, business_record_id=at, connection_id=1, title=title, level=level))


ALL_STATES: tuple[str, ...] = ("engaged", "leader_left", "leader_lapsed", "leader_not_engaged", "no_leader_known")
