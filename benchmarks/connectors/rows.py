"""Made-up contacts, written as JSON once, so that serving a page of them costs next to nothing."""

import hashlib
import uuid
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from benchmarks.load.contacts import contact

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
EACH = 100
"""One row of so many changes."""
Write = Callable[[int, datetime, str], dict[str, Any]]
"""From a contact's number, when it changed last and its telephone number."""


class Rows:
    """All rows, and those that have changed since."""

    def __init__(self, write: Write, count: int, changed: str) -> None:
        self.count, self._write, self._changed = count, write, changed
        self._text, self._at = bytearray(), array("Q", [0])
        for number in range(count):
            self._text += orjson.dumps(write(number, BEGAN + timedelta(seconds=number), contact(number)["phone"])) + b","
            self._at.append(len(self._text))
        self._later: list[tuple[str, bytes]] = []

    def page(self, start: int, end: int) -> bytes:
        """The rows from one position to before another, parted by commas."""
        if start >= min(end, self.count):
            return b""
        return bytes(memoryview(self._text)[self._at[start] : self._at[min(end, self.count)] - 1])

    def change(self, now: datetime) -> None:
        """Gives one row of each hundred another telephone number."""
        rows = [self._write(number, now, f"0161 {497_0000 + number % 10_000}") for number in range(0, self.count, EACH)]
        self._later = [(row[self._changed], orjson.dumps(row)) for row in rows]

    def forget(self) -> None:
        """Makes the rows be as they were first."""
        self._later = []

    def since(self, moment: str) -> bytes:
        """The rows that changed at that time or later."""
        return b",".join([*self._before(moment), *(text for changed, text in self._later if changed >= moment)])

    def _before(self, moment: str) -> Iterator[bytes]:
        """Of those that never changed, most tools ask again for the last only."""
        for number in range(self.count - 1, -1, -1):
            if iso(BEGAN + timedelta(seconds=number)) < moment:
                return
            yield self.page(number, number + 1)


def rest(number: int, changed: datetime, phone: str) -> dict[str, Any]:
    """A contact of the API that `rest` reads; about 340 bytes."""
    return contact(number) | {"phone": phone, "updated_at": iso(changed)}


def dataverse(number: int, changed: datetime, phone: str) -> dict[str, Any]:
    """A contact of the Dataverse; about 520 bytes."""
    told = contact(number)
    return {
        "@odata.etag": f'W/"{number}"',
        "contactid": _id("contact", number),
        "firstname": told["first_name"],
        "lastname": told["last_name"],
        "jobtitle": told["title"],
        "emailaddress1": told["email"],
        "telephone1": phone,
        "_parentcustomerid_value": _id("account", number // 3),
        "address1_city": told["town"],
        "address1_postalcode": told["postcode"],
        "statecode": 0,
        "description": told["notes"],
        "modifiedon": iso(changed),
    }


def _id(table: str, number: int) -> str:
    return str(uuid.UUID(bytes=hashlib.blake2b(f"{table} {number}".encode(), digest_size=16).digest()))


def iso(moment: datetime) -> str:
    """As both services write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
