"""The report on the page: full or fit to share, of a day, and as files that hold the same."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.place import report, share
from jobs.place.numbers import gather
from jobs.place.page import page
from jobs.place.report import Names
from review.kept import FOR
from review.roles import Role
from review.site import Site
from store import bulk
from store.database import Database
from store.tables import Audit, Person
from tests.databases import fill_like
from tests.jobs.place.town import FILES, RULES, ZONE, synced
from tests.review.harness import Clock, signed_in, site_on


def crowd() -> dict[str, str]:
    """Enough businesses for a report that may be shared."""
    firms = [f"B{n},Firm {n} Ltd,{('Thornley', 'Marbury')[n % 2]},Retail,,{n},," for n in range(60)]
    people = [f"Q{n},Pat No{n},Managing Director,q{n}@x.example,B{n}," for n in range(60)]
    visits = [f"W{n},meeting,2026-08-01,B{n},Would take four apprentices,Pat No{n}" for n in range(0, 60, 3)]
    more = {"accounts.csv": firms, "people.csv": people, "visits.csv": visits}
    return {name: FILES[name] + "\n".join(rows) + "\n" for name, rows in more.items()}


@pytest.fixture
def town(store: Database, tmp_path: Path) -> Site:
    fill_like(store, tmp_path, read_crowd)
    return site_on(store)


def read_crowd(store: Database, folder: Path) -> None:
    synced(store, folder, crowd())


def test_the_page_has_every_table_of_the_report_with_its_numbers(town: Site) -> None:
    made = report.full(gather(town.store, town.today(), RULES, ZONE), Names.of(RULES))
    text = signed_in(town, Role.VIEWER).get("/report").text
    shown = re.findall(r'<h2 class="govuk-heading-m" id="(\w+)">', text)
    assert shown[: len(made.tables)] == [table.id for table in made.tables]
    cells = list(re.findall(r'<td class="govuk-table__cell govuk-table__cell--numeric">(.*?)</td>', text))
    assert cells == [table.text(row, column) for table in made.tables for row in table.rows for column in table.columns]


def test_the_one_to_share_hides_small_numbers_and_says_how(town: Site) -> None:
    browser = signed_in(town, Role.VIEWER)
    text = browser.get("/report?share=yes").text
    assert "[c]" in text
    assert "How small numbers were hidden" in text
    assert "fit to leave the building" in text
    assert all(sentence.replace("'", "&#39;") in text for sentence in share.method())
    assert "[c]" not in browser.get("/report").text


def test_too_few_businesses_for_sharing_are_told_in_a_sentence(full: Site) -> None:
    small = signed_in(full, Role.VIEWER).get("/report?share=yes&as_of-day=1&as_of-month=1&as_of-year=2020")
    assert small.status_code in {200, 409}
    assert "Traceback" not in small.text


@pytest.mark.parametrize("query", ["", "share=yes", "as_of-day=1&as_of-month=10&as_of-year=2026"])
def test_the_files_hold_what_the_command_writes(town: Site, query: str) -> None:
    browser = signed_in(town, Role.VIEWER)
    day = town.today() if "as_of" not in query else town.today().replace(day=1, month=10)
    numbers, names = gather(town.store, day, RULES, ZONE), Names.of(RULES)
    made = share.shared(numbers, names) if "share" in query else report.full(numbers, names)
    html = browser.get(f"/report.html?{query}")
    assert html.text == page(made)
    assert html.headers["content-disposition"] == f'attachment; filename="report-{"shared" if "share" in query else "full"}-{day}.html"'
    assert html.headers["content-type"] == "application/octet-stream"
    sheet = browser.get(f"/report.csv?{query}").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert rows == [{name: str(value) for name, value in row.items()} for row in made.rows()]


def test_the_links_to_the_files_carry_what_was_chosen(town: Site) -> None:
    text = signed_in(town, Role.VIEWER).get("/report?share=yes&as_of-day=1&as_of-month=10&as_of-year=2026").text
    assert 'href="/report.csv?as_of-day=1&amp;as_of-month=10&amp;as_of-year=2026&amp;share=yes"' in text


@pytest.mark.parametrize("day", ["31-2-2026", "x-1-2026", "1-1-1900", "3-11-2026", "1--2026"])
def test_a_day_that_is_none_or_to_come_is_told_at_its_field(full: Site, day: str) -> None:
    parts = dict(zip(("as_of-day", "as_of-month", "as_of-year"), day.split("-"), strict=True))
    answer = signed_in(full, Role.VIEWER).get("/report", params=parts)
    assert answer.status_code == 422
    assert 'href="#as_of-day"' in answer.text
    assert "Error: " in answer.text
    assert signed_in(full, Role.VIEWER).get("/report.csv", params=parts).status_code == 409


def test_nobodys_name_is_in_any_report(town: Site) -> None:
    browser = signed_in(town, Role.ADMIN)
    with town.store.reading() as connection:
        people = set(connection.scalars(bulk.table_of(Person).select().with_only_columns(bulk.table_of(Person).c.name)))
    text = "".join(browser.get(path).text for path in ("/report", "/report.csv", "/report.html", "/report?share=yes"))
    assert [name for name in people if name in text] == []
    assert "Harbour Bakery" not in text


def test_a_file_that_was_made_is_in_the_audit(town: Site) -> None:
    signed_in(town, Role.AUDITOR).get("/report.csv?share=yes")
    table = bulk.table_of(Audit)
    with town.store.reading() as connection:
        rows = [(row.who, row.target, row.detail) for row in connection.execute(table.select()) if row.action == "report exported"]
    assert rows == [("trying-out-auditor", "csv", "shared, as of 2026-11-02")]


def test_what_was_counted_is_kept_for_some_minutes_and_says_when(town: Site) -> None:
    browser, clock = signed_in(town, Role.VIEWER), town.now
    assert isinstance(clock, Clock)
    browser.get("/report")
    with town.store.connect() as connection:
        connection.exec_driver_sql("DELETE FROM seat_theme")
    clock.turn(FOR - timedelta(seconds=1))
    kept = browser.get("/report").text
    assert "counted 2 November 2026 10:00" in kept
    assert ">Thornley</th>" in kept
    clock.turn(timedelta(seconds=2))
    assert "counted 2 November 2026 10:05" in browser.get("/report").text
