"""A made-up CRM in no more memory than a page: every row follows from its number and from how often it was changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from connector.contract import Cursor, Entity, Finding, Page, ReadOnly, Value
from jobs.sources import Source
from mappings import field_map

MAP = """
business: {from: firms, id: Id, fields: {name: Name, company_number: No, postcode: Post, website: Web, employees: Staff}}
person: {from: people, id: Id, fields: {name: Name, title: Job, email: Mail, phone: Tel, business: Firm}}
engagement:
  from: visits
  id: Id
  fields: {kind: {value: meeting}, starts_at: When, business: Firm, notes: Notes}
  participants: {from: Who, split: ";"}
"""
PAGE = 1000
AREA, SPACE = 5, 1_000_000
NOTES = ("wants two more apprentices", "no bus for the night shift", "general catch up", "asked about premises in the old mill", "")
TITLES = ("Chief Executive", "Finance Director", "Store Manager", "Clerk", "Head of HR")
PARTS = {"firms": 0.2, "people": 0.3, "visits": 0.5}
"""How a connection's records are shared among its tables."""


@dataclass
class DayCrm(ReadOnly):
    """One connection's CRM at an hour. Each hour `share` of its rows change, other ones each time.

    Connections stand in areas of five, two of a council and three of businesses. One firm in three, with its people, is in all five CRMs of
    its area, and in no other's. One change in ten of a firm or a person alters what linking reads (a website, a phone), the others a number
    of staff, a title or notes."""

    number: int
    records: int
    hour: int
    share: float

    def check(self, entities: list[Entity]) -> list[Finding]:
        return []

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        count = int(self.records * PARTS[entity.source])
        since = int(str(cursor["hour"])) if cursor else -1
        wanted = (
            range(count) if since < 0 else sorted({row for hour in range(since + 1, self.hour + 1) for row in self._changed(count, hour)})
        )
        end = {"hour": self.hour}
        for begin in range(0, len(wanted), PAGE):
            part = wanted[begin : begin + PAGE]
            yield Page(rows=[self._row(entity, count, row) for row in part], cursor={"hour": since, "at": begin}, snapshot=since < 0)
        yield Page(rows=[], cursor=end, last=True, snapshot=since < 0)

    def _changed(self, count: int, hour: int) -> range:
        """Every so manieth row, beginning with another each hour."""
        return range(hour % int(1 / self.share), count, int(1 / self.share))

    def _row(self, entity: Entity, count: int, row: int) -> tuple[Value, ...]:
        times = sum(row % int(1 / self.share) == hour % int(1 / self.share) for hour in range(1, self.hour + 1))
        cells = getattr(self, f"_{entity.source}")(row, times)
        return tuple(cells[column] for column in entity.columns)

    def _firms(self, row: int, times: int) -> dict[str, Value]:
        known, (moves, rest) = self._known(row, row), self._parted(row, times)
        name = _word(known)
        return {
            "Id": f"A{row}", "Name": f"{name} {_word(known * 7 + 3)} Ltd", "No": f"{10_000_000 + known * 48_271 % 89_999_999:08}",
            "Post": f"ZX{known % 90 + 1} {known % 9 + 1}AB", "Web": f"www.{name.lower()}{known}{'-new' * (moves % 2)}.example",
            "Staff": 5 + known % 400 + rest,
        }  # fmt: skip

    def _people(self, row: int, times: int) -> dict[str, Value]:
        firm = row % max(int(self.records * PARTS["firms"]), 1)
        known, (moves, rest) = self._known(firm, row), self._parted(row, times)
        return {
            "Id": f"P{row}", "Name": f"{_word(known * 5 + 1)} {_word(known * 13)}", "Job": TITLES[(row + rest) % len(TITLES)],
            "Mail": f"p{row}@c{known // SPACE}.example", "Tel": f"077{(known * 97 + moves) % 100_000_000:08}", "Firm": f"A{firm}",
        }  # fmt: skip

    def _known(self, firm: int, row: int) -> int:
        """The number of a row that stands for the same in every CRM that holds it."""
        return (self.number // AREA if firm % 3 == 0 else self.number) * SPACE + row

    def _parted(self, row: int, times: int) -> tuple[int, int]:
        """How often it changed in what linking reads, and how often in what it does not."""
        return (times, 0) if row // int(1 / self.share) % 10 == 0 else (0, times)

    def _visits(self, row: int, times: int) -> dict[str, Value]:
        firms, people = (max(int(self.records * PARTS[name]), 1) for name in ("firms", "people"))
        return {
            "Id": f"V{row}", "When": f"202{row % 2 + 5}-{row % 12 + 1:02}-{row % 28 + 1:02}T10:00", "Firm": f"A{row % firms}",
            "Notes": NOTES[(row + times) % len(NOTES)], "Who": f"P{row % people};P{(row * 7) % people}",
        }  # fmt: skip


def source(number: int, records: int, hour: int, share: float) -> Source:
    """The connection `crm NUMBER` at an hour. The first two of five are a council's, the others businesses'."""
    name = f"crm{number}"
    side = "council" if number % 5 < 2 else "business"
    return Source(name, "day", side, lambda budget: DayCrm(number, records, hour, share), field_map.read(MAP, "day.yaml"))


def _word(number: int) -> str:
    """A made-up name of two to four syllables."""
    syllables = ("ba", "cor", "den", "fal", "gri", "hol", "ker", "lam", "mor", "nes", "pol", "rin", "sten", "tor", "vel", "wick")
    value, found = number * 2_654_435_761 % (1 << 32), ""
    for _ in range(2 + number % 3):
        found, value = found + syllables[value % 16], value // 16
    return found.capitalize()
