"""What `placebridge sync` tells."""

from pathlib import Path

from tests.placebridge.commands import Commands

MEETINGS = """engagement: {from: meetings.csv, id: Id, fields: {kind: {value: meeting}, starts_at: When, business: Firm, person: Who}}
"""


def with_a_meeting(world: Path) -> None:
    with (world / "council.yaml").open("a") as out:
        out.write(MEETINGS)
    (world / "exports/meetings.csv").write_text("Id,When,Firm,Who\nE1,2025-11-10,A1,C1\n")


def test_a_change_by_time_alone_is_told(world: Path, placebridge: Commands) -> None:
    with_a_meeting(world)
    placebridge("sync", "--as-of", "2026-11-01")
    same_day = placebridge("sync", "--as-of", "2026-11-01")
    assert "Nothing has changed since the last sync." in same_day.out
    later = placebridge("sync", "--as-of", "2026-11-20")
    assert "engaged -> leader_lapsed" in later.out
    assert "Nothing has changed" not in later.out


def test_a_dry_run_tells_what_would_change_and_writes_nothing(world: Path, placebridge: Commands) -> None:
    placebridge("sync", "--as-of", "2026-11-01")
    runs = placebridge("runs", "--format", "csv").out
    with_a_meeting(world)
    done = placebridge("sync", "--dry-run", "--as-of", "2026-11-01")
    assert "Dry run: this is what a sync would do; nothing was written." in done.out
    assert "1 would be added" in done.out
    assert "leader_not_engaged -> engaged" in done.out
    assert placebridge("runs", "--format", "csv").out == runs
    assert "leader_not_engaged" in placebridge("flags", "--format", "csv", "--as-of", "2026-11-01").out


def test_only_the_connections_named_are_read_and_a_wrong_name_is_told(world: Path, placebridge: Commands) -> None:
    done = placebridge("sync", "chambre")
    assert done.code == 2
    assert "chambre" in done.said
    assert "council" in done.said
    assert placebridge("sync", "council").code == 0


def test_a_business_is_found_by_its_number_without_a_register(world: Path, placebridge: Commands) -> None:
    (world / "council.yaml").write_text("business: {from: accounts.csv, id: Account, fields: {name: Account Name, company_number: No}}\n")
    (world / "exports/accounts.csv").write_text("Account,Account Name,No\nA1,Acme Ltd,4100917\nA2,Other Ltd,\n")
    placebridge("sync")
    assert "Acme Ltd" in placebridge("explain", "04100917").out
    assert "Acme Ltd" in placebridge("explain", "4100917").out
    placebridge("export", "links", "links.csv")
    assert ",04100917," in (world / "links.csv").read_text()
