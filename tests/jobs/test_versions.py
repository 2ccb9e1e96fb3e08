"""Versions: what is saved wins over files, wherever they are read, and follows a connection's name."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from jobs import versions
from jobs.refused import Refused
from jobs.schedules import due
from store import bulk
from store.database import Database
from store.lease import STAGES
from store.tables import Audit, SettingVersion

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
POLICY = ("policy", "")


def test_the_newest_holds_until_the_file_holds_again(store: Database) -> None:
    assert versions.in_force(store) == {}
    assert versions.save(store, POLICY, "window_days: 100", "ann", NOW, 0) == 1
    first = versions.history(store, *POLICY)[0]
    assert versions.save(store, POLICY, "window_days: 200", "bo", NOW, first.id) == 2
    held = versions.in_force(store)[POLICY]
    assert (held.number, held.text, held.who) == (2, "window_days: 200\n", "bo")
    assert versions.save(store, POLICY, None, "ann", NOW, held.id) == 3
    assert versions.in_force(store) == {}
    assert [one.number for one in versions.history(store, *POLICY)] == [3, 2, 1]


def test_it_is_noted_without_the_text_and_flags_are_due(store: Database) -> None:
    versions.save(store, POLICY, "window_days: 100", "ann", NOW, 0)
    audit = bulk.table_of(Audit)
    with store.reading() as connection:
        assert connection.execute(select(audit.c.who, audit.c.action, audit.c.target, audit.c.detail)).all() == [
            ("ann", "version save", "policy", "policy, version 1")
        ]
    assert [found.connection for found in due.ready(store, NOW)] == [STAGES]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("policy", "window_days: soon", "line 1: `window_days` is 'soon'; write a whole number"),
        ("themes", "themes:\n  x:\n    strong: late bus", "'x' has no `name`"),
        ("places", "- x", "here belongs"),
        ("sectors", "sectors: []\nother: 1", "is no part of the sectors file"),
        ("titles", "titles: []\nother: 1", "is no part of the titles file"),
        ("policy", "x" * (versions.LARGEST + 1), "longer than"),
        ("policy", "a: &a [1]\nb: &b [*a]", "stands within lines that have a name of their own"),
    ],
)
def test_what_has_mistakes_is_not_saved(store: Database, kind: str, text: str, said: str) -> None:
    with pytest.raises(Refused, match="It has mistakes, so it was not saved") as refused:
        versions.save(store, (kind, ""), text, "ann", NOW, 0)
    assert said in str(refused.value)
    assert versions.in_force(store) == {}


def test_of_two_who_save_at_once_one_is_told(store: Database) -> None:
    came: list[str] = []

    def save(number: int) -> None:
        try:
            versions.save(store, POLICY, f"window_days: {number}", f"who {number}", NOW, 0)
            came.append("saved")
        except Refused:
            came.append("refused")

    threads = [threading.Thread(target=save, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["refused", "refused", "refused", "saved"]
    with store.reading() as connection:
        assert len(connection.execute(select(bulk.table_of(SettingVersion))).all()) == 1


def test_a_database_that_is_not_there_or_empty_has_none(database_url: str) -> None:
    empty = Database(database_url)
    assert versions.in_force(empty) == {}
    empty.close()
