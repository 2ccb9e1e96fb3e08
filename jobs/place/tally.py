"""Tally: the counts of the picture, kept in step with the businesses that a pass looked at, in the transaction that looks at them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, case, delete, func, select

from jobs.facts import Known
from jobs.place.seats import SeatRules, seat
from mappings.policy import Judged
from store import bulk
from store.queries import among
from store.tables import Offer, Seat, SeatTheme, Tally

seats, seat_theme, offer, tally = (bulk.table_of(model) for model in (Seat, SeatTheme, Offer, Tally))

KEY: Final = ("place", "theme", "sector", "size")
COUNTS: Final = ("known", "engaged", "met", "led")


@dataclass(frozen=True)
class Changes:
    """What a look at some businesses changes of their seats, and by how much each count."""

    seats: bulk.Change
    offers: bulk.Change
    themes: bulk.Change
    counts: Mapping[tuple[str, ...], list[int]]


def changes(
    connection: Connection,
    ids: Sequence[str],
    found: Sequence[tuple[Known, Judged | None]],
    as_of: date,
    rules: SeatRules,
) -> Changes:
    """What would bring the seats of these businesses, and every count that they change, up to a day; nothing is written. One of `ids`
    that is not found has no live record: it goes out of the counts, and its seat stays as it was."""
    seated = [seat(known, judged, as_of, rules) for known, judged in found]
    known = [known.id for known, _ in found]
    return Changes(
        bulk.compare_among(connection, Seat, "business_id", known, [one.seat for one in seated]),
        bulk.compare_among(connection, Offer, "business_id", ids, [row for one in seated for row in one.offers]),
        *_themes_and_counts(connection, ids, [row for one in seated for row in one.themes]),
    )


def write(connection: Connection, found: Changes) -> None:
    """Writes what `changes` found."""
    bulk.carry_out(connection, Seat, found.seats)
    bulk.carry_out(connection, Offer, found.offers)
    bulk.carry_out(connection, SeatTheme, found.themes)
    _add(connection, found.counts)


def forget(connection: Connection, business_ids: Iterable[str]) -> None:
    """Takes these businesses out of the seats and counts, before their rows are removed."""
    ids = sorted(business_ids)
    themes, counts = _themes_and_counts(connection, ids, [])
    bulk.carry_out(connection, SeatTheme, themes)
    _add(connection, counts)
    for table in (seats, offer):
        connection.execute(delete(table).where(among(connection, table.c.business_id, ids)))


def recount() -> Any:
    """The query that counts `seat_theme` anew: what `tally` always holds."""
    counts = [func.count().label("known")]
    counts += [func.sum(case((seat_theme.c[name], 1), else_=0)).label(name) for name in COUNTS[1:]]
    columns = [seat_theme.c[name] for name in KEY]
    return select(*columns, *counts).group_by(*columns)


def _themes_and_counts(
    connection: Connection, ids: Sequence[str], rows: list[dict[str, Any]]
) -> tuple[bulk.Change, Mapping[tuple[str, ...], list[int]]]:
    change = bulk.compare_among(connection, SeatTheme, "business_id", ids, rows)
    counts: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * len(COUNTS))
    if change:
        held = connection.execute(select(seat_theme).where(among(connection, seat_theme.c.business_id, ids))).mappings().all()
        _count(counts, held, -1)
        _count(counts, rows, 1)
    return change, {key: change for key, change in counts.items() if any(change)}


def _count(changes: dict[tuple[str, ...], list[int]], rows: Iterable[Mapping[Any, Any]], sign: int) -> None:
    for row in rows:
        change = changes[tuple(row[name] for name in KEY)]
        for index, counts in enumerate((True, row["engaged"], row["met"], row["led"])):
            change[index] += sign if counts else 0


def _add(connection: Connection, changes: Mapping[tuple[str, ...], list[int]]) -> None:
    if not changes:
        return
    statement = bulk.upsert(connection, Tally)
    added = {name: tally.c[name] + statement.excluded[name] for name in COUNTS}
    rows = [dict(zip((*KEY, *COUNTS), (*key, *change), strict=True)) for key, change in sorted(changes.items())]
    connection.execute(statement.on_conflict_do_update(index_elements=list(KEY), set_=added), rows)
    connection.execute(delete(tally).where(tally.c.known == 0))
