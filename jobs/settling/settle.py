"""Settle: turns the arrivals of a whole read into records, rejects and notices, in one transaction.

What arrived is compared as a set, so neither the order of rows nor how they were paged matters.
"""

from datetime import date

from jobs import runs
from jobs.runs import Counts
from jobs.settling import closing, deletions, doubles, records, said
from jobs.settling.arrived import Arrived, Finished
from mappings.field_map import Block
from store import bulk
from store.database import Database
from store.tables import Record


def settle(
    store: Database, connection_id: int, entity: str, blocks: list[Block], finished: Finished, today: date, accept_deletions: bool = False
) -> Counts:
    """Makes the records of an entity be what arrived.

    Raises DeletionsRefused, leaving every record as it was, where that would remove more than a fifth of them and more than ten."""
    with store.connect() as connection:
        bulk.sort_in_memory(connection)
        arrived = Arrived(connection, connection_id, entity, finished)
        counts = Counts(finished.read - doubles.supersede(arrived))
        doubles.resolve(arrived)
        if records.anything_held(arrived):
            lost, told = set(deletions.lost(arrived, blocks)), set(deletions.told_gone(arrived))
            if not accept_deletions:
                deletions.guard(arrived, len(lost - told) - deletions.renamed(arrived))
            counts.changed, counts.removed = records.change(arrived, today), records.remove(arrived, sorted(lost | told), today)
        counts.added = records.add(arrived)
        counts.rejected, refused_others = said.write_rejects(arrived, today)
        merged = said.write_merged(arrived)
        said.write_notices(arrived, finished.said)
        runs.count(connection, finished.run_id, counts)
        closing.close(arrived, bool(counts.added or counts.changed or counts.removed or refused_others or merged))
        bulk.tell_planner(connection, Record, counts.added + counts.changed)
        return counts
