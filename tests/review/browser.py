"""Chromium, driven by Playwright: sees a page as people do, and says what is wrong with it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from review.roles import Role
from tests.review.harness import CODE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

NEEDED = "TESTS_NEED_CHROMIUM"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 768, 1280)
FOCUS_SHOWS = """() => {
    const one = document.activeElement, shown = e => [e, e.nextElementSibling, e.parentElement].filter(Boolean).map(
        x => { const s = getComputedStyle(x), b = getComputedStyle(x, '::before');
               return [s.outline, s.boxShadow, s.backgroundColor, s.borderColor, b.boxShadow, b.outline, b.borderWidth].join() }).join()
    const focused = shown(one); one.blur(); const plain = shown(one); one.focus(); return focused !== plain }"""
"""Whether what has the focus differs from how it looks without."""


class NoChromium(Exception):
    """There is no browser here, or nothing to drive it by."""


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser. Raises NoChromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise NoChromium("there is no Chromium here; install it (Debian's package chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoChromium("playwright is not installed") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def chromium_or_skip() -> Iterator["Browser"]:
    """The same for a fixture: skips where there is none, unless TESTS_NEED_CHROMIUM demands it (as CI does)."""
    try:
        with chromium() as browser:
            yield browser
    except NoChromium as fault:
        if os.environ.get(NEEDED):
            pytest.fail(str(fault))
        pytest.skip(str(fault))


@dataclass
class Window:
    """A page of a browser, and what went wrong in it since it was opened."""

    page: "Page"
    base: str
    faults: list[str]

    def open(self, path: str, width: int = 1280) -> None:
        """Opens a page of the site."""
        self.widen(width)
        self.page.goto(f"{self.base}{path}", wait_until="load")

    def widen(self, width: int) -> None:
        """Makes the window so wide; the page in it stays, and is laid out anew."""
        self.page.set_viewport_size({"width": width, "height": 900})

    def sign_in(self, role: Role | str) -> None:
        """By the code that was printed."""
        self.open("/sign-in")
        self.page.fill("#code", CODE)
        self.page.check(f"input[name=role][value={role}]")
        self.page.click("main button")
        self.page.wait_for_load_state()

    def too_wide(self) -> int:
        """Pixels by which the page is wider than its window: it would scroll sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def violations(self) -> list[str]:
        """What axe finds: rule and elements."""
        from axe_playwright_python.sync_playwright import Axe

        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        script = "options => axe.run(options).then(found => found.violations)"
        found: Any = self.page.evaluate(script, {"runOnly": RULES, "resultTypes": ["violations"]})
        return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]

    def tab_to(self, *texts: str, most: int = 60) -> None:
        """Presses Tab until what has one of these texts or labels has the focus, which must be seen there."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.focused() in texts:
                assert self._shows_focus(), f"{texts[0]} does not show that it has the focus"
                return
        raise AssertionError(f"Tab does not come to {texts[0]}")

    def focused(self) -> str:
        """The label or text of what has the focus."""
        return str(
            self.page.evaluate("(e => (e.labels?.length ? e.labels[0] : e).innerText.replace(/\\s+/g, ' ').trim())(document.activeElement)")
        )

    def _shows_focus(self) -> bool:
        return bool(self.page.evaluate(FOCUS_SHOWS))


@contextmanager
def window(browser: "Browser", base: str, scripts: bool = True) -> Iterator[Window]:
    """A window of its own, with scripts or without."""
    context: BrowserContext = browser.new_context(java_script_enabled=scripts)
    page, faults = context.new_page(), list[str]()
    page.set_default_timeout(10_000)
    page.on("console", lambda said: faults.append(f"{said.type}: {said.text}") if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: faults.append(f"script: {fault}"))
    page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    try:
        yield Window(page, base, faults)
    finally:
        context.close()
