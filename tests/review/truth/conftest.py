"""A small town on the site, in which the rules join some records and leave some pairs open."""

import re
from pathlib import Path

import pytest

from jobs.flag import flags_as_of
from review.roles import Role
from review.site import Site
from store.database import Database
from tests.databases import fill_like
from tests.jobs.decisions.small import NOW, Town, read
from tests.review.harness import RULES, Browser, Clock, Response, signed_in, site_on


class Desk:
    """An officer at the site of the town."""

    def __init__(self, town: Town, site: Site, role: Role = Role.OFFICER) -> None:
        self.town, self.site = town, site
        self.browser: Browser = signed_in(site, role)

    def at(self, source_id: str, rest: str = "") -> str:
        """The address of a page of the business that a record is."""
        return f"/businesses/{self.town.holder(source_id)}{rest}"

    def see(self, path: str) -> str:
        """A page's words, as they are read, wherever it leads."""
        answer = self.browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return words_of(answer)

    def do(self, path: str, **fields: object) -> str:
        """Sends a form that is taken; the words of the page that it leads to."""
        answer = self.browser.post(path, fields)
        assert answer.status_code == 303, words_of(answer)
        return self.see(answer.headers["location"])

    def refused(self, path: str, **fields: object) -> str:
        """Sends a form that is not; what is said on it."""
        answer = self.browser.post(path, fields)
        assert answer.status_code == 422, answer.status_code
        assert 'class="govuk-error-summary"' in answer.text
        return words_of(answer)

    def flag(self, source_id: str) -> dict[str, object]:
        """The business's flag as it stands today."""
        rows = flags_as_of(self.site.store, self.site.today(), RULES, self.site.zone)
        found = next(row for row in rows if row["business_id"] == self.town.holder(source_id))
        return {name: value for name, value in found.items() if name != "as_of"}


def words_of(answer: Response) -> str:
    """What a page says, without its tags."""
    main = answer.text.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#39;", "'").split())


def number_in(text: str, name: str) -> str:
    """The value of the first field of that name in a page."""
    found = re.search(rf'name="{name}" value="([^"]+)"', text)
    assert found, f"no field {name}"
    return found[1]


@pytest.fixture
def town(store: Database, tmp_path: Path) -> Town:
    """A town whose CRMs were read."""
    found = Town(store, tmp_path / "crms")
    fill_like(store, found.folder, read)
    return found


@pytest.fixture
def desk(town: Town) -> Desk:
    """An officer who has signed in."""
    return Desk(town, site_on(town.store, now=Clock(NOW)))
