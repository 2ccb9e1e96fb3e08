"""Connections as an admin sees them, and what an admin has done about them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from jobs.notices.alerts import raise_alert
from jobs.schedules import due
from jobs.schedules.plans import due_run
from review.site import Site
from store import bulk
from store.tables import Audit, Connection, Cursor, Run
from tests.review.admin.conftest import Browser


def audit_of(site: Site) -> list[tuple[str, str, str]]:
    table = bulk.table_of(Audit)
    with site.store.reading() as connection:
        columns = select(table.c.who, table.c.action, table.c.target).where(table.c.action != "sign in")
        return [tuple(row) for row in connection.execute(columns.order_by(table.c.id))]


def test_the_list_says_of_each_what_it_is_and_when_it_is_read(admin: Browser) -> None:
    admin.get("/connections")
    assert admin.status == 200
    for said in (
        "council",
        "files, council",
        "postcodes, a register that is asked",
        "At 06:00 on Monday through Friday",
        "It has not been read yet",
    ):
        assert said in admin.words


def test_after_a_read_it_says_what_came_and_what_stands_refused(admin: Browser, read: Callable[[], None]) -> None:
    read()
    admin.get("/connections/council")
    assert "Fine" in admin.words
    assert "business 2 0 1 rejected business rows 0 all, if any changed" in admin.words
    assert "engagement 2 0 1 rejected engagement rows" in admin.words
    assert "8 read, 6 added, 2 rejected" in admin.words
    admin.get("/connections")
    assert "done: 8 read, 6 added, 2 rejected" in admin.words


def test_one_that_there_is_not_is_told(admin: Browser) -> None:
    assert admin.get("/connections/nobody").status == 404
    assert "No connection of this name stands in the settings" in admin.words


def test_reading_now_is_due_at_once_and_noted(admin: Browser, site: Site) -> None:
    admin.get("/connections/council").send("/connections/council/run")
    assert "council is due now" in admin.words
    assert "A run waits" in admin.words
    assert [found.connection for found in due.ready(site.store, site.now() + timedelta(seconds=1))] == ["council"]
    assert [(action, target) for _, action, target in audit_of(site)] == [("schedule run", "council")]
    admin.send("/connections/council/run")
    assert "council was due already" in admin.words


def test_a_paused_one_says_so_until_it_is_resumed(admin: Browser, site: Site) -> None:
    admin.get("/connections/council").send("/connections/council/pause")
    assert "is paused" in admin.words
    assert "Paused since" in admin.words
    admin.send("/connections/council/resume")
    assert "is read again by its schedule" in admin.words
    assert [action for _, action, _ in audit_of(site)] == ["schedule pause", "schedule resume"]


def test_a_schedule_is_said_in_words_before_it_is_saved(admin: Browser, site: Site) -> None:
    admin.get("/connections/council/schedule?cron=30+7+*+*+sun")
    assert "At 07:30 on Sunday" in admin.words
    assert "The next times, Europe/London time: Sun" in admin.words
    assert audit_of(site) == []
    admin.send("/connections/council/schedule", cron="30 7 * * sun")
    assert "At 07:30 on Sunday (set here)" in admin.words
    admin.get("/connections/council/schedule")
    assert "The settings say 0 6 * * mon-fri" in admin.words
    admin.send("/connections/council/schedule", reset="yes")
    assert "At 06:00 on Monday through Friday" in admin.words
    assert [action for _, action, _ in audit_of(site)] == ["schedule set", "schedule reset"]


@pytest.mark.parametrize(
    ("words", "said"), [("", "Write five cron words"), ("0 6 * *", "is no schedule"), ("0 0 31 2 *", "is no schedule")]
)
def test_words_that_are_no_schedule_are_told_and_not_saved(admin: Browser, site: Site, words: str, said: str) -> None:
    admin.get(f"/connections/council/schedule?cron={words.replace(' ', '+')}")
    assert (admin.status, said in admin.words) == (422, True)
    admin.get("/connections/council/schedule").send("/connections/council/schedule", cron=words)
    assert said in admin.words
    assert audit_of(site) == []


def test_what_is_wrong_with_a_connection_stands_on_its_page_with_what_to_do(admin: Browser, site: Site) -> None:
    with site.store.connect() as connection:
        raise_alert(connection, "connection_failing", "council", "The folder is gone.", site.now())
    admin.get("/connections/council")
    assert "Needs you" in admin.words
    assert "Council cannot be read" in admin.words
    assert "The folder is gone." in admin.words
    assert "What to do: run placebridge check council" in admin.words
    admin.get("/connections")
    assert "The folder is gone." in admin.words


def test_a_run_in_progress_shows_how_far_it_is(admin: Browser, site: Site, read: Callable[[], None]) -> None:
    read()
    with site.store.connect() as connection:
        held = connection.scalar(select(bulk.table_of(Connection).c.id))
        connection.execute(insert(bulk.table_of(Run)).values(connection="council", started_at=site.now(), outcome="running", read=3, message="", added=0, changed=0, removed=0, rejected=0))  # fmt: skip
        cursors = bulk.table_of(Cursor)
        position = {"read": 15_000}
        connection.execute(update(cursors).where(cursors.c.connection_id == held, cursors.c.entity == "person").values(position=position))
    for path in ("/connections/council", "/connections", "/runs"):
        admin.get(path)
        assert "3 rows read and taken over; 15,000 person rows read so far" in admin.words


def test_a_waiting_run_says_why_it_is_tried_again(admin: Browser, site: Site) -> None:
    admin.get("/connections/council").send("/connections/council/run")
    with site.store.connect() as connection:
        connection.execute(update(due_run).values(attempts=2, message="the folder is gone"))
    admin.get("/runs")
    assert "as somebody asked; to be tried again at" in admin.words
    assert "the folder is gone" in admin.words


def test_a_check_says_what_works_and_what_to_mend(admin: Browser, folder: Path) -> None:
    (folder / "exports/contacts.csv").write_text("Contact,First\nC1,Ann\n")
    admin.get("/connections/council").send("/connections/council/check")
    assert "Works business from accounts.csv" in admin.words
    assert "Mend person from contacts.csv" in admin.words


def test_a_check_of_one_whose_settings_do_not_do_says_which(admin: Browser) -> None:
    admin.get("/connections/bureau").send("/connections/bureau/check")
    assert "nothing says how somebody signs in to sftp.example.org" in admin.words


def test_runs_can_be_shown_by_connection_and_outcome(admin: Browser, read: Callable[[], None]) -> None:
    admin.get("/runs")
    assert "Nothing has been read yet" in admin.words
    read()
    assert "1 run, the newest first" in admin.get("/runs?connection=council&outcome=done").words
    assert "No run is like this" in admin.get("/runs?outcome=failed").words
    assert admin.get("/runs?page=2").status == 404


@pytest.mark.parametrize("role", ["viewer", "officer", "auditor"])
def test_nobody_but_admins_sees_them(somebody: Callable[[str], Browser], role: str) -> None:
    other = somebody(role)
    for path in (
        "/connections",
        "/connections/council",
        "/runs",
        "/rejects",
        "/rejects.csv",
        "/rules",
        "/rules/themes",
        "/connections/council/map",
    ):
        assert other.get(path).status == 403
    assert 'href="/connections"' not in other.get("/businesses").text
