"""The flags contract once more, word by word and without any of the program's code, to compare it with on random worlds.

It reads the rows of a world (tests/contract/story.py), knows no moves, and takes records with one name to be one person."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.contract.story import Row, Tables

LEADS = {"CEO": "top", "Director": "senior", "Store Manager": "site", "Clerk": ""}
STRENGTH = ["organised", "attended", "absent", "declined", "invited"]
MET = {"organised", "attended"}
FACE = {"meeting", "call", "visit", "event"}
ZONE = ZoneInfo("Europe/London")


class Oracle:
    """A world, asked for the state of each firm as of a day."""

    def __init__(self, tables: Tables) -> None:
        rows = {
            entity: [(c, row) for (c, kind), held in tables.rows.items() if kind == entity for row in held.values()]
            for entity in ("business", "person", "engagement", "participant")
        }
        self.firm = {row["id"]: row["company_number"] for _, row in rows["business"]}
        self.firms = [row for _, row in rows["business"]]
        self.people = {row["id"]: row for _, row in rows["person"]}
        self.engagements = [row for _, row in rows["engagement"]]
        self.words: dict[str, dict[str, str]] = {row["id"]: {} for row in self.engagements}
        self.has_participants: set[str] = set()
        for row in self.engagements:
            self._read_words(row, [held for _, held in rows["participant"] if held["engagement"] == row["id"]])

    def _read_words(self, row: Row, listed: list[Row]) -> None:
        """Who took part how: a stated word over a supposed one, then the strongest."""
        supposed = "attended" if row["kind"] in ("meeting", "call", "visit", "email") else "invited"
        said = [(held.get("person", ""), held["took_part"]) for held in listed] + ([(row["person"], "")] if row.get("person") else [])
        if said:
            self.has_participants.add(row["id"])
        for person in {person for person, _ in said if person}:
            mine = [word for who, word in said if who == person]
            stated = [word for word in mine if word]
            self.words[row["id"]][person] = min(stated, key=STRENGTH.index) if stated else supposed

    def state(self, number: str, as_of: date) -> str:
        """`state reach` of the firm of a company number."""
        records = [row for row in self.firms if row["company_number"] == number]
        if all(row.get("status") == "closed" for row in records):
            return "-"
        multi = any(row.get("multi_site") == "yes" for row in records)
        mine = [row for row in self.people.values() if self.firm.get(row["business"]) == number]
        names = {(row["first_name"], row["last_name"]) for row in mine}
        by_name = {name: [row for row in mine if (row["first_name"], row["last_name"]) == name] for name in names}
        leads = {
            name: any(LEADS[row["title"]] in ("top", "senior", *(["site"] if multi else [])) for row in rows)
            for name, rows in by_name.items()
        }
        left = {name: _left(rows, as_of) for name, rows in by_name.items()}
        met: dict[tuple[str, str], list[date]] = {name: [] for name in names}
        for row, day in self._done(as_of):
            if _qualifies(row):
                for name, rows in by_name.items():
                    if any(self.words[row["id"]].get(held["id"]) in MET for held in rows):
                        met[name].append(day)
        opens = as_of - timedelta(days=365)
        recent = {name for name, days in met.items() if days and max(days) >= opens}
        current = {name for name in names if leads[name] and not left[name]}
        reach = self._reach(number, mine, recent, current, opens, as_of)
        if recent & current:
            return f"engaged {reach}"
        if any(leads[name] and left[name] for name in recent):
            return f"leader_left {reach}"
        if any(met[name] for name in current):
            return f"leader_lapsed {reach}"
        return f"{'leader_not_engaged' if current else 'no_leader_known'} {reach}"

    def _reach(
        self, number: str, mine: list[Row], recent: set[tuple[str, str]], current: set[tuple[str, str]], opens: date, as_of: date
    ) -> str:
        if recent & current:
            return "leader"
        window = [row for row, day in self._done(as_of) if day >= opens]
        named = {row["id"]: any(self.firm.get(key) == number for key in row["business"].split("|")) for row in window}
        if recent or any(_qualifies(row) and named[row["id"]] and row["id"] not in self.has_participants for row in window):
            return "staff_only"
        for row in window:
            theirs = any(held["id"] in self.words[row["id"]] for held in mine)
            mailed = row["kind"] in ("mailing", "letter") or (row["kind"] == "email" and row.get("direction") != "inbound")
            if (row["kind"] in FACE and theirs) or (mailed and (theirs or named[row["id"]])):
                return "invited_only"
        return "none"

    def _done(self, as_of: date) -> Iterator[tuple[Row, date]]:
        for row in self.engagements:
            if row["starts_at"] and row.get("status", "") in ("", "done"):
                at = datetime.fromisoformat(row["starts_at"])
                day = (at.astimezone(ZONE) if at.tzinfo else at).date()
                if day <= as_of:
                    yield row, day


def _qualifies(row: Row) -> bool:
    return row["kind"] in FACE or (row["kind"] == "email" and row.get("direction") == "inbound")


def _left(rows: list[Row], as_of: date) -> bool:
    """One record says so and none that changed later says otherwise."""
    says = {
        row["id"]: row.get("status") == "left" or (bool(row.get("left_on")) and date.fromisoformat(row["left_on"]) <= as_of) for row in rows
    }
    return any(
        says[row["id"]]
        and not any(
            not says[other["id"]] and other.get("changed") and row.get("changed") and other["changed"] > row["changed"] for other in rows
        )
        for row in rows
    )
