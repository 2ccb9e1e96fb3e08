"""Whole syncs of exports that arrive: put away after they are read, here and on a server; what is held stands when nothing comes."""

from pathlib import Path

import pytest

from tests.placebridge.commands import Commands
from tests.sftp_servers import Sshd

KEY = "PLACEBRIDGE_CONNECTIONS__COUNCIL__"
CONTACTS = "Contact,First Name,Last Name,Job Title,Account\nC1,Ann,Lee,CEO,A1\n"


@pytest.fixture(params=["here", "sftp"])
def drop(request: pytest.FixtureRequest, world: Path) -> Sshd:
    """The folder into which exports are dropped, and settings that put them away."""
    config = (world / "config.env").read_text() + f"{KEY}AFTER=archive\n"
    if request.param == "sftp":
        server: Sshd = request.getfixturevalue("one_sshd")
        mine = server.with_empty_folder()
        config = config.replace("PATH=exports", f"PATH={mine.path}") + f"{KEY}PRIVATE_KEY={mine.keys}/user\n{KEY}HOST_KEY={mine.host_key}\n"
    else:
        mine = Sshd(0, world / "exports", world, None, world)  # type: ignore[arg-type]
        mine.own = lambda path: None  # type: ignore[method-assign]
    (world / "config.env").write_text(config)
    for file in (world / "exports").iterdir():
        mine.write(file.name, file.read_bytes())
    return mine


def left(drop: Sshd) -> list[str]:
    """What lies in the folder itself."""
    return sorted(path.name for path in drop.folder.iterdir() if path.is_file())


def archived(drop: Sshd) -> list[str]:
    return sorted(path.name.partition(" ")[2] for path in (drop.folder / "archive").iterdir())


def test_exports_arrive_are_read_and_put_away(drop: Sshd, placebridge: Commands) -> None:
    assert "All is well" in placebridge("check").said
    assert left(drop) == ["accounts.csv", "contacts.csv"]
    assert placebridge("sync", "--dry-run").code == 0
    assert left(drop) == ["accounts.csv", "contacts.csv"]
    done = placebridge("sync")
    assert (done.code, "13 rows read, 13 added" in done.said) == (0, True)
    assert (left(drop), archived(drop)) == ([], ["accounts.csv", "contacts.csv"])

    flags = placebridge("flags", "--all", "--format", "csv").out
    for words in (("sync",), ("sync", "--full")):
        assert placebridge(*words).code == 0
        assert placebridge("flags", "--all", "--format", "csv").out == flags
    done = placebridge("check")
    assert (done.code, done.said.count("nothing new has come, so what is held stands")) == (0, 2)

    drop.write("contacts.csv", CONTACTS + "C2,Bo,Ray,Finance Director,A2\n", age=60 * 60)
    done = placebridge("sync")
    assert (done.code, "1 added" in done.said) == (0, True)
    assert (left(drop), archived(drop)) == ([], ["accounts.csv", "contacts.csv", "contacts.csv"])


def test_what_failed_in_part_is_not_put_away(drop: Sshd, placebridge: Commands) -> None:
    drop.write("contacts.csv", "Contact,Name\nC1,Ann\n")
    assert placebridge("sync").code == 3
    assert left(drop) == ["accounts.csv", "contacts.csv"]
    drop.write("contacts.csv", CONTACTS)
    assert placebridge("sync").code == 0
    assert (left(drop), archived(drop)) == ([], ["accounts.csv", "contacts.csv"])


@pytest.mark.parametrize("drop", ["sftp"], indirect=True)
def test_a_server_that_is_not_known_is_told_by_check_and_sync(drop: Sshd, world: Path, placebridge: Commands) -> None:
    text = (world / "config.env").read_text()
    (world / "config.env").write_text("".join(line for line in text.splitlines(True) if "HOST_KEY" not in line))
    for words in (("check",), ("sync",)):
        done = placebridge(*words)
        assert done.code == 1
        assert "HOST_KEY is not set" in done.said
        assert "Traceback" not in done.said
    assert left(drop) == ["accounts.csv", "contacts.csv"]


def test_what_was_stored_and_not_moved_is_moved_by_the_next_sync_and_not_read_again(drop: Sshd, world: Path, placebridge: Commands) -> None:
    """As after a kill between storing and moving, and for an admin who asks for the archive later."""
    text = (world / "config.env").read_text()
    (world / "config.env").write_text(text.replace("AFTER=archive", "AFTER=leave"))
    assert "13 added" in placebridge("sync").said
    assert left(drop) == ["accounts.csv", "contacts.csv"]
    (world / "config.env").write_text(text)
    done = placebridge("sync")
    assert (done.code, "council: nothing new to read" in done.said) == (0, True), done.said
    assert (left(drop), archived(drop)) == ([], ["accounts.csv", "contacts.csv"])
