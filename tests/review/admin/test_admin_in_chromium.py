"""An admin's day in Chromium, with scripts and without: what is seen at each step, that axe finds nothing there, and one whole journey by keyboard."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.schedules import due
from placebridge.opening import Opened
from placebridge.worker.run import Order, carry_out
from review.roles import Role
from review.site import Site
from store import migrate
from store.database import Database
from tests.review.admin.conftest import ACCOUNTS, write_folder
from tests.review.browser import Window, window
from tests.review.harness import CODE
from tests.review.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MENDED = ACCOUNTS.replace("\n,No Id Ltd", "\nA3,No Id Ltd")
OF_CEDAR = ACCOUNTS + "A4,Cedar Ltd,Oldport\n"
THEMES = "themes:\n  night_economy:\n    name: The town at night\n    strong: lantern parade\n"


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each test copies it."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    store = Database(f"sqlite:///{file}")
    migrate.upgrade(store)
    store.close()
    return file


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path) -> Path:
    """Settings, a field map and exports, beside a database of its own."""
    return write_folder(tmp_path, f"sqlite:///{shutil.copy(empty_database, tmp_path / 'site.db')}")


@dataclass
class Admin:
    """Somebody at a site, and the worker beside it, which does what is due when it is told to."""

    at: Window
    opened: Opened
    scripts: bool

    @property
    def page(self) -> "Page":
        """What the window shows."""
        return self.at.page

    def sees(self, *said: str) -> None:
        """The page says these, and axe finds nothing wrong with it."""
        from playwright.sync_api import expect

        for words in said:
            expect(self.page.locator("main")).to_contain_text(words, timeout=10_000)
        assert self.at.too_wide() == 0, self.page.url
        if self.scripts:  # axe itself is one
            assert self.at.violations() == [], self.page.url

    def goes(self, link: str) -> None:
        """Follows a link."""
        self.page.get_by_role("link", name=link, exact=True).first.click()

    def presses(self, button: str) -> None:
        """Presses a button."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def waits_for_the_worker(self) -> None:
        """Until what is due was done."""
        store, config = self.opened.store, self.opened.config
        for one in due.ready(store, datetime.now(UTC)):
            carry_out(Order(config.folder, config.named, one.id, one.connection, "worker"), threading.Event(), lambda: None)

    def exports(self, name: str, text: str) -> None:
        """Somebody puts another export in its place."""
        (self.opened.config.folder / "exports" / name).write_text(text)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def admin(browser: "Browser", at: Opened, site: Site, request: pytest.FixtureRequest) -> Iterator[Admin]:
    """An admin who has signed in and looks at the connections."""
    with served(replace(site, try_out_code=CODE)) as base, window(browser, base, request.param) as found:
        found.sign_in(Role.ADMIN)
        found.page.get_by_role("link", name="Admin", exact=True).click()
        found.page.wait_for_url("**/connections")
        yield Admin(found, at, request.param)
        assert [fault for fault in found.faults if "responded with a status of 422" not in fault] == []


def test_a_schedule_is_paused_resumed_and_given_other_times(admin: Admin) -> None:
    admin.sees("council", "Never read", "At 06:00 on Monday through Friday", "postcodes")
    admin.goes("council")
    admin.presses("Pause")
    admin.sees("council is paused", "Paused since")
    admin.presses("Resume")
    admin.sees("council is read again by its schedule", "Next: ")
    admin.goes("Change the schedule")
    admin.page.get_by_label("Another schedule").fill("every morning")
    admin.presses("Say what it means")
    admin.sees("There is a problem", "'every morning' is no schedule")
    admin.page.get_by_label("Another schedule").fill("30 7 * * sun")
    admin.presses("Say what it means")
    admin.sees("At 07:30 on Sunday", "The next times, Europe/London time: Sun")
    admin.presses("Save this schedule")
    admin.sees("At 07:30 on Sunday (set here)")
    admin.goes("Audit")
    admin.sees("schedule set", "schedule resume", "schedule pause")
    admin.page.get_by_label("What", exact=True).select_option("schedule pause")
    admin.presses("Show")
    admin.sees("1 line, the newest first")


