"""Rows of a read that stand in the live records just as they came. The database finds them, so that nearly all of an unchanged read never
passes through Python."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from store.queries import listed

HASH = 16
"""Bytes of a row's hash."""


class _Words:
    """The statements in one database's words.

    `told`: the ids and what their rows' hashes are, as `told`. `coming`: such a hash. `held`: how the records of an id are joined. `first`:
    the first key."""

    def __init__(self, told: str, coming: str, joined: str, held: str, first: int) -> None:
        self.same = text(
            "INSERT INTO arrival (connection_id, entity, record_id, block) SELECT :connection_id, :entity, record.id, :block"
            f" FROM {told} {joined} {held} WHERE record.row_hash = {coming} AND record.deleted_on IS NULL"
        )
        self.other = text(
            f"SELECT told.key - {first}, record.id FROM {told} LEFT JOIN {held}"
            f" WHERE record.row_hash IS NULL OR record.row_hash <> {coming} OR record.deleted_on IS NOT NULL ORDER BY 1"
        )


_SCOPE = "connection_id = :connection_id AND entity = :entity AND source_id = told.value"
_WORDS = {
    # CROSS JOIN: SQLite is to look each id up in the index of the records, whatever it thinks of their number.
    "sqlite": _Words(
        "json_each(:ids) AS told",
        f"substr(:hashes, CAST({HASH} * told.key AS integer) + 1, {HASH})",
        "CROSS JOIN",
        f"record ON {_SCOPE}",
        0,
    ),
    # So is PostgreSQL, which would else read the whole table for each page: of OFFSET it has to ask for each id.
    "postgresql": _Words(
        "unnest(CAST(:ids AS text[]), CAST(:hashes AS bytea[])) WITH ORDINALITY AS told(value, hash, key)",
        "told.hash",
        "JOIN",
        f"LATERAL (SELECT id, row_hash, deleted_on FROM record WHERE {_SCOPE} OFFSET 0) AS record ON true",
        1,
    ),
}


class Standing:
    """The records of one entity of one connection, for the rows of one page: their ids, and the hash of each (HASH bytes)."""

    def __init__(self, connection: Connection, connection_id: int, entity: str, ids: Sequence[str], hashes: Sequence[bytes]) -> None:
        self._connection, self._words = connection, _WORDS[connection.dialect.name]
        # Two long values, as psycopg takes long to write lists of many.
        sqlite = connection.dialect.name == "sqlite"
        long = b"".join(hashes) if sqlite else _array(hashes)
        self._told = {"connection_id": connection_id, "entity": entity, "ids": listed(connection, ids), "hashes": long}

    def stage(self, block: str | None) -> int:
        """Writes an arrival for each row that its live record was read from as it is; how many those are."""
        options = {"preserve_rowcount": True}
        return self._connection.execute(self._words.same, {**self._told, "block": block}, execution_options=options).rowcount

    def others(self) -> list[tuple[int, int | None]]:
        """The positions of all other rows, in order, each with the record that has its id."""
        return [(at, record_id) for at, record_id in self._connection.execute(self._words.other, self._told)]


def _array(hashes: Sequence[bytes]) -> str:
    """As PostgreSQL reads an array of bytes."""
    return "{" + ",".join([f'"\\\\x{found.hex()}"' for found in hashes]) + "}"
