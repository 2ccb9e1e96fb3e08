"""The watch over the suite's secrets sees what it is there to see."""

import logging
import sqlite3
from pathlib import Path

import pytest

from connector.contract import StopEntity, TryLater
from tests.connector.worlds import worlds
from tests.secret_watch import SECRETS, Watch


def test_it_sees_a_log_line(secret_watch: Watch) -> None:
    logging.getLogger("connector.http").debug("asked with %s", "s3cret")
    assert _seen(secret_watch) == ["s3cret in a log line of connector.http"]


def test_it_sees_an_extra_of_a_log_line(secret_watch: Watch) -> None:
    logging.getLogger("connector.http").info("asked", extra={"header": "Bearer s3cret"})
    assert _seen(secret_watch) == ["s3cret in a log line of connector.http"]


@pytest.mark.parametrize("error", [StopEntity, TryLater])
def test_it_sees_an_error(secret_watch: Watch, error: type[StopEntity]) -> None:
    error("it does not take s3cret")
    assert _seen(secret_watch) == [f"s3cret in a {error.__name__}"]


def test_it_sees_a_database(secret_watch: Watch, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as database:
        database.execute("CREATE TABLE run (message)")
        database.execute("INSERT INTO run VALUES ('it does not take s3cret')")
    database.close()
    secret_watch.databases(tmp_path)
    assert _seen(secret_watch) == ["s3cret in the database x.db"]
    (tmp_path / "x.db").unlink()


@pytest.mark.parametrize("name", worlds())
def test_it_knows_the_secrets_of_every_world(name: str, tmp_path: Path) -> None:
    world = worlds()[name](tmp_path)
    try:
        secret = {setting for setting, field in world.kind.settings.model_fields.items() if "SecretStr" in str(field.annotation)}
        told = [str(value) for setting, value in world.settings().items() if setting in secret]
    finally:
        world.close()
    assert told
    assert [value for value in told if not any(secret in value for secret in SECRETS)] == []


def _seen(watch: Watch) -> list[str]:
    """What it saw, so that this test does not fail for it."""
    seen = list(watch.seen)
    watch.seen.clear()
    return seen
