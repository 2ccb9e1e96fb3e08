"""The watch: from what the runs, schedules, secrets and the disk say, one notice when something is wrong and one when it is well again."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from jobs.notices import KINDS, Limits, deliver, open_alerts, watch
from jobs.notices.alerts import seen
from jobs.schedules import plans
from jobs.schedules.due import STAGES
from jobs.schedules.tick import tick
from store.database import Database
from tests.databases import new_migrated_file
from tests.jobs.notices.recording import Recording
from tests.jobs.notices.troubled import ENDS, ZONE, Troubled

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ONCE = ["connection_failing open", "connection_failing well"]
World = Callable[..., Troubled]


@pytest.fixture
def troubled(store: Database) -> World:
    return lambda **options: Troubled(store, NOW, **options)


def scheduled(words: str, **more: Any) -> Limits:
    return Limits(ZONE, {"council": words}, least_free=0, **more)


@pytest.mark.parametrize("pauses", [(), (MINUTE, MINUTE), (MINUTE,) * 10], ids=["rests at once", "rests after two", "goes on"])
def test_one_message_not_fifty_and_one_when_it_is_well(pauses: tuple[timedelta, ...], troubled: World) -> None:
    world = troubled(pauses=pauses)
    world.attempt("done")
    for count in range(1, 21):
        world.attempt("failed")
        world.watch()
        world.watch()
        assert world.told() == (ONCE[:1] if count >= 3 else [])
    for _ in range(3):
        world.attempt("done")
        world.watch()
        assert world.told() == ONCE


def test_ops_read_what_it_said_and_when_it_is_over(troubled: World) -> None:
    world, channel = troubled(), Recording()
    for end in ("failed", "failed", "failed", "done"):
        world.attempt(end)
        world.watch()
    deliver(world.store, [channel], world.now)
    assert channel.subjects == ["Placebridge: council cannot be read", "Placebridge: council is read again"]
    assert "The newest of its failures: the CRM says no" in channel.taken[0].body
    assert "placebridge check council" in channel.taken[0].body
    assert "You were told on 25 November 2026 at 09:03 UTC: council cannot be read. That is over" in channel.taken[1].body


def test_a_sync_by_hand_mends_it(troubled: World) -> None:
    world = troubled()
    for end in ("failed",) * 3:
        world.attempt(end)
    world.watch()
    world.by_hand("done")
    world.watch()
    world.attempt("failed")
    world.watch()
    assert world.told() == ONCE


def test_a_schedule_that_comes_before_the_next_try_hides_no_failure(troubled: World) -> None:
    world = troubled(pauses=(5 * MINUTE,), limits=scheduled("*/4 * * * *"))
    tick(world.store, world.limits.configured, ZONE, world.now)
    for _ in range(4):
        world.attempt("failed")
        world.passes(minutes=4)
        tick(world.store, world.limits.configured, ZONE, world.now)
        world.watch()
    assert "connection_failing open" in world.told()


def test_what_stands_still_is_told_and_tried_again(troubled: World) -> None:
    world = troubled(pauses=(MINUTE, MINUTE))
    world.attempt("stalled")
    world.watch()
    world.attempt("interrupted")
    world.watch()
    assert world.told() == ["run_stalled open"]
    world.attempt("done")
    world.watch()
    assert world.told() == ["run_stalled open", "run_stalled well"]


def test_refused_deletions_are_no_failure_and_wait_for_a_person(troubled: World) -> None:
    world = troubled()
    for end in ("refused", "refused", "refused", "failed", "interrupted", "refused"):
        world.attempt(end)
        world.watch()
    assert world.told() == ["deletions_refused open"]
    world.by_hand("done")
    world.watch()
    assert world.told() == ["deletions_refused open", "deletions_refused well"]


def test_flags_that_cannot_be_brought_up_to_date(troubled: World) -> None:
    world = troubled()
    for end in ("done", "failed", "failed", "failed", "failed", "done"):
        world.attempt(end, STAGES)
        world.watch()
    assert world.told() == ["flags_failing open", "flags_failing well"]


def test_flags_are_up_to_date_though_a_register_could_not_be_asked(troubled: World) -> None:
    world = troubled()
    for end in ("partial", "partial", "partial", "partial"):
        world.attempt(end, STAGES)
        world.watch()
    assert world.told() == []
    for end in ("failed", "failed", "failed", "partial"):
        world.attempt(end, STAGES)
        world.watch()
    assert world.told() == ["flags_failing open", "flags_failing well"]


Step = tuple[str, int]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(["done", "interrupted", *ENDS]), st.integers(1, 3)), max_size=12), tell_after=st.integers(1, 4),
    pauses=st.integers(0, 3), known=st.booleans(),
)  # fmt: skip
@example(steps=[("stalled", 1)] * 4, tell_after=3, pauses=2, known=True)
@example(steps=[("failed", 1)] * 3 + [("interrupted", 1), ("done", 1)], tell_after=3, pauses=1, known=False)
def test_any_order_of_outcomes_gives_one_raise_and_one_clear(
    steps: list[Step], tell_after: int, pauses: int, known: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A model of each alert: open from its condition on until something is done, and told once for each."""
    store = Database(new_migrated_file(tmp_path_factory.mktemp("watch") / "x.db"))
    world = Troubled(store, NOW, (MINUTE,) * pauses, Limits(ZONE, {"council": None}, tell_after=tell_after, least_free=0))
    failures, expected, is_open = 0, [], set()
    for end, looks in [("done", 1)] * known + [*steps, ("done", 1)]:
        world.attempt(end)
        failures = 0 if end in {"done", "refused"} else failures + (end != "interrupted")
        now_wrong = {"run_stalled"} if end == "stalled" else {"deletions_refused"} if end == "refused" else set()
        now_wrong |= {"connection_failing"} if failures >= tell_after else set()
        for _ in range(looks):
            world.watch()
        expected += [f"{kind} open" for kind in ("connection_failing", "run_stalled", "deletions_refused") if kind in now_wrong - is_open]
        is_open |= now_wrong
        if end == "done":
            expected += [f"{kind} well" for kind in ("connection_failing", "run_stalled", "deletions_refused") if kind in is_open]
            is_open = set()
        assert world.told() == expected
        world.passes(minutes=5)
    with store.reading() as connection:
        assert open_alerts(connection) == []
    store.close()


