"""The site: what every page works with."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from jobs.rules import Rules
from jobs.setup import Setup
from review.errands import Errands
from review.sign_in.provider import Provider
from store.database import Database


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Site:
    """A database, the rules, and how the site is reached."""

    store: Database
    zone: ZoneInfo
    rules: Rules
    name: str = ""
    """The council's, as it stands in the header."""
    prefix: str = ""
    """The path under which a proxy serves the site, as in /placebridge; without a slash at its end."""
    secure: bool = False
    """Whether browsers come over https, so that cookies are sent only there."""
    try_out_code: str | None = None
    """Set where the site is only tried out: whoever has it may sign in, in any role."""
    provider: Provider | None = None
    """Set where people sign in by an OpenID provider."""
    url: str = ""
    """The address that people use, with the prefix and without a slash at its end; the provider sends them back there."""
    hosts: frozenset[str] | None = None
    """The names under which a browser may ask for the site (review/hosts.py); None: any."""
    sends_mail: bool = False
    """Whether a mail server is set, so that digests can go out."""
    now: Callable[[], datetime] = field(default=_now)
    setup: Setup = field(default_factory=Setup)
    """The settings, as far as pages for admins need them."""
    rules_in_force: Callable[[], Rules] | None = None
    """Gives the rules as they hold now: somebody may have saved others since the site began. None: they stay as they are."""
    errands: Errands = field(default_factory=Errands)
    """Work that goes on after its page was answered."""

    def current(self) -> "Site":
        """The site with the rules that hold now."""
        return replace(self, rules=self.rules_in_force()) if self.rules_in_force else self

    def today(self) -> date:
        """The day here."""
        return self.now().astimezone(self.zone).date()

    def at(self, path: str) -> str:
        """The address of a page of ours."""
        return f"{self.prefix}{path}"

    def whole(self, path: str) -> str:
        """The same with scheme and host, by the settings and never by what a browser says."""
        return f"{self.url}{path}"
