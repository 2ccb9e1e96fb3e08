"""The list: filters, counts, search, order, pages and exports."""

import csv
import io
import random
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from jobs.work import keeping
from jobs.work.board import FACETS, SORTS, sets_of
from jobs.work.exporting import COLUMNS, export_csv, export_xlsx
from jobs.work.listing import FLAGGED, PAGE, Wanted, every, every_id, find
from jobs.work.search import Words, words_of
from jobs.work.steps import assign, dismiss
from store import bulk
from store.database import Database
from store.tables import Flag, Listed
from tests.databases import in_memory
from tests.jobs.work.world import ALL_STATES, ANN, BEN, DAY, ZONE, Town, noon

CHOICES: dict[str, Sequence[str]] = {
    "place": ("Alderton", "Bexford", ""), "theme": ("skills", "transport"), "sector": ("Retail", "Digital", ""), "state": ALL_STATES,
    "reach": ("none", "staff_only"), "size": ("1-9", "10-49", "50-249", "250+", ""), "owner": (ANN, BEN, ""), "tag": ("anchor", "family firm"),
}  # fmt: skip
EMPLOYEES = (None, 0, 1, 9, 10, 49, 50, 249, 250, 9000)


def listed_row(number: int) -> dict[str, Any]:
    """A business of the list, the same for the same number."""
    chance = random.Random(number)
    themes, tags = (chance.sample(sorted(CHOICES[name]), chance.randrange(3)) for name in ("theme", "tag"))
    name = f"{chance.choice(('Bright', 'Old', 'Ünser'))} {chance.choice(('Gears', 'Mills', 'Café'))} {number % 7}"
    return {
        "business_id": f"b{number:04}", "gone": number % 19 == 0, "name": name, "words": words_of(name), "state": chance.choice(ALL_STATES),
        "reach": chance.choice(CHOICES["reach"]), "priority": chance.randrange(6), "since": DAY if number % 3 else None,
        "place": chance.choice(CHOICES["place"]), "sector": chance.choice(CHOICES["sector"]), "employees": chance.choice(EMPLOYEES),
        "themes": "|".join(themes), "tags": "|".join(tags), "owner": chance.choice((ANN, BEN, None)),
        "snoozed_until": chance.choice((None, None, DAY, DAY.replace(month=12))), "dismissed": chance.random() < 0.2, "version": 1,
    }  # fmt: skip


def put(store: Database, rows: Sequence[dict[str, Any]]) -> None:
    flag = {"points": {}, "reason": "", "approach": "", "via": "", "connections": "council", "as_of": DAY}
    with store.connect() as connection:
        keeping.tell(connection)
        connection.execute(insert(bulk.table_of(Listed)), rows)
        same = ("business_id", "state", "reach", "priority", "place", "themes")
        connection.execute(insert(bulk.table_of(Flag)), [flag | {name: row[name] for name in same} for row in rows])


ROWS = [listed_row(number) for number in range(400)]


