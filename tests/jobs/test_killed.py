"""A few seeds of tests/kill_sync.py: syncs that are killed and run again end as if they never had been."""

from collections.abc import Callable

from tests.kill_sync import check


def test_a_killed_sync_run_again_ends_as_one_never_killed(new_database_url: Callable[[], str]) -> None:
    said: list[str] = []
    assert check(new_database_url, range(3), said.append) == 3, "\n".join(said)
