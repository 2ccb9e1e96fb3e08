"""The same data gives the same result: a second time, in another order, in other files and pages."""

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from jobs.pipeline import sync
from jobs.pulling import Options
from jobs.rules import Rules
from jobs.sources import Source
from store.database import Database
from tests import small_world
from tests.snapshot import Rows, everything

AS_OF, RULES = date(2026, 11, 1), Rules.load()
WORLD = small_world.files(seed=3, firms=14)


def run(store: Database, sources: list[Source], **options: bool) -> None:
    sync(store, sources, RULES, Options(ZoneInfo("Europe/London"), AS_OF, **options))


def tables_after(new_migrated_url: Callable[[], str], lines: dict[str, dict[str, list[str]]], page_rows: int = 20) -> dict[str, Rows]:
    store = Database(new_migrated_url())
    with TemporaryDirectory() as folder:
        run(store, small_world.write(Path(folder), lines, page_rows))
    found = everything(store)
    store.close()
    return {name: rows for name, rows in found.items() if name != "cursor"}  # it remembers which files were read


def writes_of(store: Database, work: Callable[[], None]) -> set[str]:
    """The tables of which a row was written."""
    written = set()

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        words = statement.split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"} and getattr(cursor, "rowcount", 0) != 0:
            written.add(words[1] if words[0] == "UPDATE" else words[2])

    event.listen(store.engine, "after_cursor_execute", note)
    work()
    event.remove(store.engine, "after_cursor_execute", note)
    return written


@pytest.mark.parametrize("full", [False, True])
def test_a_second_sync_writes_no_row_but_its_run(store: Database, tmp_path: Path, full: bool) -> None:
    sources = small_world.write(tmp_path, WORLD)
    run(store, sources)
    before = everything(store)
    written = writes_of(store, lambda: run(store, sources, full=full))
    assert written <= ({"run", "arrival", "cursor"} if full else {"run"})
    after = everything(store)
    assert {name: rows for name, rows in after.items() if name != "run"} == {name: rows for name, rows in before.items() if name != "run"}


def shuffled(lines: dict[str, dict[str, list[str]]], chance: random.Random) -> dict[str, dict[str, list[str]]]:
    """Rows in another order, and visits parted into other files."""
    found = {crm: {name: [head, *chance.sample(rows, len(rows))] for name, (head, *rows) in held.items()} for crm, held in lines.items()}
    council = found["council"]
    head, *rows = [*council.pop("visits-1.csv"), *council.pop("visits-2.csv")[1:]]
    chance.shuffle(rows)
    parts = chance.randrange(1, 5)
    return found | {"council": council | {f"visits-{part}.csv": [head, *rows[part::parts]] for part in range(parts)}}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(), page_rows=st.integers(1, 100))
def test_order_files_and_pages_do_not_matter(new_migrated_url: Callable[[], str], seed: int, page_rows: int) -> None:
    expected = tables_after(new_migrated_url, WORLD)
    assert tables_after(new_migrated_url, shuffled(WORLD, random.Random(seed)), page_rows) == expected
