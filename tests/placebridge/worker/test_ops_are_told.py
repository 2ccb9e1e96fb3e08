"""A worker with trouble, and what reaches ops' mailbox of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.jobs.notices.mail import MailBox
from tests.worker_world import WorkerWorld, wait_for

QUICK = {"TELL_AFTER": "2", "RETRY_MINUTES": "0.001 0.001 0.001"}


@pytest.fixture
def box() -> Iterator[MailBox]:
    found = MailBox()
    yield found
    found.stop()


def subjects(box: MailBox) -> list[str]:
    return [mail["Subject"].removeprefix("Placebridge: ") for mail in box.taken]


def tell_by_mail(folder: Path, box: MailBox) -> None:
    told = {"HOST": "127.0.0.1", "SECURITY": "none", "PORT": box.port, "FROM": "p@council.example", "TO": "ops@council.example"}
    with (folder / "config.env").open("a", encoding="utf-8") as out:
        out.writelines(f"PLACEBRIDGE_NOTICES__SMTP_{name}={value}\n" for name, value in told.items())
        out.write("PLACEBRIDGE_NOTICES__DISK_MB=0\n")


def test_one_mail_when_it_fails_and_one_when_it_is_well(world: WorkerWorld, start: Callable[..., object], box: MailBox) -> None:
    world.configure(QUICK)
    tell_by_mail(world.folder, box)
    exports, away = world.folder / "council", world.folder / "away"
    exports.rename(away)
    start(world)
    world.ask()
    world.settle()
    for _ in range(3):
        world.ask("council")
        world.settle()
    wait_for(lambda: subjects(box) == ["council cannot be read"])
    away.rename(exports)
    world.ask("council")
    world.settle()
    wait_for(lambda: len(box.taken) > 1)
    assert subjects(box) == ["council cannot be read", "council is read again"]

    accounts = exports / "accounts.csv"
    whole = accounts.read_text(encoding="utf-8")
    accounts.write_text("".join(whole.splitlines(keepends=True)[:3]), encoding="utf-8")
    world.ask("council")
    world.settle()
    wait_for(lambda: len(box.taken) > 2)
    accounts.write_text(whole, encoding="utf-8")
    world.ask("council")
    world.settle()
    wait_for(lambda: len(box.taken) > 3)
    assert subjects(box)[2:] == ["council would lose too many records", "council is whole again"]
    assert "this read would remove" in box.taken[2].get_content()
