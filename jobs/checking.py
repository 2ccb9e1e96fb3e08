"""Whether a connection works: what `check` says of it, for the command and for the page."""

from collections.abc import Iterator

from connector.contract import ConnectorError, Finding
from connector.kind import BudgetOf
from jobs.pull import as_entity
from jobs.sources import LookupSource, Source


def check_source(source: Source, budget: BudgetOf) -> Iterator[Finding]:
    """Signs in, and looks at a row of each entity. What cannot be reached is a finding."""
    yield Finding("field map", True, ", ".join(sorted(source.field_map.blocks)))
    try:
        connector = source.open(budget)
    except ConnectorError as fault:
        yield Finding("settings", False, str(fault))
        return
    try:
        yield from connector.check([as_entity(block) for blocks in source.field_map.blocks.values() for block in blocks])
    finally:
        connector.close(stored=False)


def check_lookup(source: LookupSource, budget: BudgetOf) -> Iterator[Finding]:
    """Signs in, and asks about one key."""
    try:
        lookup = source.open(budget)
    except ConnectorError as fault:
        yield Finding("settings", False, str(fault))
        return
    yield from lookup.check()
