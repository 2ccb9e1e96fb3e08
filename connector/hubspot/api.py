"""HubSpot's endpoints, as calls through the door. What is read comes back as JSON objects, whose shape nobody trusts yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from urllib.parse import quote

from connector.http.budget import Budget
from connector.http.call import Answer, Call
from connector.http.secrets import Secret
from connector.http.session import Door, Options
from connector.http.shape import field
from connector.http.sign_in import Fixed, bearer_value
from connector.hubspot.faults import Judge
from connector.hubspot.records import has_id, id_of
from connector.hubspot.search_budget import SearchBudget

BATCH = 100
"""Records in a batch read (HubSpot, "Objects": batch endpoints)."""
Json = dict[str, object]


@dataclass(frozen=True)
class Paths:
    """Where the endpoints are. HubSpot's dated versions (2026-03) have other paths than v3 and v4, and the same shapes."""

    objects: str
    properties: str
    associations: str
    account: str


@dataclass(frozen=True)
class Sizes:
    """How much is asked for at once."""

    list_rows: int
    search_rows: int
    page_rows: int
    property_characters: int


@dataclass(frozen=True)
class Ways:
    """How the account is reached."""

    url: str
    connection: str
    token: Secret
    options: Options
    searches: Budget
    """What searches take from, beside the options' budget."""
    judge: Judge
    """The options' judge, which is told the account's time zone."""


@dataclass(frozen=True)
class Listed:
    """One answer of a list: its records and where to go on; None after the last."""

    records: list[object]
    after: str | None


@dataclass(frozen=True)
class Filter:
    """One condition of a search; all of them must hold."""

    name: str
    operator: str
    value: str

    def json(self) -> Json:
        """The filter as HubSpot wants it."""
        return {"propertyName": self.name, "operator": self.operator, "value": self.value}


class Api:
    """One worker's way to the account; to be closed. All methods raise what the door raises."""

    def __init__(self, ways: Ways, paths: Paths, sizes: Sizes) -> None:
        """Raises StopConnection for an address that cannot be used."""
        self._budget = SearchBudget(ways.options.budget, ways.searches)
        sign_in = Fixed({"Authorization": bearer_value(ways.token)})
        self._door = Door(ways.url, ways.connection, sign_in, replace(ways.options, budget=self._budget))
        self._judge, self._paths, self.sizes = ways.judge, paths, sizes

    @property
    def skew(self) -> float | None:
        """Seconds by which HubSpot's clock is ahead of ours."""
        return self._door.skew

    def account(self) -> tuple[int, str]:
        """The account's number (its portal or hub id) and its time zone, empty where it says none. "Account information API"."""
        data = self._door.send(Call(f"{self._paths.account}/details", "account details")).data
        portal, zone = field(data, "portalId", int), field(data, "timeZone", str, default="")
        self._judge.zone = zone
        return portal, zone

    def usage(self) -> list[object]:
        """Today's requests of the account's private apps and service keys. "Account information API"."""
        url = f"{self._paths.account}/api-usage/daily/private-apps"
        return field(self._door.send(Call(url, "daily quota")).data, "results", list)

    def properties(self, kind: str) -> dict[str, str]:
        """Labels by the names of an object's properties. "Properties"."""
        data = self._door.send(Call(f"{self._paths.properties}/{quote(kind)}", f"properties of {kind}")).data
        results = field(data, "results", list)
        return {field(one, "name", str): field(one, "label", str, default="") for one in results}

    def listed(self, kind: str, names: Sequence[str], after: str | None, archived: bool, limit: int | None = None) -> Listed | None:
        """One page of a list, with those properties; None where HubSpot no longer takes `after`. "Objects"."""
        short = len(quote(",".join(names))) <= self.sizes.property_characters
        params = [("limit", str(limit or self.sizes.list_rows)), ("archived", "true" if archived else "false")]
        params += [("properties", ",".join(names))] if short and names else []
        params += [("after", after)] if after is not None else []
        what = f"archived {kind}" if archived else kind
        answer = self._door.send(Call(self._of(kind), what, params=tuple(params), accept={400} if after is not None else ()))
        if answer.status == 400:
            return None
        records = field(answer.data, "results", list)
        return Listed(records if short else self._filled(kind, records, names, archived), following(answer.data))

    def _filled(self, kind: str, records: list[object], names: Sequence[str], archived: bool) -> list[object]:
        """The same records read again by id, where the names of the properties are too long for an address."""
        ids = [id_of(record) for record in records if has_id(record)]
        found = [record for record in records if not has_id(record)]
        for start in range(0, len(ids), BATCH):
            inputs = [{"id": one} for one in ids[start : start + BATCH]]
            params = (("archived", "true"),) if archived else ()
            body = {"properties": list(names), "inputs": inputs}
            call = Call(f"{self._of(kind)}/batch/read", kind, "POST", params, json=body, repeatable=True)
            found += field(self._door.send(call).data, "results", list)
        return found

    def search(self, kind: str, names: Sequence[str], filters: Sequence[Filter], by: str, limit: int | None = None) -> Answer:
        """The first records that fit, ascending by one property (a search has one sort). "Search the CRM"."""
        body = {
            "filterGroups": [{"filters": [one.json() for one in filters]}] if filters else [],
            "sorts": [{"propertyName": by, "direction": "ASCENDING"}],
            "properties": list(names),
            "limit": limit or self.sizes.search_rows,
        }
        with self._budget.searching():
            return self._door.send(Call(f"{self._of(kind)}/search", f"search of {kind}", "POST", json=body, repeatable=True))

    def associated(self, kind: str, to: str, inputs: Sequence[Json]) -> object:
        """What those records are associated with: {"results", "errors"}; 207 where some are with nothing. "Associations v4"."""
        url = f"{self._paths.associations}/{quote(kind)}/{quote(to)}/batch/read"
        return self._door.send(Call(url, f"{kind} associations.{to}", "POST", json={"inputs": list(inputs)}, repeatable=True)).data

    def close(self) -> None:
        """Closes the connections."""
        self._door.close()

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _of(self, kind: str) -> str:
        return f"{self._paths.objects}/{quote(kind)}"


def following(data: object) -> str | None:
    """`paging.next.after`; None where there is no more."""
    after = field(data, ("paging", "next", "after"), (str, int), default=None)
    return None if after is None else str(after)
