"""Companies House as a register that is asked: a company's profile and its officers
(https://developer-specs.company-information.service.gov.uk/companies-house-public-data-api/reference)."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import quote

from connector.companies_house.facts import facts_of
from connector.companies_house.limits import Limit
from connector.contract import Answered, ConnectorError, Finding, SkipRecord, StopEntity
from connector.http import Answer, Call, Door, Options, Secret, field, pages, user_and_password
from connector.http.findings import expiry_finding, skew_finding

LOG = logging.getLogger("connector.companies_house")
PAGE = 100
MOST_PAGES = 100
MOST_FAILING = 5
"""So many companies running that cannot be read are a fault of the service."""
ASKED_BY_CHECK = "00000001"
"""Whether there is such a company does not matter: a key that is refused is told before that."""


class CompaniesHouse:
    """The register. What it says of a company is one answer, made of two requests or more."""

    name = "companies_house"
    keys = "company_number"

    def __init__(self, url: str, key: Secret, connection: str, options: Options, expires: date | None = None) -> None:
        """`key` is the API key; it goes as the user name of Basic authentication, with an empty password.

        Raises StopConnection when a setting cannot be used."""
        self._clock, self._expires = options.clock, expires
        limit = Limit(options.clock)
        self._door = Door(url, connection, user_and_password(key.reveal(), ""), replace(options, judge=limit.judge))
        self._limit = limit

    def check(self) -> list[Finding]:
        """Whether the key is taken, how much of the limit is left, and the clock."""
        try:
            self._profile(ASKED_BY_CHECK)
        except ConnectorError as fault:
            return [Finding("sign-in", False, f"{fault}. The key is API_KEY of a live application, REST, not a streaming key")]
        found = [Finding("sign-in", True, "the key is taken")]
        if self._limit.left is not None:
            found.append(Finding("limit", True, f"{self._limit.left:,} requests are left in this window"))
        found += skew_finding(self._door.skew)
        return [*found, expiry_finding(self._expires, self._clock)] if self._expires else found

    def lookup(self, keys: Sequence[str]) -> Iterator[Answered]:
        """Asks about one company after the other. One that cannot be read is left for the next run, and told when all others are in.

        Raises StopConnection, StopEntity or TryLater."""
        failing, faults = 0, list[StopEntity | SkipRecord]()
        for key in keys:
            try:
                answered = self._ask(key)
            except (StopEntity, SkipRecord) as fault:
                faults.append(fault)
                failing += 1
                LOG.warning("%s could not be read: %s", key, fault, extra={"action": "skip", "what": key})
                if failing == MOST_FAILING:
                    raise StopEntity(f"{failing} companies running could not be read; the last: {fault}") from None
                continue
            failing = 0
            yield answered
        if faults:
            raise StopEntity(f"{len(faults)} of {len(keys)} companies could not be read; the first: {faults[0]}")

    def _ask(self, key: str) -> Answered:
        profile = self._profile(key)
        if profile.status == 404:
            return Answered(key, None)
        today = datetime.fromtimestamp(self._clock.now(), UTC).date()
        return Answered(key, facts_of(profile.data, self._officers(key), today))

    def _profile(self, number: str) -> Answer:
        return self._door.send(Call(f"company/{quote(number, safe='')}", f"company {number}", accept={404}, one_record=True))

    def _officers(self, number: str) -> list[object]:
        """Every officer there ever was. A company without a list of them answers 404."""
        url, what, found = f"company/{quote(number, safe='')}/officers", f"officers of {number}", list[object]()

        def at(start: int) -> Call:
            params = (("items_per_page", str(PAGE)), ("start_index", str(start)))
            return Call(url, what, params=params, accept={404}, one_record=True)

        def following(answer: Answer) -> Call | None:
            if answer.status == 404:
                return None
            items = field(answer.data, "items", list, default=[])
            found.extend(items)
            return at(len(found)) if items and len(found) < field(answer.data, "total_results", int, default=0) else None

        for _ in pages(self._door, at(0), following, MOST_PAGES):
            pass
        return found
