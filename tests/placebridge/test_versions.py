"""What was saved on the page, for the commands: sync, check, preview, rename, remove, and `config export`."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from jobs import versions
from store import migrate
from store.database import Database
from tests.placebridge.commands import Commands
from tests.placebridge.conftest import FIELD_MAP

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
WITHOUT_PEOPLE = FIELD_MAP.splitlines()[0] + "\n"
THEMES = "themes:\n  night_economy:\n    name: The town at night\n    strong: stargazing evening\n"
Save = Callable[[str, str, str], None]


@pytest.fixture
def save(world: Path) -> Save:
    """Saves a text, as the page does."""

    def saved(kind: str, name: str, text: str) -> None:
        with closing(Database(f"sqlite:///{world / 'placebridge.db'}")) as store:
            migrate.upgrade(store)
            versions.save(store, (kind, name), text, "ann", NOW, 0)

    return saved


def test_sync_reads_by_what_was_saved(placebridge: Commands, save: Save) -> None:
    save("field_map", "council", WITHOUT_PEOPLE)
    assert "council: 12 rows read, 12 added" in placebridge("sync").said


def test_a_dry_run_does_too(placebridge: Commands, save: Save) -> None:
    save("field_map", "council", WITHOUT_PEOPLE)
    assert "council: 12 rows read, 12 would be added" in placebridge("sync", "--dry-run").said


def test_check_says_where_they_differ(placebridge: Commands, save: Save) -> None:
    assert "wins over" not in placebridge("check").said
    save("field_map", "council", WITHOUT_PEOPLE)
    save("themes", "", THEMES)
    done = placebridge("check", "--format", "json")
    assert done.code == 0, done
    assert "version 1, saved on the page by ann on 27 November 2026, wins over council.yaml; 1 line differs" in done.said
    assert "wins over what ships; the settings name no file for it" in done.said
    assert "16 themes" in done.said


def test_previews_use_them(placebridge: Commands, save: Save, world: Path) -> None:
    save("themes", "", THEMES)
    (world / "notes.csv").write_text("id,subject,notes\n1,,a stargazing evening again\n")
    assert placebridge("preview", "themes", "notes.csv", "--out", "found.csv", "--config", "config.env").code == 0
    assert "night_economy" in (world / "found.csv").read_text()


def test_they_follow_a_connections_name_and_go_with_it(placebridge: Commands, save: Save, world: Path) -> None:
    save("field_map", "council", WITHOUT_PEOPLE)
    placebridge("sync")
    placebridge("connection", "rename", "council", "town")
    (world / "config.env").write_text((world / "config.env").read_text().replace("__COUNCIL__", "__TOWN__"))
    with closing(Database(f"sqlite:///{world / 'placebridge.db'}")) as store:
        assert set(versions.in_force(store)) == {("field_map", "town")}
    assert "Nothing has changed since the last sync." in placebridge("sync").said
    placebridge("connection", "remove", "town", "--yes")
    with closing(Database(f"sqlite:///{world / 'placebridge.db'}")) as store:
        assert versions.in_force(store) == {}


def test_config_export_writes_what_holds_and_a_folder_that_can_be_used(placebridge: Commands, save: Save, world: Path) -> None:
    save("field_map", "council", WITHOUT_PEOPLE)
    save("themes", "", THEMES)
    placebridge("schedule", "set", "council", "0 7 * * sun")
    done = placebridge("config", "export", "out")
    assert done.code == 0, done
    assert "version 1, saved by ann" in done.said
    assert (world / "out/council.yaml").read_text() == WITHOUT_PEOPLE
    assert (world / "out/rules-themes.yaml").read_text() == THEMES
    assert (world / "out/config-lines.env").read_text().splitlines() == [
        "PLACEBRIDGE_CONNECTIONS__COUNCIL__MAPPING=out/council.yaml",
        "PLACEBRIDGE_THEMES=out/rules-themes.yaml",
        "PLACEBRIDGE_CONNECTIONS__COUNCIL__SCHEDULE=0 7 * * sun",
    ]
    kept = [line for line in (world / "config.env").read_text().splitlines() if "MAPPING" not in line]
    (world / "config.env").write_text("\n".join([*kept, (world / "out/config-lines.env").read_text()]))
    assert "council.yaml, which says the same" in placebridge("check").said


def test_config_export_overwrites_nothing_unless_told(placebridge: Commands, save: Save, world: Path) -> None:
    save("themes", "", THEMES)
    (world / "out").mkdir()
    (world / "out/council.yaml").write_text("mine")
    done = placebridge("config", "export", "out")
    assert (done.code, (world / "out/council.yaml").read_text()) == (2, "mine")
    assert "holds council.yaml already; name another folder, or say --overwrite" in done.said
    assert placebridge("config", "export", "out", "--overwrite").code == 0
    assert (world / "out/council.yaml").read_text() == FIELD_MAP
    assert "is a file; name a folder" in placebridge("config", "export", "council.yaml").said


def test_config_reset_lets_the_file_hold_again(placebridge: Commands, save: Save) -> None:
    save("field_map", "council", WITHOUT_PEOPLE)
    save("themes", "", THEMES)
    assert "council.yaml holds again from the next run on. Version 1 is kept" in placebridge("config", "reset", "council").said
    assert "what ships holds again" in placebridge("config", "reset", "themes").said
    assert "wins over" not in placebridge("check").said
    done = placebridge("config", "reset", "council")
    assert (done.code, "nothing saved on the page holds for 'council'; nothing that was saved there holds" in done.said) == (2, True)


def test_what_cannot_be_read_any_more_is_told_by_its_version_and_can_be_reset(placebridge: Commands, save: Save, world: Path) -> None:
    save("themes", "", THEMES)
    with closing(Database(f"sqlite:///{world / 'placebridge.db'}")) as store, store.connect() as connection:
        connection.execute(update(versions.version).values(text="themes: {x: {strong: y}}"))
    done = placebridge("sync")
    assert (done.code, "themes, version 1, line 1: 'x' has no `name`" in done.said) == (2, True)
    assert placebridge("config", "reset", "themes").code == 0
    assert placebridge("sync").code == 0
