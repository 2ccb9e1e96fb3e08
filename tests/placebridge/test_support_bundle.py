"""`placebridge support-bundle`: what is planted in every table and every setting stands nowhere in it."""

import csv
import io
import re
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from placebridge.keeping.own_words import own_words
from placebridge.settings import PREFIX, ConfigError, load
from store import bulk, migrate
from store.database import Database
from store.tables import Run
from tests.filled import fill
from tests.placebridge.commands import ROOT, Commands
from tests.placebridge.two_crms import TwoCrms

PEOPLE = "Zebedee Quillfeather <zebedee.q@quill.example> +44 1632 960123 (01632) 960 124"
SECRET = "planted-Secret-8812"
PLANTED = ("zebedee", "quill", "1632", "960", "8812", "planted-")
EXAMPLE = re.sub(r"^#(PLACEBRIDGE_)", r"\1", (ROOT / "config.example.env").read_text(), flags=re.M)


def bundle(folder: Path, name: str = "help.zip") -> dict[str, str]:
    """The files of a bundle."""
    with zipfile.ZipFile(folder / name) as held:
        return {name: held.read(name).decode() for name in held.namelist()}


def demand_nothing_planted(parts: dict[str, str]) -> None:
    told = {
        name: "\n".join(line for line in text.splitlines() if not line.startswith("placebridge")).lower() for name, text in parts.items()
    }
    assert [(name, word) for name, text in told.items() for word in PLANTED if word in text and name != "README.txt"] == []


def test_nothing_that_any_table_holds_is_in_it(crms: TwoCrms) -> None:
    with closing(Database(crms.url)) as store:
        migrate.upgrade(store)
        with store.connect() as connection:
            fill(connection, f"{PEOPLE} {SECRET}")
            message = f"{PEOPLE} could not be read: '{SECRET}'; quillfeather, Zebedee refused (401)"
            run = {"connection": "council", "outcome": f"failed {PEOPLE}", "message": message, "started_at": text("current_timestamp")}
            connection.execute(insert(bulk.table_of(Run)).values(id=900, read=7, added=1, changed=2, removed=3, rejected=4, **run))
            connection.execute(text("CREATE TABLE of_zebedee (id INTEGER)"))
    done = crms("support-bundle", "help.zip")
    assert done.code == 0, done
    parts = bundle(crms.folder)
    demand_nothing_planted(parts)
    newest = next(csv.DictReader(io.StringIO(parts["runs.csv"])))
    assert (newest["id"], newest["connection"], newest["outcome"], newest["read"], newest["rejected"]) == (
        "900",
        "number_2",
        "(another)",
        "7",
        "4",
    )
    assert newest["message"] == "[...] could not be read: [...] ; [...] refused (401)"
    assert (crms.folder / "help.zip").stat().st_mode & 0o777 == 0o600


def test_no_value_of_any_setting_is_in_it_but_numbers_and_choices(placebridge: Commands, world: Path) -> None:
    """Each setting that takes a name, an address or a secret gets one."""
    planted = 0
    lines = [line for line in EXAMPLE.splitlines() if line.startswith(PREFIX)]
    for line in lines:
        file = world / line.partition("=")[2]
        if file.suffix == ".yaml":
            file.parent.mkdir(exist_ok=True)
            file.touch()
    for number, line in enumerate(lines):
        name = line.partition("=")[0]
        if name.endswith("DATABASE_URL"):
            lines[number] = f"{name}=sqlite:///Quillfeather/{SECRET}.db"
            continue
        for value in (
            f"'{PEOPLE} {SECRET}'",
            f"https://zebedee.quill.example/{SECRET}?token={SECRET}",
            "planted-zebedee",
            "a b c d zebedee",
        ):
            tried = [*lines[:number], f"{name}={value}", *lines[number + 1 :]]
            if _loads(world, tried):
                lines, planted = tried, planted + 1
                break
    assert _loads(world, lines)
    assert planted > 30
    done = placebridge("support-bundle", "help.zip")
    assert done.code == 0, done
    parts = bundle(world)
    demand_nothing_planted(parts)
    shown = parts["settings.txt"]
    assert "PLACEBRIDGE_WORKER__BEAT_SECONDS=15" in shown
    assert "PLACEBRIDGE_TIMEZONE=Europe/London" in shown
    assert "KIND=dataverse" in shown
    assert "CLIENT_SECRET=(set)" in shown
    assert "DATABASE_URL=sqlite://(set)" in shown
    assert "there is no database" in parts["faults.txt"]


def _loads(folder: Path, lines: list[str]) -> bool:
    (folder / "config.env").write_text("\n".join(lines))
    try:
        load(folder / "config.env", {})
    except ConfigError:
        return False
    return True


