"""Cron words: when they are due, and what they say, by the library cronsim, which follows Debian's cron.

A time of day that the clocks skip is due when they have been set, and one that comes twice is due once; what is due every hour or minute
follows the hours that pass. Moments are aware and in UTC unless said.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

LONGEST = timedelta(days=400)
"""Due moments further back than this are not counted; it is more than a year, so that yearly ones are."""


class BadSchedule(ValueError):
    """The words are no schedule. The message says what is wrong and what to write."""


def checked(words: str) -> str:
    """The words with single spaces. Raises BadSchedule where they are no schedule, or one that is never due (31 February)."""
    plain = " ".join(words.split())
    if len(plain.split()) != 5:
        raise BadSchedule("is no schedule; write five cron words, as in 0 6 * * mon-fri (at 06:00 on weekdays)")
    try:
        CronSim(plain, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as fault:
        what = str(fault)[:1].lower() + str(fault)[1:]
        raise BadSchedule(f"is no schedule ({what}); write five cron words, as in 0 6 * * mon-fri (at 06:00 on weekdays)") from None
    return plain


def explained(words: str) -> str:
    """What the words say, in English: `At 06:00 on Monday through Friday`."""
    said: str = CronSim(words, datetime(2026, 1, 1, tzinfo=UTC)).explain()
    return said


def after(words: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """The due moments after one, without end."""
    for due in CronSim(words, moment.astimezone(zone)):
        yield due.astimezone(UTC)


def newest(words: str, zone: ZoneInfo, since: datetime, until: datetime) -> tuple[datetime | None, int]:
    """The newest due moment after `since` and not after `until`, and how many there are."""
    found, count = None, 0
    for due in after(words, zone, max(since, until - LONGEST)):
        if due > until:
            break
        found, count = due, count + 1
    return found, count


def next_in_words(words: str, zone: ZoneInfo, moment: datetime, count: int = 3) -> str:
    """The next times as people write them: `Thu 26 November 06:00, Fri 27 November 06:00`; the zone where it changes."""
    return ", ".join(in_words(due.astimezone(zone)) for due in islice(after(words, zone, moment), count))


def interval(words: str, zone: ZoneInfo, moment: datetime) -> timedelta:
    """The longest time between two of the next due moments, of which a week's worth (but no more than 200) are looked at."""
    times = [moment]
    for due in islice(after(words, zone, moment), 201):
        times.append(due)
        if due - times[1] > timedelta(days=7):
            break
    return max(later - earlier for earlier, later in pairwise(times[1:]))


@lru_cache(1000)
def interval_of_day(words: str, zone: ZoneInfo, day: date) -> timedelta:
    """`interval` from a day's beginning in UTC, for whoever asks often; the clocks' changes make it another in some weeks."""
    return interval(words, zone, datetime(day.year, day.month, day.day, tzinfo=UTC))


def in_words(local: datetime) -> str:
    """A moment as people write it: `Thu 26 November 06:00`."""
    return f"{local:%a} {local.day} {local:%B %H:%M}"
