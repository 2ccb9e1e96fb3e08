"""postcodes.io (https://postcodes.io/docs), or a copy of it: no key, a hundred postcodes a request."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from connector.contract import Answered, ConnectorError, Finding
from connector.http import Call, Door, Options, field
from connector.http.findings import skew_finding

BATCH = 100
ASKED_BY_CHECK = "SW1A 0AA"
"""The Houses of Parliament."""
TEXTS = {
    "district": ("admin_district",), "district_code": ("codes", "admin_district"), "ward": ("admin_ward",),
    "ward_code": ("codes", "admin_ward"), "lsoa_code": ("codes", "lsoa"), "country": ("country",), "region": ("region",),
}  # fmt: skip
NUMBERS = ("latitude", "longitude")


class PostcodesIo:
    """The service. It knows the district of postcodes in use; of others when they ended and where they were."""

    def __init__(self, url: str, connection: str, options: Options) -> None:
        """Raises StopConnection when a setting cannot be used."""
        self._door = Door(url, connection, options=options)

    def check(self) -> list[Finding]:
        """Whether it answers, and the clock."""
        try:
            known = [answered.facts for answered in self.lookup([ASKED_BY_CHECK])]
        except ConnectorError as fault:
            return [Finding("service", False, str(fault))]
        said = "it answers" if known[0] else f"it answers, but does not know {ASKED_BY_CHECK}; look whether its data are loaded"
        return [Finding("service", bool(known[0]), said), *skew_finding(self._door.skew)]

    def lookup(self, keys: Sequence[str]) -> Iterator[Answered]:
        """Answers, a batch at a time. Raises StopConnection, StopEntity or TryLater."""
        for start in range(0, len(keys), BATCH):
            batch = list(keys[start : start + BATCH])
            found = self._in_use(batch)
            for key in batch:
                yield Answered(key, found[key] if key in found else self._terminated(key))

    def _in_use(self, batch: list[str]) -> dict[str, dict[str, object]]:
        """The facts of those postcodes of a batch that are in use."""
        call = Call("postcodes", "postcodes", "POST", json={"postcodes": batch}, repeatable=True)
        found, results = {}, field(self._door.send(call).data, "result", list)
        for one in results:
            if field(one, "result", (dict, type(None))) is not None:
                found[field(one, "query", str)] = _facts(field(one, "result", dict))
        return found

    def _terminated(self, key: str) -> dict[str, object] | None:
        """When a postcode ended; None for one that never was."""
        answer = self._door.send(Call(f"terminated_postcodes/{quote(key, safe='')}", "terminated postcodes", accept={404}))
        if answer.status == 404:
            return None
        result = field(answer.data, "result", dict)
        year, month = field(result, "year_terminated", int), field(result, "month_terminated", int)
        return {**_facts(result), "terminated": f"{year:04}-{month:02}"}


def _facts(result: object) -> dict[str, object]:
    texts = {name: field(result, path, (str, type(None)), default=None) for name, path in TEXTS.items()}
    numbers = {name: field(result, name, (float, type(None)), default=None) for name in NUMBERS}
    return {name: value for name, value in {**texts, **numbers}.items() if value not in (None, "")}
