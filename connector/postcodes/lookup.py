"""Postcodes as a register that is asked: the directory first, the service about the rest."""

from collections.abc import Iterator, Sequence

from connector.contract import Answered, Finding
from connector.postcodes.api import PostcodesIo
from connector.postcodes.directory import Directory


class Postcodes:
    """Facts of a postcode, as far as they are known: district, district_code, ward, ward_code, lsoa_code, latitude, longitude (WGS84
    degrees), country, region, and terminated (YYYY-MM) where the postcode is no longer in use."""

    name = "postcodes"
    keys = "postcode"

    def __init__(self, directory: Directory | None, service: PostcodesIo | None) -> None:
        self._directory, self._service = directory, service

    def check(self) -> list[Finding]:
        """What the directory holds, and whether the service answers."""
        found = list(self._directory.check()) if self._directory else []
        return found + (self._service.check() if self._service else [])

    def lookup(self, keys: Sequence[str]) -> Iterator[Answered]:
        """One pass over the directory, then a hundred at a time.

        Raises StopConnection, StopEntity or TryLater."""
        left = dict.fromkeys(keys)
        if self._directory:
            for answered in self._directory.lookup(keys):
                left.pop(answered.key, None)
                yield answered
        if self._service:
            yield from self._service.lookup(list(left))
        else:
            yield from (Answered(key, None) for key in left)
