"""Cron words: what is taken, what they say, and when they are due, the hours of the clock changes among it."""

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from jobs.schedules import cron

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("0 6 * * mon-fri", "At 06:00 on Monday through Friday"),
        ("  */15   * * * * ", "Every 15th minute of every hour"),
        ("30 1 * * *", "At 01:30 every day"),
        ("0 7 1 * *", "At 07:00 on the first day of every month"),
    ],
)
def test_words_and_what_they_say(words: str, said: str) -> None:
    assert cron.explained(cron.checked(words)) == said


@pytest.mark.parametrize(
    "words", ["", "daily", "0 6 * *", "0 6 * * * *", "61 6 * * *", "0 25 * * *", "0 6 31 2 *", "0 6 * * payday", "@daily"]
)
def test_what_is_no_schedule(words: str) -> None:
    with pytest.raises(cron.BadSchedule, match=r"is no schedule.*write five cron words, as in 0 6 \* \* mon-fri"):
        cron.checked(words)


@pytest.mark.parametrize(
    ("words", "since", "due"),
    [
        # In October 01:00 to 02:00 comes twice: a time of day is due once, in the first.
        ("30 1 * * *", "2026-10-24T12:00Z", ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]),
        ("0 2 * * *", "2026-10-24T12:00Z", ["2026-10-25T02:00Z", "2026-10-26T02:00Z"]),
        ("30 * * * *", "2026-10-25T00:00Z", ["2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-10-25T02:30Z"]),
        # In March 01:00 to 02:00 does not come: due when the clocks have been set.
        ("30 1 * * *", "2026-03-28T12:00Z", ["2026-03-29T01:00Z", "2026-03-30T00:30Z"]),
        ("0 6 * * *", "2026-03-28T12:00Z", ["2026-03-29T05:00Z", "2026-03-30T05:00Z"]),
        ("0 6 * * *", "2026-10-24T12:00Z", ["2026-10-25T06:00Z", "2026-10-26T06:00Z"]),
        # 1 is Monday, and so is mon.
        ("0 6 * * 1", "2026-11-25T12:00Z", ["2026-11-30T06:00Z"]),
        ("0 6 * * mon", "2026-11-25T12:00Z", ["2026-11-30T06:00Z"]),
        ("0 6 29 2 *", "2026-03-01T12:00Z", ["2028-02-29T06:00Z"]),
    ],
)
def test_when_they_are_due(words: str, since: str, due: list[str]) -> None:
    found = islice(cron.after(words, LONDON, datetime.fromisoformat(since)), len(due))
    assert list(found) == [datetime.fromisoformat(moment) for moment in due]


def test_the_next_times_are_written_as_people_write_them() -> None:
    said = cron.next_in_words("0 6 * * mon-fri", LONDON, datetime(2026, 11, 26, 12, tzinfo=UTC))
    assert said == "Fri 27 November 06:00, Mon 30 November 06:00, Tue 1 December 06:00"


@pytest.mark.parametrize(("words", "hours"), [("0 6 * * *", 24), ("0 6 * * mon-fri", 72), ("0 * * * *", 1), ("0 6 * * mon", 168)])
def test_the_longest_time_between_two(words: str, hours: int) -> None:
    assert cron.interval(words, LONDON, datetime(2026, 11, 25, 12, tzinfo=UTC)).total_seconds() == hours * 3600
