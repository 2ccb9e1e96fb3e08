"""A year of schedules on a clock of our own: worker up and down at random, asleep for a weekend, runs that fail, and both clock changes."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from jobs.audit import audit
from jobs.schedules import cron, due, plans
from jobs.schedules.due import Ended
from jobs.schedules.tick import tick
from store.database import Database
from store.lease import STAGES
from tests.databases import in_memory

LONDON = ZoneInfo("Europe/London")
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
YEAR = datetime(2026, 2, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
WORDS = ("0 6 * * mon-fri", "30 1 * * *", "0 2 * * sun", "15 0 1 * *", "45 1 25 10 *", "30 1 29 3 *")


@pytest.fixture
def store() -> Iterator[Database]:
    with closing(in_memory()) as store:
        yield store


@dataclass
class Ran:
    """A run that was worked."""

    connection: str
    due_at: datetime
    missed: int
    at: datetime


@dataclass
class Service:
    """A worker on a clock of the test's. It ticks when it is told to, and may be another process each time: it remembers nothing."""

    store: Database
    words: str
    ran: list[Ran] = field(default_factory=list)

    def beat(self, now: datetime, outcome: str = "done") -> None:
        """One look, and whatever is ready worked at once."""
        tick(self.store, {"council": self.words}, LONDON, now)
        for found in due.ready(self.store, now):
            assert due.claim(self.store, found, "w", now)
            due.finish(self.store, found, Ended(outcome), PAUSES, now)
            self.ran.append(Ran(found.connection, found.due_at, found.missed, now))

    @property
    def pulls(self) -> list[Ran]:
        return [ran for ran in self.ran if ran.connection != STAGES]


def expected(words: str, begin: datetime, end: datetime) -> list[datetime]:
    """The due moments after `begin`, `end` included."""
    return list(takewhile(lambda moment: moment <= end, cron.after(words, LONDON, begin)))


def looks(words: str) -> list[datetime]:
    """Once a day, every 20 minutes about the clock changes, and just before and after each due moment."""
    days = (YEAR[1] - YEAR[0]).days
    changes = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 28), (10, 24))]
    found = {YEAR[0] + timedelta(days=number) for number in range(days + 1)}
    found |= {change + timedelta(minutes=20 * number) for change in changes for number in range(2 * 72)}
    for moment in expected(words, *YEAR):
        found |= {moment - timedelta(seconds=1), moment + timedelta(seconds=30)}
    return sorted(moment for moment in found if YEAR[0] <= moment <= YEAR[1])


@pytest.mark.parametrize("words", WORDS)
def test_a_worker_that_never_rests_runs_each_moment_once_and_on_time(store: Database, words: str) -> None:
    service = Service(store, words)
    for now in looks(words):
        service.beat(now)
    assert [ran.due_at for ran in service.pulls] == expected(words, *YEAR)
    assert all(ran.at - ran.due_at <= timedelta(seconds=30) and not ran.missed for ran in service.pulls)


@settings(max_examples=25, deadline=None)
@given(words=st.sampled_from([*WORDS, "0 */4 * * *"]), gaps=st.lists(st.floats(min_value=0.02, max_value=24 * 9), min_size=5, max_size=60))
def test_each_moment_is_run_once_or_made_up_for_once_whatever_the_downtime(words: str, gaps: list[float]) -> None:
    with closing(in_memory()) as store:
        service, now = Service(store, words), YEAR[0]
        service.beat(now)
        for hours in gaps:
            earlier, now = now, now + timedelta(hours=hours)
            service.beat(now)
            fresh = [ran for ran in service.pulls if ran.at == now]
            missed = expected(words, earlier, now)
            assert len(fresh) == (1 if missed else 0)
            assert all(ran.due_at == missed[-1] and ran.missed == len(missed) - 1 for ran in fresh)
        assert sum(1 + ran.missed for ran in service.pulls) == len(expected(words, YEAR[0], now))
        assert len({ran.due_at for ran in service.pulls}) == len(service.pulls)


