"""Pictures of every page of the site, for the documents: of a copy of the demo's town in which people have worked for a year.

./run demo                                  makes the town
python -m tests.review.pictures             writes docs/pictures/PAGE-WIDTH.webp
python -m tests.review.pictures --out pictures PAGE..."""

import argparse
import base64
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from placebridge.opening import opened
from placebridge.reviewing import site_of
from review.page import Page
from review.roles import Role
from review.routes import PAGES
from review.site import Site
from tests.review.browser import WIDTHS, NoChromium, Window, chromium, window
from tests.review.harness import CODE
from tests.review.lived_in import live_in
from tests.review.serving import served

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"first", "sign-in-start", "sign-in-back", "signed-out"}
NOT_THERE = {"There is no such page", "This cannot be shown"}
DEMO = ROOT / "demo"
QUERIES = {"bulk": "?which=all&list=state%3Dleader_lapsed", "unlisted": "?place=Thornley"}
LARGEST = 60_000
"""Bytes of a picture."""
TRIES = ((1400, 0.8), (1400, 0.65), (1100, 0.65), (900, 0.65), (900, 0.5), (700, 0.5))
"""How tall a picture may be, in pixels, and how true: the first that is small enough. What is further down a page says no more."""
SMALLER = """async ([png, tallest, quality]) => {
    const taken = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob())
    const canvas = new OffscreenCanvas(taken.width, Math.min(taken.height, tallest))
    canvas.getContext('2d').drawImage(taken, 0, 0)
    const blob = await canvas.convertToBlob({type: 'image/webp', quality})
    return await new Promise(done => {
        const reader = new FileReader()
        reader.onload = () => done(reader.result.split(',')[1])
        reader.readAsDataURL(blob)
    })
}"""
"""Chromium itself makes WebP of a picture."""


def main(words: list[str] | None = None) -> int:
    """Writes the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.review.pictures", description="Pictures of every page of the site.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="names of pages, as in review/routes.py; all, unless said")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/pictures", help="the folder to write into")
    asked = parser.parse_args(words)
    if not (DEMO / "config.env").is_file():
        print(f"there is no {DEMO}; `./run demo` makes it", file=sys.stderr)
        return 2
    wanted = [page for page in PAGES if page.get and (page.name in asked.pages or (not asked.pages and page.name not in LEFT_OUT))]
    wanted = [page for page in wanted if "." not in page.path]  # files are no pictures
    asked.out.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory() as folder, opened(shutil.copytree(DEMO, Path(folder) / "demo") / "config.env", write=True) as at:
            for picture in pictures_of(replace(site_of(at, "127.0.0.1"), try_out_code=CODE), wanted, asked.out):
                print(f"{picture} {picture.stat().st_size:,} bytes")
    except NoChromium as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def pictures_of(site: Site, pages: list[Page], folder: Path) -> Iterator[Path]:
    """Takes each page at each width; gives the files as they are written."""
    shown = live_in(site)
    with _window(site) as at:
        signed_in: Role | None = None
        for page in sorted(pages, key=lambda page: (bool(page.roles), Role.OFFICER not in page.roles)):
            role = (
                None if not page.roles else next(one for one in (Role.OFFICER, Role.ADMIN, Role.AUDITOR, Role.VIEWER) if one in page.roles)
            )
            if role is not None and role != signed_in:
                at.page.context.clear_cookies()
                at.sign_in(role)
                signed_in = role
            path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: shown.of(page.name)[found[1]], page.path) + QUERIES.get(page.name, "")  # noqa: B023
            for width in WIDTHS:
                at.open(path, width)
                if at.page.locator("h1").inner_text() in NOT_THERE:
                    raise RuntimeError(f"{path} shows no page to take a picture of")
                yield _write(at, folder / f"{re.sub(r'[^a-z0-9]+', '-', page.name)}-{width}.webp")


@contextmanager
def _window(site: Site) -> Iterator[Window]:
    with chromium() as browser, served(site) as base, window(browser, base) as found:
        yield found


def _write(at: Window, file: Path) -> Path:
    taken = base64.b64encode(at.page.screenshot(full_page=True)).decode()
    desk = at.page.context.new_page()  # empty: the site's own policy would not let a script in
    try:
        for tallest, quality in TRIES:
            made = base64.b64decode(desk.evaluate(SMALLER, [taken, tallest, quality]))
            file.write_bytes(made)
            if len(made) <= LARGEST:
                break
    finally:
        desk.close()
    return file


if __name__ == "__main__":
    sys.exit(main())
