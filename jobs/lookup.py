"""Lookups: registers that are asked, after linking and before flags, about what linking names now.

Answers are kept as they come and asked again when they are old, so a lookup can be stopped at any moment and goes on. An answer that
nobody names any more is forgotten when it is as old as one that would be asked again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, delete, or_, select

from connector.contract import Answered, Lookup, StopConnection
from jobs import dirty, officers, runs
from jobs.areas import POSTCODES, areas_of, place_anew
from jobs.facts import COMPANIES
from jobs.sources import LookupSource
from jobs.wording import COMPANIES_HOUSE
from mappings.contact_points import postcode as normal_postcode
from mappings.places import Places
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Business, Flag, LookupAnswer

answer, business, flag = bulk.table_of(LookupAnswer), bulk.table_of(Business), bulk.table_of(Flag)

BATCH = 100
SECONDS = 1.0
"""Answers are committed when there are so many, or after so long: a limit may be used up next, and then nothing comes for minutes."""


@dataclass
class Due:
    """Which keys linking names now, with the businesses that they are of, and which of them are to be asked."""

    named: Mapping[str, list[str]]
    keys: list[str]
    """Never asked ones first, then the oldest answers."""
    forgotten: list[str]
    """Keys with an old answer that nobody names any more."""


@dataclass
class Asking:
    """One lookup in one run."""

    store: Database
    source: LookupSource
    lookup: Lookup
    zone: ZoneInfo
    places: Places
    run_id: int
    progress: Callable[[int, int], None] = lambda done, total: None

    @property
    def today(self) -> date:
        """The day on which it is asked, whatever day flags are judged by."""
        return datetime.fromtimestamp(self.source.clock.now(), self.zone).date()

    def due(self) -> Due:
        """What there is to ask and to forget. Raises StopConnection for a lookup that asks by something else than linking knows."""
        old = self.today - timedelta(days=self.source.keep_days)
        with self.store.reading() as connection:
            named = _named(connection, self.lookup.keys)
            mine = select(answer.c.key, answer.c.asked_on).where(answer.c.name == self.lookup.name)
            asked = {row.key: row.asked_on for row in connection.execute(mine)}
        stale = [key for key in named if key not in asked or asked[key] <= old]
        stale.sort(key=lambda key: (asked.get(key, date.min), key))
        return Due(named, stale, sorted(key for key, day in asked.items() if key not in named and day <= old))

    def run(self, due: Due) -> None:
        """Asks what is due. What was answered is kept, whatever stops it. Raises ConnectorError."""
        with self.store.connect() as connection:
            officers.fill(connection)
        self._forget(due.forgotten)
        keys, done = due.keys[: self.source.per_run], 0
        batch: list[Answered] = []
        began = self.source.clock.ticks()
        try:
            for answered in self.lookup.lookup(keys):
                batch.append(answered)
                if len(batch) >= BATCH or self.source.clock.ticks() - began >= SECONDS:
                    done += len(batch)
                    self._keep(batch, due.named)
                    self.progress(done, len(keys))
                    batch, began = [], self.source.clock.ticks()
        finally:
            self._keep(batch, due.named)

    def _forget(self, keys: list[str]) -> None:
        with self.store.connect() as connection:
            for part in bulk.parts(keys):
                connection.execute(delete(answer).where(answer.c.name == self.lookup.name, among(connection, answer.c.key, part)))
                self._keep_officers(connection, dict.fromkeys(part))
            runs.count(connection, self.run_id, runs.Counts(removed=len(keys)))

    def _keep(self, batch: list[Answered], named: Mapping[str, list[str]]) -> None:
        """Stores answers and marks the businesses that they change, in one transaction."""
        if not batch:
            return
        rows = {one.key: _as_json(one.facts) for one in batch}
        with self.store.connect() as connection:
            held = self._held(connection, list(rows))
            new = [key for key in rows if key not in held]
            changed = [key for key in rows if key in held and held[key] != rows[key]]
            self._write(connection, rows)
            runs.count(connection, self.run_id, runs.Counts(read=len(rows), added=len(new), changed=len(changed)))
            self._touch(connection, [*new, *changed], list(rows), named)

    def _held(self, connection: Connection, keys: list[str]) -> dict[str, Any]:
        mine = (answer.c.name == self.lookup.name, among(connection, answer.c.key, keys))
        return {row.key: row.facts for row in connection.execute(select(answer.c.key, answer.c.facts).where(*mine))}

    def _write(self, connection: Connection, rows: Mapping[str, Any]) -> None:
        name, today = self.lookup.name, self.today
        connection.execute(delete(answer).where(answer.c.name == name, among(connection, answer.c.key, list(rows))))
        values = [(name, key, self.source.name, facts, today) for key, facts in rows.items()]
        bulk.insert(connection, LookupAnswer, ("name", "key", "connection", "facts", "asked_on"), values)
        self._keep_officers(connection, rows)

    def _keep_officers(self, connection: Connection, rows: Mapping[str, Any]) -> None:
        if self.lookup.name == COMPANIES:
            officers.keep(connection, rows)

    def _touch(self, connection: Connection, changed: list[str], asked: list[str], named: Mapping[str, list[str]]) -> None:
        """Marks the businesses whose flag is to be looked at again: something changed, or its sentences name the day of the asking."""
        touched = _businesses(changed, named)
        if self.lookup.name == POSTCODES:
            touched = place_anew(connection, touched, self.places, areas_of(connection, changed)) if touched else []
        elif self.lookup.name == COMPANIES:
            dated = or_(flag.c.reason.contains(COMPANIES_HOUSE), flag.c.approach.contains(COMPANIES_HOUSE))
            these = among(connection, flag.c.business_id, _businesses(asked, named))
            touched += connection.scalars(select(flag.c.business_id).where(these, dated))
        dirty.mark_businesses(connection, touched)


def _named(connection: Connection, keys: str) -> dict[str, list[str]]:
    """The keys of live businesses, each with its businesses. A company that all its CRMs call closed has no flag and is not asked about."""
    columns = (business.c.id, business.c.company_number, business.c.postcode, business.c.closed)
    live = select(*columns).where(~business.c.gone, business.c.merged_into.is_(None)).order_by(business.c.id)
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(live):
        key = _key(row, keys)
        if key:
            found[key].append(row.id)
    return dict(found)


def _key(row: Any, keys: str) -> str | None:
    if keys == "company_number":
        return None if row.closed else row.company_number
    if keys == "postcode":
        return normal_postcode(row.postcode or "")
    raise StopConnection(f"it asks by {keys}; registers can be asked by company_number and by postcode")


def _businesses(keys: Iterable[str], named: Mapping[str, list[str]]) -> list[str]:
    return sorted({found for key in keys for found in named.get(key, ())})


def _as_json(facts: Mapping[str, object] | None) -> Any:
    """As the database gives it back."""
    return None if facts is None else orjson.loads(orjson.dumps(dict(facts)))
