"""The audit: who did what when, for auditors and admins."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from jobs.audit import note
from review.site import Site
from tests.review.admin.conftest import Browser

FIRST = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # half past eleven in London


@pytest.fixture
def auditor(somebody: Callable[[str], Browser], site: Site) -> Browser:
    """An auditor of a site where things were done."""
    with site.store.connect() as connection:
        for number in range(60):
            who = "=ann@council.example" if number % 2 else "bo@council.example"
            note(connection, who, "assign" if number % 3 else "dismiss", f"b{number}", FIRST + timedelta(hours=number))
    return somebody("auditor")


def test_it_shows_the_newest_first_and_page_by_page(auditor: Browser) -> None:
    auditor.get("/audit")
    assert "61 lines, the newest first" in auditor.words
    assert auditor.words.index("sign in") < auditor.words.index("b59")
    assert auditor.words.index("b59") < auditor.words.index("b58")
    assert "b5 " not in auditor.words
    assert "b5 " in auditor.get("/audit?page=2").words


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("who=bo@council.example", 30),
        ("action=dismiss", 20),
        ("target=b7", 1),
        ("who=bo@council.example&action=dismiss", 10),
        ("until=2026-06-01", 1),
        ("from=2026-06-02&until=2026-06-02", 24),
        ("from=2026-06-03", 36),
    ],
)
def test_it_can_be_narrowed(auditor: Browser, query: str, count: int) -> None:
    auditor.get(f"/audit?{query}")
    assert f"{count} line" in auditor.words
    auditor.get(f"/audit.csv?{query}")
    assert auditor.page is not None
    assert len(list(csv.DictReader(io.StringIO(auditor.page.content.decode("utf-8-sig"))))) == count


def test_a_day_that_is_none_is_told_at_its_field(auditor: Browser) -> None:
    auditor.get("/audit?from=yesterday&until=9999-12-31")
    assert auditor.status == 422
    assert "'yesterday' is no day; write it as in 2026-11-30" in auditor.words
    assert 'href="#from"' in auditor.text
    assert 'href="#until"' in auditor.text


def test_the_file_holds_no_formula(auditor: Browser) -> None:
    auditor.get("/audit.csv?target=b1")
    assert auditor.page is not None
    rows = list(csv.DictReader(io.StringIO(auditor.page.content.decode("utf-8-sig"))))
    assert rows == [{"at": "2026-06-01T23:30:00Z", "who": "'=ann@council.example", "action": "assign", "target": "b1", "detail": ""}]


def test_nothing_found_is_said(auditor: Browser) -> None:
    assert "No line is like this" in auditor.get("/audit?who=nobody").words


def test_an_admin_sees_it_too_and_an_officer_does_not(somebody: Callable[[str], Browser]) -> None:
    assert somebody("admin").get("/audit").status == 200
    assert somebody("officer").get("/audit").status == 403
    assert somebody("officer").get("/audit.csv").status == 403
