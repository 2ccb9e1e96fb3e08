"""Which records go with which: HubSpot's associations, read in batches. Source: "Associations v4", batch read.

Each input's associations come in pages of their own; a record without any is an error of the kind OBJECT_NOT_FOUND in an answer 207."""

from collections.abc import Iterator, Sequence

from connector.contract import StopEntity
from connector.http.shape import WrongShape, field
from connector.hubspot.api import Api, Json, following

PRIMARY_TYPES = {1, 5, 26}
"""HubSpot's own types for a primary company: of a contact, a deal and a ticket ("Associations v4", association type id values)."""


class Associations:
    """The ids of one type that go with records of another."""

    def __init__(self, api: Api, kind: str, to: str) -> None:
        self._api, self._kind, self._to = api, kind, to
        self._found: dict[str, dict[str, bool]] = {}
        self.failed: set[str] = set()
        """Records whose associations HubSpot would not give."""

    def of(self, ids: Sequence[str]) -> dict[str, str]:
        """For each record that has any: the ids joined by semicolons, the primary ones first, then by number.

        Raises what the door raises, and StopEntity for an answer that cannot be used."""
        waiting: list[Json] = [{"id": one} for one in dict.fromkeys(ids)]
        asked: set[tuple[object, object]] = set()
        while waiting:
            batch, waiting = waiting[: self._api.sizes.page_rows], waiting[self._api.sizes.page_rows :]
            for more in self._read(batch):
                key = (more["id"], more["after"])
                if key in asked:
                    raise StopEntity(f"{self._kind} associations.{self._to}: HubSpot gives the same next page twice; try later")
                asked.add(key)
                waiting.append(more)
        return {one: ";".join(_sorted(found)) for one, found in self._found.items()}

    def _read(self, batch: list[Json]) -> Iterator[Json]:
        """Takes in one answer; gives the inputs of those records that have more."""
        data = self._api.associated(self._kind, self._to, batch)
        for result in field(data, "results", list):
            own = str(field(result, ("from", "id"), (str, int)))
            try:
                self._take(own, result)
            except WrongShape:
                self.failed.add(own)
                continue
            after = following(result)
            if after is not None:
                yield {"id": own, "after": after}
        for error in field(data, "errors", list, default=[]):
            self._refused(error)

    def _take(self, own: str, result: object) -> None:
        there = self._found.setdefault(own, {})
        for link in field(result, "to", list):
            other = str(field(link, "toObjectId", (str, int)))
            there[other] = _is_primary(link)

    def _refused(self, error: object) -> None:
        if field(error, "category", str, default="") == "OBJECT_NOT_FOUND":
            return
        ids = field(error, ("context", "fromObjectId"), list, default=[])
        if not ids:
            raise StopEntity(f"{self._kind} associations.{self._to}: HubSpot gives only a part of them; try later")
        self.failed |= {str(one) for one in ids}


def _is_primary(link: object) -> bool:
    return any(
        field(one, "category", str, default="") == "HUBSPOT_DEFINED"
        and (field(one, "label", (str, type(None)), default=None) == "Primary" or field(one, "typeId", int, default=0) in PRIMARY_TYPES)
        for one in field(link, "associationTypes", list, default=[])
    )


def _sorted(found: dict[str, bool]) -> list[str]:
    return sorted(found, key=lambda one: (not found[one], len(one), one))