class _Read:
    """A row as the board reads it."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.__dict__.update(row)


def by_hand(wanted: Wanted, who: str = ANN, without: str = "") -> list[dict[str, Any]]:
    """What the list should hold, row by row."""
    return [row for row in ROWS if not row["gone"] and _fits(row, wanted, who, without)]


def _fits(row: dict[str, Any], wanted: Wanted, who: str, without: str) -> bool:
    has = Counter(sets_of(_Read(row)))
    owners = tuple({"me": who, "nobody": ""}.get(name, name) for name in wanted.owner)
    asked = {name: getattr(wanted, name) for name in FACETS} | {"state": wanted.state or FLAGGED, "owner": owners}
    if any(values and name != without and not any(has[name, value] for value in values) for name, values in asked.items()):
        return False
    put_off = row["snoozed_until"] is not None and row["snoozed_until"] > DAY and not row["dismissed"]
    work = "dismissed" if row["dismissed"] else "snoozed" if put_off else "open"
    return wanted.work in {work, "all"} or without == "work"


@pytest.fixture(scope="module")
def filled() -> Iterator[Database]:
    """A list in a database of its own, for tests that only read."""
    store = in_memory()
    with store.rehearsal():
        put(store, ROWS)
        yield store
    store.close()


wishes = st.builds(
    Wanted,
    **{name: st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple) for name, values in CHOICES.items() if name != "owner"},
    owner=st.lists(st.sampled_from(("me", "nobody", BEN)), max_size=2, unique=True).map(tuple),
    work=st.sampled_from(("open", "snoozed", "dismissed", "all")),
    sort=st.sampled_from(SORTS),
)


@given(wishes)
@settings(max_examples=150, deadline=None)
def test_filters_and_every_count_are_what_a_look_at_each_row_gives(filled: Database, wanted: Wanted) -> None:
    listing = find(filled, wanted, ANN, DAY, ZONE)
    expected = by_hand(wanted)
    assert listing.total == len(expected)
    assert set(every_id(filled, wanted, ANN, DAY)) == {row["business_id"] for row in expected}
    for facet in FACETS:
        counts = Counter(value for row in by_hand(wanted, without=facet) for name, value in sets_of(_Read(row)) if name == facet)
        assert listing.facets[facet] == dict(counts), facet
    assert listing.facets["work"]["all"] == len(by_hand(wanted, without="work"))


@given(wishes, st.sampled_from(SORTS))
@settings(max_examples=50, deadline=None)
def test_pages_lose_no_row_and_show_none_twice(filled: Database, wanted: Wanted, sort: str) -> None:
    first = find(filled, Wanted(**{**wanted.__dict__, "sort": sort}), ANN, DAY, ZONE)
    pages = [find(filled, Wanted(**{**wanted.__dict__, "sort": sort, "page": page}), ANN, DAY, ZONE) for page in range(1, first.pages + 1)]
    shown = [row.business_id for page in pages for row in page.rows]
    assert shown == every_id(filled, Wanted(**{**wanted.__dict__, "sort": sort}), ANN, DAY)
    assert len(set(shown)) == len(shown) == first.total
    assert all(len(page.rows) == PAGE for page in pages[:-1])


@pytest.mark.parametrize(("asked", "given_page"), [(0, 1), (-3, 1), (1, 1), (10_000, 8)])
def test_a_page_that_there_is_not_is_the_nearest(filled: Database, asked: int, given_page: int) -> None:
    listing = find(filled, Wanted(work="all", state=ALL_STATES, page=asked), ANN, DAY, ZONE)
    assert (listing.page, listing.pages) == (given_page, 8)
    assert listing.rows


def test_words_that_nobody_knows_find_nothing_and_break_nothing(filled: Database) -> None:
    for wanted in (Wanted(place=("Nowhere",)), Wanted(tag=("' OR 1=1",)), Wanted(text="zzzzzz"), Wanted(owner=("stranger",))):
        assert find(filled, wanted, ANN, DAY, ZONE).rows == []
    everything = find(filled, Wanted(sort="colour", work="maybe"), ANN, DAY, ZONE)
    assert everything.rows == find(filled, Wanted(), ANN, DAY, ZONE).rows


@given(st.lists(st.integers(0, 399), min_size=1, max_size=60, unique=True), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_list_is_the_same_in_whatever_order_its_rows_came(numbers: list[int], chance: random.Random) -> None:
    found = []
    for _ in range(2):
        chance.shuffle(numbers)
        store = in_memory()
        with store.rehearsal():
            for number in numbers:
                put(store, [listed_row(number)])
                find(store, Wanted(), ANN, DAY, ZONE)
            found.append([find(store, Wanted(sort=sort), ANN, DAY, ZONE) for sort in SORTS])
        store.close()
    assert found[0] == found[1]


def test_each_order_is_the_one_that_it_is_called_by(filled: Database) -> None:
    rows = {sort: list(every(filled, Wanted(sort=sort), ANN, DAY, ZONE)) for sort in SORTS}
    assert [row.priority for row in rows["priority"]] == sorted((row.priority for row in rows["priority"]), reverse=True)
    assert [row.name.casefold() for row in rows["name"]] == sorted(row.name.casefold() for row in rows["name"])
    assert [row.employees or 0 for row in rows["size"]] == sorted((row.employees or 0 for row in rows["size"]), reverse=True)
    places = [row.place for row in rows["place"] if row.place]
    assert places == sorted(places)
    assert [row.place for row in rows["place"]][: len(places)] == places


NAMES = (
    "Bright Gears Ltd",
    "Brightwell Garages",
    "The Café René & Sons",
    "Smith-Jones Haulage plc",
    "A.B.C. Foods",
    "Netherby Ceramics|01234567|Stoke",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bright Gears", [0]),
        ("brigth gear", [0]),
        ("GEARS BRIGHT", [0]),
        ("gear bri", [0]),
        ("brightgears", [0]),
        ("bright", [0, 1]),
        ("bright ltd", [0, 1]),
        ("cafe rene", [2]),
        ("café and sons", [2]),
        ("smith jones", [3]),
        ("smithjones", [3]),
        ("Smiht Jones", [3]),
        ("haulgae", [3]),
        ("abc", []),
        ("a b c foods", [4]),
        ("netherbi ceramic", [5]),
        ("nehterby ceramisc", [5]),
        ("01234567", [5]),
        ("012345", [5]),
        ("01234568", []),
        ("stoke", [5]),
        ("stoek", [5]),
        ("ltd", [0]),
        ("xylophone", []),
        ("'; drop table listed; --", []),
        ("", None),
        (" .,- ", None),
    ],
)
def test_a_search_forgives_typing(text: str, found: list[int] | None) -> None:
    words = Words()
    for number, name in enumerate(NAMES):
        words.put(number, words_of(name))
    got = words.find(text)
    assert (got if got is None else sorted(got)) == found


def test_a_name_that_was_changed_is_found_by_the_new_and_not_by_the_old(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    assert town.names(Wanted(text="bright")) == ["Bright Gears Ltd"]
    town.rename(found, "Seventh Mill")
    town.flag()
    assert town.names(Wanted(text="bright")) == []
    assert town.names(Wanted(text="seventh")) == ["Seventh Mill"]


def test_the_list_follows_what_is_done_and_read_without_being_loaded_anew(town: Town) -> None:
    ids = [town.business(f"Firm {number}", place="Bexford" if number % 2 else "Alderton") for number in range(6)]
    town.flag()
    assert town.find().facets["place"] == {"Alderton": 3, "Bexford": 3}
    assign(town.store, ids[:2], ANN, BEN, noon(DAY))
    dismiss(town.store, ids[2:3], "too_small", ANN, noon(DAY))
    town.business("Firm 6")
    town.close(ids[3])
    town.flag()
    listing = town.find()
    assert sorted(row.name for row in listing.rows) == ["Firm 0", "Firm 1", "Firm 4", "Firm 5", "Firm 6"]
    assert listing.facets["owner"] == {"": 3, ANN: 2}
    assert listing.facets["work"] == {"open": 5, "snoozed": 0, "dismissed": 1, "all": 6}


def test_rows_that_are_taken_away_are_noticed(town: Town) -> None:
    ids = [town.business(f"Firm {number}") for number in range(3)]
    town.flag()
    assert town.find().total == 3
    table = bulk.table_of(Listed)
    with town.store.connect() as connection:
        connection.execute(delete(table).where(table.c.business_id == ids[1]))
        keeping.tell(connection)
    assert town.names() == ["Firm 0", "Firm 2"]


def test_looking_again_writes_nothing_where_nothing_changed(town: Town) -> None:
    town.business("Bright Gears Ltd")
    town.flag()
    table = bulk.table_of(Listed)
    with town.store.connect() as connection:
        connection.execute(update(table).values(version=-5))
    town.again("b0")
    with town.store.reading() as connection:
        assert connection.scalar(table.select().with_only_columns(table.c.version)) == -5


def test_what_is_exported_is_what_is_seen_and_no_formula(town: Town) -> None:
    town.business("=HYPERLINK(1)")
    town.business("Bright Gears Ltd", place="Bexford", tags="anchor|skills pledge")
    town.flag()
    seen = list(every(town.store, Wanted(place=("Bexford", "Alderton"), sort="name"), ANN, DAY, ZONE))
    written = export_csv(seen)
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert [(row["name"], row["tags"]) for row in rows] == [("'=HYPERLINK(1)", ""), ("Bright Gears Ltd", "anchor|skills pledge")]
    assert tuple(rows[0]) == COLUMNS
    with zipfile.ZipFile(io.BytesIO(export_xlsx(seen))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "HYPERLINK" in sheet
    assert "<f>" not in sheet
