"""Watches the whole suite for the secrets that its tests use: in every log record, every connector's error, all that is printed, and
every SQLite database that a test leaves (run records, cursors, notices and all else)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connector.contract import ConnectorError

SECRETS = (
    "s3cret", "pat-eu1-good", "standin~secret.1", "client-secret-4711", "access-token-0815", "secretOfATest4711", "secret-of-a-test-1",
    "token-of-a-test-123", "memory-key-4711", "tok-1", "pw-1", "sec-1", "a-secret-of-the-tests", "a-token-of-the-tests",
    "smtp-password-4711", "tok-of-a-log-4711", "another-4711", "webhook-secret-4711", "webhook-path-4711", "webhook-sig-4711", "aaaaaaaa-4711-4bbb-8ccc-dddddddddddd",
    "oidc-s3cret+/%4711",
)  # fmt: skip
"""Whoever writes a test with another secret adds it here; those of every connector's world are checked to be."""


class Watch(logging.Handler):
    """Notes where a secret was seen."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[str] = []

    def look(self, text: str, where: str) -> None:
        """Notes it where the text holds a secret. The note does not repeat the secret's neighbours, only which it was."""
        self.seen += [f"{secret} in {where}" for secret in SECRETS if secret in text]

    def emit(self, record: logging.LogRecord) -> None:
        told = {name: value for name, value in vars(record).items() if name not in {"exc_info", "pathname", "filename"}}
        self.look(f"{record.getMessage()} {told!r} {record.exc_text or ''}", f"a log line of {record.name}")

    def databases(self, folder: Path) -> None:
        """Looks through every SQLite file below a folder, and what is not yet moved into it."""
        for file in (*folder.rglob("*.db"), *folder.rglob("*.db-wal")):
            content = file.read_bytes()
            self.seen += [f"{secret} in the database {file.name}" for secret in SECRETS if secret.encode() in content]


@contextmanager
def watching() -> Iterator[Watch]:
    """For as long as the suite runs."""
    watch, before = Watch(), ConnectorError.__init__

    def noting(self: ConnectorError, *args: Any) -> None:
        before(self, *args)
        watch.look(str(self), f"a {type(self).__name__}")

    root = logging.getLogger()
    root.addHandler(watch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConnectorError, "__init__", noting)
        yield watch
    root.removeHandler(watch)