def test_a_run_is_begun_and_a_row_that_it_refused_is_mended(admin: Admin) -> None:
    admin.goes("council")
    admin.presses("Read now")
    admin.sees("council is due now", "A run waits")
    admin.waits_for_the_worker()
    admin.goes("Runs")
    admin.sees("council, ", "8 read, 6 added, 2 rejected")
    admin.page.get_by_role("link", name="Rejects of council").first.click()
    admin.sees("2 rows", "Refused: it has no id", "To mend it: Fill in its id in the CRM")
    admin.page.locator("summary").first.click()
    admin.sees("No Id Ltd")
    admin.exports("accounts.csv", MENDED)
    admin.goes("Connections")
    admin.goes("council")
    admin.presses("Read now")
    admin.waits_for_the_worker()
    admin.goes("Connections")
    admin.goes("council")
    admin.sees("1 added")
    admin.goes("1 rejected engagement rows")
    admin.sees("1 row.", "starts_at '2026-02-31", "is no date", "It came from the column When")


def test_a_file_is_uploaded_once_it_was_seen_what_it_would_change(admin: Admin) -> None:
    admin.goes("council")
    admin.goes("Upload a file")
    admin.presses("See what it would change")
    admin.sees("The file was not taken", "Choose a file to upload")
    admin.page.get_by_label("accounts.csv").check()
    admin.page.get_by_label("The file").set_input_files({"name": "export.csv", "mimeType": "text/csv", "buffer": OF_CEDAR.encode()})
    admin.presses("See what it would change")
    admin.sees("Nothing is kept yet", "What the next run would do", "Records added")
    admin.presses("Keep the file and read it")
    admin.sees("The file is in its place, and council is due now")
    admin.waits_for_the_worker()
    admin.goes("Runs")
    admin.sees("9 read, 7 added, 2 rejected")


def test_a_field_map_is_tried_on_real_rows_saved_and_brought_back(admin: Admin) -> None:
    admin.goes("council")
    admin.goes("Edit the field map")
    text = admin.page.get_by_label("YAML")
    before = text.input_value()
    text.fill(before.replace("name: Account Name", "nam: Account Name"))
    admin.presses("Preview on real rows")
    admin.sees("It was not saved", "did you mean 'name'?")
    text.fill(before.replace("name: Account Name", "name: Account Name, town: Town"))
    admin.presses("Preview on real rows")
    admin.sees("It is not saved yet", "3 rows read, 1 of them refused", "Acme Ltd", "Changed lines")
    admin.presses("Save")
    admin.sees("Saved as version 1", "Version 1 holds")
    text.fill(before)
    admin.presses("Save")
    admin.goes("Version 1")
    admin.sees("What would change by it", "town: Town")
    admin.presses("Bring this version back")
    admin.sees("Version 1 holds again, as version 3")
    assert "town: Town" in text.input_value()


def test_themes_say_what_they_would_change_before_they_are_saved(admin: Admin) -> None:
    admin.goes("council")
    admin.presses("Read now")
    admin.waits_for_the_worker()
    admin.goes("Rules")
    admin.sees("Themes and phrases", "What ships holds")
    admin.goes("Themes and phrases")
    admin.page.get_by_label("YAML").fill(THEMES)
    admin.presses("What would change")
    admin.sees("All 2 engagements were read by it; 1 would have other themes", "Gains “lantern parade” by the words: lantern parade")
    admin.presses("Save")
    admin.sees("Saved as version 1", "Version 1 holds")
    admin.presses("Let what ships hold again")
    admin.sees("From version 2 on, what ships holds again")


@pytest.mark.parametrize("admin", [False], indirect=True, ids=["no scripts"])
def test_a_field_map_is_edited_by_keyboard_alone(admin: Admin) -> None:
    at, keys = admin.at, admin.page.keyboard

    def presses_on(text: str, key: str = "Enter") -> None:
        at.tab_to(text)
        with admin.page.expect_navigation():
            keys.press(key)

    presses_on("council")
    presses_on("Edit the field map")
    at.tab_to("YAML")
    keys.press("Control+End")
    keys.type("# by keyboard")
    presses_on("Preview on real rows")
    admin.sees("It is not saved yet", "+# by keyboard")
    at.tab_to("YAML")
    presses_on("Save", "Space")
    admin.sees("Saved as version 1")
    presses_on("Sign out")
    admin.sees("You have signed out")
