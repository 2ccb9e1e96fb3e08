"""One organisation, as the rest of this connector talks to it: addresses with their version, and the day's quota.

Source: REST API Developer Guide, "Query" (resources_query), "QueryAll" (resources_queryall), "sObject Describe", "Limit Info Header"
(headers_api_usage)."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from connector.contract import TryLater
from connector.http import Answer, Call, Content, Door, field
from connector.salesforce.errors import DEAD_LOCATOR, PARK, codes, refusal

USAGE = re.compile(r"(?<![\w-])api-usage=(\d{1,12})/(\d{1,12})")
NO_RESERVE = 1_000
"""A share of the quota, in percent, that is never reached."""
LINK = re.compile(r"/services/data/v\d{1,3}\.\d/[\w/.-]+")


def is_link(link: str) -> bool:
    """Whether a `nextRecordsUrl` is a query of the organisation that gives it, and leads nowhere else."""
    return LINK.fullmatch(link) is not None and "/../" not in link


@dataclass
class Usage:
    """The organisation's API calls of the last 24 hours, as its last answer told them."""

    used: int = 0
    most: int = 0

    def note(self, headers: Mapping[str, str]) -> None:
        """Reads Sforce-Limit-Info."""
        found = USAGE.search(headers.get("Sforce-Limit-Info", ""))
        if found:
            self.used, self.most = int(found[1]), int(found[2])

    def past(self, percent: int) -> bool:
        """Whether more than that share is used."""
        return self.most > 0 and self.used * 100 >= self.most * percent


class Org:
    """Sends requests to one organisation. Every method raises what the door raises."""

    def __init__(self, door: Door, told: Callable[[], Mapping[str, str]], url: str, version: str, percent: int) -> None:
        self.door, self.version, self.usage = door, version, Usage()
        self._told, self._url, self._percent = told, url.rstrip("/"), percent

    def ids(self) -> tuple[str, str]:
        """The organisation's id and the signed-in user's, by the identity address of the token: …/id/00D…/005…."""
        self.door.sign_in()
        parts = self._told()["id"].rstrip("/").split("/")
        return (parts[-2], parts[-1]) if len(parts) > 2 else ("", "")

    def get(
        self, path: str, what: str, *params: tuple[str, str], accept: Collection[int] = (), expects: Content = Content.JSON
    ) -> Answer:
        """Reads below /services/data/vNN.0/."""
        return self._send(Call(self._address(path), what, params=params, accept=accept, expects=expects))

    def post(self, path: str, what: str, body: object, accept: Collection[int] = ()) -> Answer:
        """Posts a query as JSON below /services/data/vNN.0/. That may be done twice: a job too many harms nobody."""
        return self._send(Call(self._address(path), what, "POST", json=body, accept=accept, repeatable=True))

    def query(self, soql: str, what: str) -> Answer:
        """The first page of a query over all rows, deleted and archived ones too."""
        return self.get("queryAll", what, ("q", soql))

    def following(self, link: str, what: str, now: float) -> Answer | None:
        """The page of a `nextRecordsUrl` for which `is_link` holds; None when its locator is no longer known (after two days)."""
        answer = self._send(Call(self._root() + link, what, accept={400, 404}))
        if answer.status < 400:
            return answer
        if DEAD_LOCATOR in codes(answer):
            return None
        raise refusal(answer, what, now)

    def count(self, soql: str, what: str) -> int:
        """The number of rows of a `SELECT count()`."""
        return field(self.query(soql, what).data, "totalSize", int)

    def unsparing(self) -> "Org":
        """The same organisation for somebody who asks a few things and leaves no calls to others."""
        org = Org(self.door, self._told, self._url, self.version, NO_RESERVE)
        org.usage = self.usage
        return org

    def reserve_reached(self) -> bool:
        """Whether so many calls are used that the rest is left to others."""
        return self.usage.past(self._percent)

    def versions(self) -> list[str]:
        """The API's versions that the organisation has (resources_versions)."""
        answer = self._send(Call(f"{self._root()}/services/data", "API versions"))
        return [field(one, "version", str) for one in field(answer.data, (), list)]

    def _send(self, call: Call) -> Answer:
        if self.reserve_reached():
            share = f"{self.usage.used:,} of {self.usage.most:,}"
            words = f"the organisation has used {share} API calls of the last 24 hours, more than QUOTA_PERCENT leaves to us"
            raise TryLater(f"{call.what}: {words}; the next run goes on", PARK)
        answer = self.door.send(call)
        self.usage.note(answer.headers)
        return answer

    def _address(self, path: str) -> str:
        return f"{self._root()}/services/data/v{self.version}/{path}"

    def _root(self) -> str:
        """Where the token's answer says that the organisation lives; whether that may be is for the door's one-host rule."""
        self.door.sign_in()
        return self._told().get("instance_url", self._url).rstrip("/")
