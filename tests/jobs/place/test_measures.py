"""Measures over time, against a plain reading of the history day by day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.place import measures
from jobs.place.measures import Change, Moves, Share, TimeToMeeting, month_ends
from jobs.place.views import columns, rows
from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.tables import FlagHistory
from store.views import VIEWS
from tests.jobs.place.town import AS_OF, FILES, begun, synced

STATES = ("engaged", "leader_left", "leader_lapsed", "leader_not_engaged", "no_leader_known", None)
FIRST = date(2025, 9, 1)
days = st.integers(0, 480).map(lambda number: FIRST + timedelta(days=number))
histories = st.dictionaries(
    st.sampled_from("abcdefg"),
    st.dictionaries(days, st.sampled_from(STATES), min_size=1, max_size=6).map(lambda held: sorted(held.items())),
    max_size=7,
)


def state_on(held: list[Change], day: date) -> str | None:
    """The state at the end of a day."""
    return next((state for since, state in reversed(held) if since <= day), None)


@given(histories)
def test_a_share_is_what_counting_each_business_on_each_day_gives(history: dict[str, list[Change]]) -> None:
    ends = month_ends(AS_OF, 12)
    expected = []
    for day in ends:
        states = [state_on(held, day) for held in history.values()]
        expected.append(Share(day, sum(state is not None for state in states), states.count("engaged")))
    assert measures.shares(history, ends) == expected
    assert measures.shares(history, ends, {"a"}) == measures.shares({key: held for key, held in history.items() if key == "a"}, ends)


@given(histories)
@settings(max_examples=50)
def test_moves_are_what_going_through_each_day_gives(history: dict[str, list[Change]]) -> None:
    counts: dict[date, list[int]] = {end.replace(day=1): [0, 0, 0] for end in month_ends(AS_OF, 12)}
    for held in history.values():
        been = False
        day = FIRST - timedelta(days=1)
        while day < AS_OF:
            before, day = state_on(held, day), day + timedelta(days=1)
            after = state_on(held, day)
            if None not in (before, after) and (before == "engaged") != (after == "engaged") and day.replace(day=1) in counts:
                counts[day.replace(day=1)][1 if before == "engaged" else 2 if been else 0] += 1
            been = been or after == "engaged"
    assert measures.moves(history, AS_OF, 12) == [Moves(month, *counts[month]) for month in sorted(counts)]


@given(histories)
@settings(max_examples=50)
def test_the_time_to_a_meeting_is_what_waiting_day_by_day_gives(history: dict[str, list[Change]]) -> None:
    opens = AS_OF - timedelta(days=365)
    took, waiting = [], 0
    for held in history.values():
        since, day = None, FIRST
        while day <= AS_OF:
            state = state_on(held, day)
            if state == "engaged" and since is not None and day >= opens:
                took.append((day - since).days)
            since = None if state in (None, "engaged") else since or day
            day += timedelta(days=1)
        waiting += since is not None
    found = measures.time_to_meeting(history, opens, AS_OF)
    assert (found.ended, found.waiting) == (len(took), waiting)
    if took:
        assert found.lower is not None
        assert found.median is not None
        assert found.upper is not None
        assert min(took) <= found.lower <= found.median <= found.upper <= max(took)
        assert 2 * sum(days <= found.median for days in took) >= len(took) <= 2 * sum(days >= found.median for days in took)


def test_quartiles_of_few() -> None:
    one = {"a": [(date(2026, 1, 1), "leader_lapsed"), (date(2026, 1, 11), "engaged")]}
    assert measures.time_to_meeting(one, FIRST, AS_OF) == TimeToMeeting(1, 10, 10, 10, 0)
    assert measures.time_to_meeting({}, FIRST, AS_OF) == TimeToMeeting(0, None, None, None, 0)


@pytest.mark.parametrize(
    ("as_of", "ends"),
    [
        (date(2026, 3, 31), [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]),
        (date(2026, 1, 1), [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 1)]),
        (date(2024, 3, 15), [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 15)]),
    ],
)
def test_months_end_on_their_last_day(as_of: date, ends: list[date]) -> None:
    assert month_ends(as_of, 2) == ends


def test_from_the_store_by_place_theme_sector_and_size(store: Database, tmp_path: Path) -> None:
    synced(store, tmp_path, as_of=date(2026, 5, 31))
    synced(store, tmp_path)
    with store.reading() as connection:
        found = measures.load(connection)
    ends = [date(2026, 5, 31), AS_OF]
    assert [(one.known, one.engaged) for one in measures.shares(found.changes, ends)] == [(5, 0), (5, 2)]
    by = {kind: {group: [one.engaged for one in held] for group, held in found.by(kind, ends).items()} for kind in found.groups}
    assert by["place"] == {"Thornley": [0, 2], "Marbury": [0, 0]}
    assert by["sector"] == {"business": [0, 1], "education": [0, 1], "health": [0, 0], "community": [0, 0]}
    assert by["size"] == {"micro": [0, 0], "small": [0, 1], "medium": [0, 0], "large": [0, 1]}
    assert by["theme"]["skills"] == [0, 2]
    assert len(found.of(place="Thornley", sector="education").changes) == 1
    assert measures.moves(found.changes, AS_OF, 1) == [Moves(date(2026, 10, 1), 0, 0, 0), Moves(date(2026, 11, 1), 2, 0, 0)]


def test_a_business_that_closed_still_counts_for_earlier_days(store: Database, tmp_path: Path) -> None:
    synced(store, tmp_path, as_of=date(2026, 9, 30))
    synced(store, tmp_path, {"accounts.csv": FILES["accounts.csv"].replace("300,,", "300,,Shut")})
    with store.reading() as connection:
        found = measures.load(connection)
    assert [(one.known, one.engaged) for one in found.by("sector", [date(2026, 9, 30), AS_OF])["education"]] == [(1, 1), (0, 0)]


def test_a_history_that_is_out_of_order_is_read_by_its_days(store: Database) -> None:
    with store.connect() as connection:
        held = [
            ("b", date(2026, 5, 1), "engaged"),
            ("a", date(2026, 6, 1), None),
            ("b", date(2026, 1, 1), "leader_lapsed"),
            ("a", date(2026, 2, 1), "engaged"),
        ]
        bulk.insert(connection, FlagHistory, ("business_id", "as_of", "state"), held)
    with store.reading() as connection:
        found = measures.load(connection)
    assert found.changes == {
        "a": [(date(2026, 2, 1), "engaged"), (date(2026, 6, 1), None)],
        "b": [(date(2026, 1, 1), "leader_lapsed"), (date(2026, 5, 1), "engaged")],
    }


@pytest.mark.parametrize("name", VIEWS)
def test_the_rows_of_a_view_have_its_columns(store: Database, tmp_path: Path, name: str) -> None:
    begun(store, tmp_path)
    found = list(rows(store, name))
    assert found
    assert all(list(row) == columns(name) for row in found)


def test_what_a_view_says_of_the_town(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    businesses = {row["name"]: row for row in rows(store, "pb_businesses")}
    college = businesses["Northford College"]
    assert (college["sector"], college["size"], college["closed"], college["state"], college["flagged"]) == (
        "education",
        "large",
        0,
        "engaged",
        0,
    )
    assert (businesses["Gone Ltd"]["closed"], businesses["Gone Ltd"]["state"], businesses["Gone Ltd"]["flagged"]) == (1, None, 0)
    assert {
        row["last_on"] for row in rows(store, "pb_resources") if row["business_id"] == businesses["Harbour Bakery Ltd"]["business_id"]
    } >= {date(2026, 8, 1)}
    counts = [row for row in rows(store, "pb_places") if row["theme"] == ""]
    assert (sum(row["known"] for row in counts), sum(row["engaged"] for row in counts)) == (5, 2)


def test_there_is_no_other_view(store: Database) -> None:
    with pytest.raises(Refused, match="there is no view 'person'; there are pb_businesses"):
        list(rows(store, "person"))
