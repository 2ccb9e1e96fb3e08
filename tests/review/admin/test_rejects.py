"""Rejects: the row, why it is refused, and how it is mended."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.review.admin.conftest import Browser


def test_where_none_stands_it_says_so(admin: Browser) -> None:
    assert "No row stands refused. Each read brings this list up to date." in admin.get("/rejects").words


def test_each_says_why_what_to_do_and_which_column_it_came_from(admin: Browser, read: Callable[[], None]) -> None:
    read()
    admin.get("/rejects")
    assert "2 rows" in admin.words
    assert "council business without an id Refused: it has no id" in admin.words
    assert "Fill in its id in the CRM, or name other columns under id in the field map. It came from the column Account." in admin.words
    assert "starts_at '2026-02-31" in admin.words
    assert "It came from the column When." in admin.words
    assert "name (Account Name) No Id Ltd" in admin.words
    assert "from visits-*.csv" in admin.words


def test_notices_say_which_word_is_none_of_ours(admin: Browser, read: Callable[[], None]) -> None:
    read()
    admin.get("/rejects")
    assert "council engagement: kind 'webinar' is none of our words" in admin.words
    assert "Say which of our words it means: write it under values of kind in the field map. It came from Kind." in admin.words


def test_they_can_be_shown_by_connection_and_entity(admin: Browser, read: Callable[[], None]) -> None:
    read()
    assert "1 row." in admin.get("/rejects?connection=council&entity=business").words
    assert "No row stands refused here" in admin.get("/rejects?connection=council&entity=person").words
    assert "No row stands refused here" in admin.get("/rejects?connection=bureau").words
    assert admin.get("/rejects?page=7").status == 404


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
def test_the_file_holds_no_formula(admin: Browser, read: Callable[[], None], folder: Path, name: str) -> None:
    (folder / "exports/accounts.csv").write_text(f"Account,Account Name\nA1,Acme Ltd\nA2,Birch Ltd\n{name},\n")
    read()
    admin.get("/rejects.csv?entity=business")
    assert admin.page is not None
    assert admin.page.headers["content-disposition"] == 'attachment; filename="rejects.csv"'
    rows = list(csv.DictReader(io.StringIO(admin.page.content.decode("utf-8-sig"))))
    assert [(row["source_id"], row["reason"]) for row in rows] == [(f"'{name}", "it has no name")]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_what_a_row_holds_is_text_on_the_page(admin: Browser, read: Callable[[], None], folder: Path) -> None:
    (folder / "exports/accounts.csv").write_text("Account,Account Name\n,<script>alert(1)</script>\nA1,Acme Ltd\n")
    read()
    admin.get("/rejects")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in admin.text
    assert "<script>alert(1)" not in admin.text