def test_late_is_told_after_two_intervals_that_last(troubled: World) -> None:
    world = troubled(limits=scheduled("0 * * * *"))
    world.attempt("done")
    world.passes(minutes=119)
    world.watch()
    world.passes(minutes=20)
    world.watch()
    assert world.told() == []
    world.passes(minutes=61)
    world.watch()
    world.watch()
    assert world.told() == ["connection_late open"]
    world.attempt("done")
    world.watch()
    assert world.told() == ["connection_late open", "connection_late well"]


def test_after_a_weekend_without_a_worker_nobody_is_told_where_the_first_run_mends_it(troubled: World) -> None:
    world = troubled(limits=scheduled("0 * * * *"))
    tick(world.store, world.limits.configured, ZONE, world.now)
    world.attempt("done")
    world.passes(days=3)
    tick(world.store, world.limits.configured, ZONE, world.now)
    world.watch()
    world.passes(minutes=10)
    world.watch()
    world.attempt("done")
    world.watch()
    with world.store.reading() as connection:
        assert (world.told(), seen(connection)) == ([], {})


LATE = {
    "paused": lambda world: plans.pause(world.store, "council", "somebody", world.now),
    "read by hand only": lambda world: setattr(world, "limits", Limits(ZONE, {"council": None}, least_free=0)),
    "removed from the settings": lambda world: setattr(world, "limits", Limits(ZONE, {}, least_free=0)),
}


@pytest.mark.parametrize("case", LATE)
def test_what_is_late_no_more_as_nobody_wants_it_is_closed_in_silence(case: str, troubled: World) -> None:
    world = troubled(limits=scheduled("0 * * * *"))
    world.attempt("done")
    for _ in range(5):
        world.passes(hours=1)
        world.watch()
    LATE[case](world)
    world.watch()
    with world.store.reading() as connection:
        assert (world.told(), open_alerts(connection)) == (["connection_late open"], [])


