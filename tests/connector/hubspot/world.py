"""A stand-in on loopback, a connector that reads it, and what a reader makes of the pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connector.contract import Connector, Cursor, Entity, Finding, Page, Row
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.hubspot.standin import HubSpotStandIn
from tests.connector.sites import serve

TOKEN = "pat-eu1-good"
START = 1_780_300_800.0
"""2026-06-01 09:00 in London."""


class SteadyClock:
    """Time that moves only when somebody waits."""

    def __init__(self, behind: "SteadyClock | None" = None, ahead: float = 0.0) -> None:
        self.time, self._behind, self._ahead = START, behind, ahead

    def now(self) -> float:
        return self._behind.now() + self._ahead if self._behind else self.time

    def ticks(self) -> float:
        return self.now()

    def sleep(self, seconds: float) -> None:
        if self._behind:
            self._behind.sleep(seconds)
        else:
            self.time += seconds


class World:
    """HubSpot and a connector; to be closed."""

    def __init__(self) -> None:
        self.clock = SteadyClock()
        self.site = HubSpotStandIn(self.clock)
        for table in ("companies", "contacts", "meetings", "emails"):
            self.site.declare(table, name="Name", industry="Industry", hs_meeting_title="Title", hs_email_subject="Subject")
        self.server = serve(self.site)

    def connector(self, clock: SteadyClock | None = None, **settings: Any) -> Connector:
        kind = kind_of("hubspot")
        told = {"token": TOKEN, "url": self.server.url, "whole_read_days": 30, **settings}
        found: Connector = kind.open(kind.settings(**told), Context("chamber", Path.cwd(), clock=clock or self.clock))
        return found

    def paths(self) -> list[str]:
        """What was asked since the last time, without parameters."""
        found = [asked.path for asked in self.server.asked]
        self.server.asked.clear()
        return found

    def close(self) -> None:
        self.server.close()


def entity(source: str = "companies", *columns: str, kind: str = "business", ids: tuple[str, ...] = ("hs_object_id",), **more: Any) -> Entity:
    return Entity(kind, source, ("hs_object_id", *(columns or ("name",))), ids=ids, **more)


class View:
    """What is known of one entity after its pages, by the contract's words."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.cursor: Cursor | None = None
        self.pages: list[Page] = []
        self.merges: dict[str, str] = {}
        self._this_read: set[str] = set()

    def take(self, page: Page) -> None:
        self.pages.append(page)
        for row in page.rows:
            self.rows[str(row[0])] = row
        self._this_read |= {str(row[0]) for row in page.rows} | set(page.seen)
        for one in (*page.deleted, *(merge.loser for merge in page.merged)):
            self.rows.pop(one, None)
        self.merges |= {merge.loser: merge.survivor for merge in page.merged}
        self.cursor = page.cursor
        if page.last:
            if page.snapshot:
                self.rows = {one: row for one, row in self.rows.items() if one in self._this_read}
            self._this_read = set()

    def read(self, connector: Connector, what: Entity, most: int | None = None) -> list[Page]:
        """One pull, from the last cursor on; `most` pages and then it is killed."""
        before = len(self.pages)
        pages: Iterator[Page] = connector.pull(what, self.cursor)
        for number, page in enumerate(pages, 1):
            self.take(page)
            if number == most:
                pages.close()  # type: ignore[attr-defined]
                break
        return self.pages[before:]


def truth(site: HubSpotStandIn, what: Entity) -> dict[str, Row]:
    """What a whole view of the entity would be, by the stand-in's own records."""
    found: dict[str, Row] = {}
    for record in site.live(what.source):
        cells: list[str | None] = []
        for column in what.columns:
            if column.startswith("associations."):
                links = site.linked(what.source, record.id, column.removeprefix("associations."))
                order = sorted(links, key=lambda link: (len(link[1]) < 2, len(link[0]), link[0]))
                cells.append(";".join(other for other, _ in order) or None)
            else:
                cells.append(record.id if column == "hs_object_id" else record.properties.get(column))
        found[record.id] = tuple(cells)
    return found


def finding(found: list[Finding], check: str) -> list[tuple[bool, str]]:
    """The lines of one name."""
    return [(one.ok, one.detail) for one in found if one.check == check]
