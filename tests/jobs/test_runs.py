"""What is kept of runs."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from jobs import runs
from store.database import Database

AGES = (3000, 2000, 500, 364, 10)
"""In days."""


def kept_after(store: Database, outcomes: dict[int, str]) -> list[int]:
    """The ages, in days, of what is left of these runs, by age, after one more has failed."""
    now = datetime.now(UTC)
    with store.connect() as connection:
        for name in ("chamber", "council"):
            for age, outcome in outcomes.items():
                begun = now - timedelta(days=age)
                connection.execute(insert(runs.run).values(connection=name, started_at=begun, ended_at=begun, outcome=outcome))
    runs.begin(store, "chamber")
    runs.end(store, {"chamber": ("failed", "")})
    with store.reading() as connection:
        rows = connection.execute(select(runs.run.c.connection, runs.run.c.started_at).order_by(runs.run.c.started_at)).all()
    assert sum(row.connection == "council" for row in rows) == len(outcomes)
    return [(now - row.started_at).days for row in rows if row.connection == "chamber"][:-1]


def test_runs_of_a_year_are_kept_and_none_of_before(store: Database) -> None:
    assert kept_after(store, dict.fromkeys(AGES, "done")) == [364, 10]


def test_the_last_that_was_done_is_kept_however_long_ago_it_was(store: Database) -> None:
    assert kept_after(store, {3000: "done", 2000: "done", 500: "failed", 10: "failed"}) == [2000, 10]