@pytest.mark.parametrize(
    ("words", "days", "late"), [("0 6 * * mon-fri", 5.9, False), ("0 6 * * mon-fri", 6.2, True), ("0 6 1 * *", 40, False)]
)
def test_a_schedule_with_gaps_is_late_by_its_longest(words: str, days: float, late: bool, troubled: World) -> None:
    world = troubled(limits=scheduled(words))
    world.attempt("done")
    world.passes(days=days)
    world.watch()
    world.passes(hours=2)
    world.watch()
    assert world.told() == (["connection_late open"] if late else [])


def test_one_that_was_never_read_is_late_from_its_first_due_run_on(troubled: World) -> None:
    world = troubled(limits=scheduled("0 * * * *"))
    world.passes(days=3)
    world.watch()
    world.attempt("failed")
    for _ in range(3):
        world.watch()
        assert world.told() == []
        world.passes(hours=1)
    world.watch()
    assert world.told() == ["connection_late open"]


def test_a_secret_is_told_a_month_before_its_end_and_when_there_is_another(troubled: World) -> None:
    world = troubled()
    for days, told in ((31, []), (30, ["open"]), (3, ["open"]), (-2, ["open"]), (365, ["open", "well"])):
        world.limits = replace(world.limits, secrets={"council": (world.now + days * DAY).date()})
        world.watch()
        assert world.told() == [f"secret_expires {how}" for how in told]


def test_a_secret_that_has_ended_is_said_so(troubled: World) -> None:
    world, channel = troubled(), Recording()
    world.limits = replace(world.limits, secrets={"council": date(2026, 11, 20)})
    world.watch()
    deliver(world.store, [channel], world.now)
    assert "it ended on 2026-11-20" in channel.taken[0].body


def test_a_disk_that_fills_is_told_once_however_it_wavers(troubled: World) -> None:
    world = troubled()
    if world.store.file is None:
        world.limits = replace(world.limits, least_free=10**18)
        world.watch()
        assert world.told() == []  # PostgreSQL's disk is another machine's, it may be
        return
    free = shutil.disk_usage(world.store.file.parent).free
    for least, told in ((0, []), (2 * free, ["open"]), (int(free * 0.95), ["open"]), (free // 2, ["open", "well"])):
        world.limits = replace(world.limits, least_free=least)
        world.watch()
        assert world.told() == [f"disk_low {how}" for how in told]


def test_runs_that_wait_are_told_together(troubled: World) -> None:
    names = ["council", "chamber", "guild"]
    world = troubled(limits=Limits(ZONE, dict.fromkeys(names), least_free=0))
    channel = Recording()
    for name in names:
        plans.ask(world.store, name, "somebody", world.now)
    world.passes(minutes=59)
    world.watch()
    assert world.told() == []
    world.passes(minutes=2)
    world.watch()
    deliver(world.store, [channel], world.now)
    assert channel.subjects == ["Placebridge: the worker does not keep up"]
    assert "3 runs wait, since 25 November 2026 at 09:00." in channel.taken[0].body
    for name in names:
        world.attempt("done", name)
    world.watch()
    assert world.told() == ["backlog open", "backlog well"]


def test_where_nothing_changes_it_only_reads(troubled: World) -> None:
    world = troubled(limits=scheduled("0 * * * *"))
    for end in ("failed",) * 4:
        world.attempt(end)
    world.watch()
    written: list[str] = []
    event.listen(world.store.engine, "before_cursor_execute", lambda c, cursor, statement, *rest: written.append(statement))
    world.watch()
    assert written
    assert [statement for statement in written if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}] == []


def test_two_that_watch_tell_it_once(troubled: World) -> None:
    world = troubled()
    for end in ("failed",) * 3:
        world.attempt(end)
    other = Database(world.store.url.render_as_string(hide_password=False))
    watch(other, world.now, world.limits)
    world.watch()
    other.close()
    assert world.told() == ONCE[:1]


def test_every_kind_says_all_of_its_parts() -> None:
    for name, kind in KINDS.items():
        body = kind.body_of("SUBJECT", "SAID")
        assert kind.name == name
        assert "SAID" in body
        assert "What to do: " in body
        assert f"docs/runbook.md#{name}" in body
        assert "SUBJECT" in kind.title_of("SUBJECT")
        assert "SUBJECT" in kind.well_title_of("SUBJECT")
        assert "{" not in body + kind.title_of("S") + kind.well_body_of("S", NOW)
