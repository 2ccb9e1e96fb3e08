"""Rows of a read that stand in the live records just as they came. The database finds them, so that nearly all of an unchanged read never
passes through Python."""

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, text

HASH = 16
"""Bytes of a row's hash."""


class _Words:
    """The statements in one database's words.

    `told`: the ids, as `told(value, key)`. `held`: the records, as `record`. `joined`: how to join them. `first`: the first key."""

    def __init__(self, told: str, joined: str, held: str, first: int) -> None:
        coming = f"substr(:hashes, CAST({HASH} * (told.key - {first}) AS integer) + 1, {HASH})"
        self.same = text(
            "INSERT INTO arrival (connection_id, entity, record_id, block) SELECT :connection_id, :entity, record.id, :block"
            f" FROM {told} {joined} {held} AND record.source_id = told.value"
            f" WHERE record.row_hash = {coming} AND record.deleted_on IS NULL"
        )
        self.other = text(
            f"SELECT told.key - {first}, record.id FROM {told} LEFT JOIN {held} AND record.source_id = told.value"
            f" WHERE record.row_hash IS NULL OR record.row_hash <> {coming} OR record.deleted_on IS NOT NULL ORDER BY 1"
        )


_SCOPE = "record.connection_id = :connection_id AND record.entity = :entity"
_ELEMENTS = "json_array_elements_text(CAST(:ids AS json))"
_FOUND = f"SELECT id, source_id, row_hash, deleted_on FROM record WHERE {_SCOPE} AND source_id = ANY(ARRAY(SELECT {_ELEMENTS}))"
_WORDS = {
    # CROSS JOIN: SQLite is to look each id up in the index of the records, whatever it thinks of their number.
    "sqlite": _Words("json_each(:ids) AS told", "CROSS JOIN", f"record ON {_SCOPE}", 0),
    # PostgreSQL is to look them up as a list; joined with the records at once, it would read the whole table for each page.
    "postgresql": _Words(
        f"{_ELEMENTS} WITH ORDINALITY AS told(value, key)",
        "JOIN",
        f"({_FOUND} OFFSET 0) AS record ON true",
        1,
    ),
}


class Standing:
    """The records of one entity of one connection, for the rows of one page: their ids, and the hash of each (HASH bytes)."""

    def __init__(self, connection: Connection, connection_id: int, entity: str, ids: Sequence[str], hashes: Sequence[bytes]) -> None:
        self._connection, self._words = connection, _WORDS[connection.dialect.name]
        # Two long values, as psycopg takes long to write lists of many.
        long = {"ids": orjson.dumps(list(ids)).decode(), "hashes": b"".join(hashes)}
        self._told = {"connection_id": connection_id, "entity": entity, **long}

    def stage(self, block: str | None) -> int:
        """Writes an arrival for each row that its live record was read from as it is; how many those are."""
        options = {"preserve_rowcount": True}
        return self._connection.execute(self._words.same, {**self._told, "block": block}, execution_options=options).rowcount

    def others(self) -> list[tuple[int, int | None]]:
        """The positions of all other rows, in order, each with the record that has its id."""
        return [(at, record_id) for at, record_id in self._connection.execute(self._words.other, self._told)]
