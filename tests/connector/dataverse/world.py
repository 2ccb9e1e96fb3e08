"""The state behind the stand-in: rows with versions, what was deleted, what was merged."""

from datetime import UTC, datetime

from tests.connector.dataverse.definitions import Table, tables

TABLE_OF = "@Microsoft.Dynamics.CRM.lookuplogicalname"


class World:
    """Rows by table and id. A lookup's value is `(table's logical name, id)`; its column is written by its logical name."""

    def __init__(self, clock) -> None:
        self.clock, self.version = clock, 100
        self.tables = {table.logical: table for table in tables()}
        self.rows = {logical: {} for logical in self.tables}
        self.deletions = {logical: [] for logical in self.tables}
        """(version, id), in the order of deletion."""

    def table(self, name: str) -> Table | None:
        return self.tables.get(name) or next((table for table in self.tables.values() if table.entity_set == name), None)

    def put(self, name: str, id: str, fields: dict) -> None:
        """Creates or changes a row. Dataverse stamps it: modifiedon (unless it is given) and a version that only grows, whatever changed:
        https://learn.microsoft.com/power-apps/developer/data-platform/optimistic-concurrency"""
        table = self.table(name)
        self.version += 1
        unknown = [column for column in fields if column not in table.attributes]
        assert not unknown, f"{table.logical} has no {unknown}"
        row = self.rows[table.logical].setdefault(id, self._blank(table))
        row |= {**self._stamps(table), **fields, table.key: id, "versionnumber": self.version}

    def delete(self, name: str, id: str) -> None:
        """A deleted row leaves a tombstone for change tracking. With an activity go its parties, which are a part of it:
        https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/activityparty (cascade delete)."""
        table = self.table(name)
        self.version += 1
        del self.rows[table.logical][id]
        self.deletions[table.logical].append((self.version, id))
        for party, row in list(self.rows["activityparty"].items()):
            if row["activityid"] == (table.logical, id):
                self.delete("activityparty", party)

    def merge(self, name: str, loser: str, survivor: str) -> None:
        """The subordinate is made inactive and points at its master; what pointed at it points at the master now:
        https://learn.microsoft.com/power-apps/developer/data-platform/merge-table-rows"""
        table = self.table(name)
        self.put(table.logical, loser, {"statecode": 1, "statuscode": 2, "merged": True, "masterid": (table.logical, survivor)})
        for other in self.tables.values():
            for id, row in list(self.rows[other.logical].items()):
                moved = {column: (table.logical, survivor) for column, value in row.items() if value == (table.logical, loser) and column != "masterid"}
                if moved:
                    self.put(other.logical, id, moved)

    def name_of(self, pointed: tuple[str, str]) -> str | None:
        row = self.rows.get(pointed[0], {}).get(pointed[1])
        return row[self.tables[pointed[0]].name] if row else None

    def _blank(self, table: Table) -> dict:
        defaults = {"merged": False, "statecode": 0, "statuscode": 1, "ispartydeleted": False, "activitytypecode": table.logical}
        blank = {column: defaults.get(column) for column, kind in table.attributes.items() if kind != "PartyList" and " of " not in kind}
        return blank | ({"createdon": self.stamp()} if "createdon" in table.attributes else {})

    def _stamps(self, table: Table) -> dict:
        return {"modifiedon": self.stamp()} if "modifiedon" in table.attributes else {}

    def stamp(self) -> str:
        """Whole seconds of UTC, as the Web API writes them."""
        return datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