def test_it_holds_what_a_helper_asks_first(crms: TwoCrms) -> None:
    crms.synced()
    assert crms("support-bundle", "help.zip").code == 0
    parts = bundle(crms.folder)
    assert set(parts) == {"README.txt", "versions.txt", "settings.txt", "tables.csv", "runs.csv"}
    assert f"of the database {migrate.head()}" in parts["versions.txt"]
    assert re.search(r"^sqlalchemy \d", parts["versions.txt"], re.M | re.I)
    assert ("postgresql 1" in parts["versions.txt"]) == crms.url.startswith("postgresql")
    counts = {row["table"]: int(row["rows"]) for row in csv.DictReader(io.StringIO(parts["tables.csv"]))}
    assert counts == {name: len(rows) for name, rows in crms.tables().items()}
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(parts["runs.csv"]))] == ["done", "done"]
    assert all(name in parts["README.txt"] for name in parts if name != "README.txt")


def test_only_the_newest_200_runs_are_in_it(placebridge: Commands, world: Path) -> None:
    placebridge("sync")
    with closing(Database(f"sqlite:///{world / 'placebridge.db'}")) as store, store.connect() as connection:
        run = {"connection": "council", "outcome": "done", "message": "", "started_at": text("current_timestamp"), "read": 0}
        for number in range(100, 350):
            connection.execute(insert(bulk.table_of(Run)).values(id=number, added=0, changed=0, removed=0, rejected=0, **run))
    assert placebridge("support-bundle", "help.zip").code == 0
    ids = [int(row["id"]) for row in csv.DictReader(io.StringIO(bundle(world)["runs.csv"]))]
    assert ids == list(range(349, 149, -1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SIDE=council", "SIDE=zebedee", "is none of"),
        ("MAPPING=council.yaml", "MAPPING=/home/zebedee/quill.yaml", "there is no file [...]"),
        ("sqlite:///placebridge.db", "postgresql://zebedee:planted-8812@127.0.0.1:1/quill", "the database cannot be opened"),
        ("sqlite:///placebridge.db", "sqlite:///config.env", "file is not a database"),
    ],
)
def test_it_is_written_where_something_is_broken_too(placebridge: Commands, world: Path, old: str, new: str, said: str) -> None:
    settings = (world / "config.env").read_text()
    assert old in settings
    (world / "config.env").write_text(settings.replace(old, new))
    done = placebridge("support-bundle", "help.zip")
    assert done.code == 0, done
    parts = bundle(world)
    demand_nothing_planted(parts)
    assert said in parts["faults.txt"] or "[...]" in parts["faults.txt"]
    assert "python 3." in parts["versions.txt"]
    assert "faults.txt in it says what" in done.said


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("sign-in was refused (401)", "sign-in was refused (401)"),
        ("Ann Lee was refused", "[...] was refused"),
        ("the row of 'Read Page' was refused", "the row of [...] was refused"),
        ("ann.lee@firm.example was refused 3 times, 1,200 rows", "[...] was refused 3 times, 1,200 rows"),
        ("call +44 (0)1632 960 123 or 01632960123", "call [...] or [...]"),
        ("there is no file /home/ann/exports/read.csv", "there is no file [...]"),
        ("Zoë was refused", "[...] was refused"),
        ("", ""),
    ],
)
def test_of_a_message_only_our_own_words_are_kept(message: str, kept: str) -> None:
    assert own_words(message) == kept


def test_of_the_log_only_its_own_words_and_numbers_are_kept(crms: TwoCrms) -> None:
    crms.synced()
    line = '{"timestamp":"2026-11-25T06:00:00.1Z","level":"%s","event":"run failed","connection":"%s","due":7,"attempt":"x","message":"%s"}'
    said = [
        line % ("error", "council", f"{PEOPLE} could not be read"),
        line % (SECRET, PEOPLE, ""),
        f"Traceback of {PEOPLE}",
        '{"timestamp": "' + SECRET + '"}',
        "[]",
    ]
    (crms.folder / "service.log").write_text("\n".join(said) + "\n")
    assert crms("support-bundle", "help.zip", "--log", "service.log").code == 0
    parts = bundle(crms.folder)
    demand_nothing_planted(parts)
    first, second = csv.DictReader(io.StringIO(parts["log.csv"]))
    assert (first["level"], first["event"], first["connection"], first["due"], first["attempt"]) == ("error", "run failed", "number_2", "7", "")
    assert first["message"] == "[...] could not be read"
    assert (second["level"], second["connection"]) == ("(another)", "(not in the settings)")


def test_a_log_that_is_not_there_is_said(crms: TwoCrms) -> None:
    done = crms("support-bundle", "help.zip", "--log", "no.log")
    assert done.code != 0
    assert "no.log" in done.said
    assert not (crms.folder / "help.zip").exists()
