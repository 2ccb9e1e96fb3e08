"""`placebridge connection rename`: every id stays."""

import pytest

from tests.placebridge.two_crms import DAY, TwoCrms

RUN = ("outcome", "read", "added", "changed", "removed", "rejected", "started_at")


def test_ids_flags_and_runs_stay(crms: TwoCrms) -> None:
    crms.synced()
    before = _renamed(crms.flags())
    links, people, runs = crms.export("links"), crms.export("people"), crms.rows("runs")
    done = crms("connection", "rename", "council", "Borough")
    assert done.code == 0
    assert "council is now borough; every id stays." in done.said
    assert "rename PLACEBRIDGE_CONNECTIONS__COUNCIL__… to PLACEBRIDGE_CONNECTIONS__BOROUGH__…" in done.said
    assert crms.flags() == before
    crms.configure("borough:council", "chamber")
    synced = crms.sync()
    assert synced.said.count("nothing new to read") == 2
    assert crms.flags() == before
    for was, is_now in ((links, crms.export("links")), (people, crms.export("people"))):
        assert _keyed(is_now) == _keyed([row | {"connection": row["connection"].replace("council", "borough")} for row in was])
    older = {row["id"]: row for row in crms.rows("runs")}
    for run in runs:
        assert [older[run["id"]][name] for name in RUN] == [run[name] for name in RUN]
    assert {row["connection"] for row in older.values()} == {"borough", "chamber"}
    assert "borough A7" in crms("explain", "Firm 7 Ltd", "--as-of", DAY).out


def _renamed(flags: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    def said(connections: str) -> str:
        return "|".join(sorted(connections.replace("council", "borough").split("|")))

    return {found: row | {"connections": said(row["connections"])} for found, row in flags.items()}


def _keyed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(rows, key=lambda row: sorted(row.items()))


@pytest.mark.parametrize(
    ("name", "new", "words"),
    [
        ("council", "chamber", "a connection 'chamber' is there already; choose another name"),
        ("council", "COUNCIL", "a connection 'council' is there already"),
        ("council", "two__words", "'two__words' is no name for a connection; use letters, digits and single underscores between them"),
        ("council", "_council", "is no name for a connection"),
        ("council", "north east", "is no name for a connection"),
        ("council", "north-east", "is no name for a connection"),
        ("council", "", "is no name for a connection"),
        ("nobody", "new", "no connection 'nobody' has been synced; known are chamber, council"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_changed(crms: TwoCrms, name: str, new: str, words: str) -> None:
    crms.synced()
    before = crms.tables()
    done = crms("connection", "rename", name, new)
    assert done.code == 2
    assert words in done.said
    assert crms.tables() == before
