"""`placebridge digest`, and what the worker does of it at each beat."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from jobs.notices.by_smtp import hand_in
from jobs.work.digest_mail import Links
from jobs.work.digest_sending import DueDigest, due, make, send
from placebridge.notices import mail_server_of
from placebridge.opening import opened
from placebridge.output import counted, say, show
from placebridge.settings import Config, ConfigError
from store.database import Database

COLUMNS = ("officer", "since", "new", "cold", "back", "waiting", "would_send")
NO_SERVER = "no mail server is configured, so no digest can be sent; write PLACEBRIDGE_NOTICES__SMTP_HOST and SMTP_FROM, docs/notices.md says how"


def deliver(store: Database, config: Config, now: datetime) -> int:
    """Sends the digests that are due; how many were taken. Without a mail server they wait, and the first then tells of all the days."""
    server = mail_server_of(config)
    if server is None:
        return 0
    links, sender = Links(config.settings.review.url), config.settings.notices.smtp_from
    make(store, now, config.zone, links)
    return send(store, partial(hand_in, server, sender), sender, links, now)


def digest(file: Path | None, dry_run: bool, form: str) -> None:
    """Sends what is due now, or prints what would be sent. Raises ConfigError where there is no mail server."""
    now = datetime.now(UTC)
    with opened(file, write=not dry_run) as at:
        if dry_run:
            rows = [_row(found) for found in due(at.store, now, at.config.zone)]
            show(rows, COLUMNS, form, "No digest is due now.")
            return
        if mail_server_of(at.config) is None:
            raise ConfigError([NO_SERVER])
        sent = deliver(at.store, at.config, now)
    say(f"{counted(sent, 'digest')} sent.")


def _row(found: DueDigest) -> dict[str, Any]:
    told = found.digest
    return {
        "officer": found.officer,
        "since": told.since,
        "new": told.new.total,
        "cold": told.cold.total,
        "back": told.back.total,
        "waiting": told.mine.total,
        "would_send": "no" if told.is_empty else "yes",
    }