@settings(max_examples=15, deadline=None)
@given(outcomes=st.lists(st.sampled_from(["done", "failed", "partial"]), min_size=10, max_size=60), minutes=st.integers(1, 90))
def test_one_that_fails_is_tried_again_with_growing_pauses_and_rests_until_its_next_time(outcomes: list[str], minutes: int) -> None:
    with closing(in_memory()) as store:
        service, now = Service(store, "0 * * * *"), YEAR[0]
        service.beat(now)
        for outcome in outcomes:
            now += timedelta(minutes=minutes)
            service.beat(now, outcome)
        tries: dict[datetime, list[datetime]] = {}
        for ran in service.pulls:
            tries.setdefault(ran.due_at, []).append(ran.at)
        for times in tries.values():
            assert len(times) <= len(PAUSES) + 1
            for pause, earlier, later in zip(PAUSES, times, times[1:], strict=False):
                assert later - earlier >= pause
        with store.reading() as connection:
            open_rows = connection.execute(
                select(plans.due_run.c.id).where(plans.due_run.c.connection == "council", plans.due_run.c.state != "ended")
            )
            assert len(open_rows.all()) <= 1


def test_a_weekend_asleep_is_made_up_for_by_one_run(store: Database) -> None:
    service = Service(store, "0 */4 * * *")
    service.beat(datetime(2026, 11, 27, 17, 0, tzinfo=UTC))  # Friday
    service.beat(datetime(2026, 11, 30, 8, 30, tzinfo=UTC))  # Monday
    service.beat(datetime(2026, 11, 30, 8, 31, tzinfo=UTC))
    [ran] = service.pulls
    assert (ran.due_at, ran.missed) == (datetime(2026, 11, 30, 8, 0, tzinfo=UTC), 15)


def test_paused_nothing_is_due_and_nothing_is_made_up_for(store: Database) -> None:
    service, day = Service(store, "0 6 * * *"), datetime(2026, 11, 1, 12, tzinfo=UTC)
    service.beat(day)
    plans.pause(store, "council", "admin", day)
    for number in range(1, 6):
        service.beat(day + timedelta(days=number))
    plans.resume(store, "council", "admin", day + timedelta(days=5, minutes=1))
    service.beat(day + timedelta(days=5, minutes=2))
    assert service.pulls == []
    service.beat(day + timedelta(days=6))
    assert [ran.due_at for ran in service.pulls] == [datetime(2026, 11, 7, 6, tzinfo=UTC)]


def test_another_schedule_holds_from_when_it_was_told(store: Database) -> None:
    service, now = Service(store, "0 6 * * *"), datetime(2026, 11, 1, 12, tzinfo=UTC)
    service.beat(now)
    plans.tell(store, "council", "0 11 * * *", "admin", now)  # it was due today before it was told: that is not made up for
    service.beat(now + timedelta(minutes=1))
    service.beat(now + timedelta(days=1))
    plans.tell(store, "council", None, "admin", now + timedelta(days=1))
    service.beat(now + timedelta(days=1, minutes=1))
    service.beat(now + timedelta(days=2))
    assert [ran.due_at.hour for ran in service.pulls] == [11, 6]
    with store.reading() as connection:
        assert list(connection.scalars(select(audit.c.action).order_by(audit.c.id))) == ["schedule set", "schedule reset"]


def test_asked_it_is_due_now_and_once(store: Database) -> None:
    service, now = Service(store, "0 6 * * *"), datetime(2026, 11, 1, 12, tzinfo=UTC)
    service.beat(now)
    assert plans.ask(store, "council", "admin", now + timedelta(minutes=1))
    assert not plans.ask(store, "council", "admin", now + timedelta(minutes=2))
    service.beat(now + timedelta(minutes=3))
    service.beat(now + timedelta(minutes=4))
    assert len(service.pulls) == 1


def test_one_that_waits_for_another_try_is_hurried_by_asking(store: Database) -> None:
    service, now = Service(store, "0 6 * * *"), datetime(2026, 11, 1, 12, tzinfo=UTC)
    service.beat(now)
    plans.ask(store, "council", "admin", now)
    service.beat(now, "failed")
    service.beat(now)
    assert len(service.pulls) == 1
    assert not plans.ask(store, "council", "admin", now)
    service.beat(now)
    assert len(service.pulls) == 2
