"""`python -m tests.flag_and_wait URL`: looks at every business in processes, and in the midst of it says their ids and waits for its end."""

import multiprocessing
import sys
from datetime import date
from zoneinfo import ZoneInfo

from jobs.flag_stage import flag_businesses
from jobs.rules import Rules
from store.database import Database


def _say_and_wait(done: int, total: int) -> None:
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    flag_businesses(Database(sys.argv[1]), date(2026, 11, 1), Rules.load(), ZoneInfo("Europe/London"), _say_and_wait, worth=1, batch=3)
