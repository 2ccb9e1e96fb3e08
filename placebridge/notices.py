"""`placebridge notices test` and `list`, and the channels that the settings name."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from connector.http import Options, Proxy
from jobs.notices.by_notify import NotifyChannel, Service
from jobs.notices.by_smtp import MailServer, SmtpChannel
from jobs.notices.by_webhook import Hook, WebhookChannel
from jobs.notices.channel import Channel, Message, NotSent
from jobs.notices.watching import Limits
from placebridge.opening import opened
from placebridge.output import counted, say, show
from placebridge.settings import Config, ConfigError
from placebridge.settings import load as load_settings
from store import bulk
from store.tables import OpsDelivery, OpsNotice

TEST_COLUMNS = ("channel", "ok", "detail")
LIST_COLUMNS = ("at", "key", "kind", "subject", "channel", "state", "attempts", "next_try", "sent_at", "detail")
LIST_SHOWN = ("written", "notice", "delivery")
"""What fits beside each other on a terminal of 80 columns; --format holds every column."""
TEST_BODY = """This is a test, sent by hand. Nothing is wrong, and nothing is to be done.

Notices come here when a connection fails, when a secret ends soon, and in like cases; docs/runbook.md says what to do about each.
"""


def channels_of(config: Config) -> list[Channel]:
    """The channels that the settings name, in a fixed order; none where they name none.

    Each email address is a channel of its own (`email 1`, `email 2`, in the order of the settings), so that one that is refused keeps no
    other from getting its notice. Raises ConfigError."""
    return [*_by_smtp(config), *_by_webhook(config), *_by_notify(config)]


def limits_of(config: Config) -> Limits:
    """From when on something is told, as `jobs.notices.watch` takes it."""
    settings, connections = config.settings, config.settings.connections
    return Limits(
        config.zone,
        {name: found.schedule for name, found in connections.items()},
        config.secret_ends,
        settings.worker.tell_after,
        timedelta(minutes=settings.notices.backlog_minutes),
        settings.notices.disk_mb * 1_000_000,
    )


def mail_server_of(config: Config) -> MailServer | None:
    """Where mail is handed in; None where the settings name no server."""
    told = config.settings.notices
    if not told.smtp_host:
        return None
    return MailServer(
        told.smtp_host,
        told.smtp_security,
        told.smtp_port,
        told.smtp_user,
        told.smtp_password.get_secret_value(),
        config.path(told.ca_bundle),
    )


def _by_smtp(config: Config) -> Iterator[Channel]:
    told, server = config.settings.notices, mail_server_of(config)
    if server is None:
        return
    for number, address in enumerate(told.smtp_to, 1):
        yield SmtpChannel(f"email {number}", server, told.smtp_from, address)


def _by_webhook(config: Config) -> Iterator[Channel]:
    told = config.settings.notices
    if url := told.webhook_url.get_secret_value():
        options = Options(proxy=_proxy(config), ca_bundle=config.path(told.ca_bundle))
        yield WebhookChannel(Hook(url, told.webhook_format, told.webhook_secret.get_secret_value(), options))


def _by_notify(config: Config) -> Iterator[Channel]:
    told = config.settings.notices
    if not (key := told.notify_key.get_secret_value()):
        return
    service = Service(key, told.notify_template, told.notify_url, told.notify_reply_to, _proxy(config), config.path(told.ca_bundle))
    for number, address in enumerate(told.notify_to, 1):
        yield NotifyChannel(f"notify {number}", service, address)


def _proxy(config: Config) -> Proxy | None:
    told = config.settings.notices
    address = told.proxy.get_secret_value()
    return Proxy.of(address, told.no_proxy) if address else None


def test(file: Path | None, form: str) -> int:
    """Sends a test notice to every channel, at once and past the outbox, and prints a line for each; 1 where any failed.

    Raises ConfigError where there is no channel."""
    channels = channels_of(load_settings(file))
    if not channels:
        raise ConfigError(
            [
                "no channel is configured, so nobody is told anything; write PLACEBRIDGE_NOTICES__SMTP_HOST and its other lines, docs/notices.md says how"
            ]
        )
    message = Message(f"test/{uuid4()}", "test", "Placebridge: a test, all is well", TEST_BODY, datetime.now(UTC))
    lines = [_tried(channel, message) for channel in channels]
    show(lines, TEST_COLUMNS, form, "")
    bad = sum(line["ok"] == "no" for line in lines)
    if form == "table":
        say("Every channel took the test; look whether it arrived." if not bad else f"{bad} to mend.")
    return 1 if bad else 0


def _tried(channel: Channel, message: Message) -> dict[str, str]:
    try:
        channel.send(message)
    except NotSent as fault:
        return {"channel": channel.name, "ok": "no", "detail": str(fault)}
    return {"channel": channel.name, "ok": "yes", "detail": "taken"}


def newest(file: Path | None, form: str, limit: int) -> None:
    """Prints the newest notices, with a row for each channel that they go by."""
    with opened(file) as at:
        rows = _newest(at.store, limit)
    if form == "table":
        zone = at.config.zone
        shown = [_shown(row) | {"written": f"{row['at'].astimezone(zone):%d %b %Y %H:%M}"} for row in rows]
        show(shown, LIST_SHOWN, form, "No notice yet; `placebridge notices test` sends one to try the channels.")
    else:
        show(rows, LIST_COLUMNS, form, "")


def _newest(store: Any, limit: int) -> list[dict[str, Any]]:
    notice, delivery = bulk.table_of(OpsNotice), bulk.table_of(OpsDelivery)
    chosen = select(notice.c.id).order_by(notice.c.id.desc()).limit(limit).scalar_subquery()
    query = (
        select(
            notice,
            delivery.c.channel,
            delivery.c.state,
            delivery.c.attempts,
            delivery.c.not_before,
            delivery.c.sent_at,
            delivery.c.last_error,
        )
        .outerjoin(delivery, delivery.c.notice_id == notice.c.id)
        .where(notice.c.id.in_(chosen))
        .order_by(notice.c.id.desc(), delivery.c.channel)
    )
    with store.reading() as connection:
        return [_row(dict(row)) for row in connection.execute(query).mappings()]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    state = row["state"] or ("no channel" if row["handed_out"] else "waiting")
    return {
        "at": row["created_at"],
        "key": row["key"],
        "kind": row["kind"],
        "subject": row["subject"],
        "channel": row["channel"],
        "state": state,
        "attempts": row["attempts"] or 0,
        "next_try": row["not_before"] if row["state"] == "waiting" else None,
        "sent_at": row["sent_at"],
        "detail": row["last_error"],
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    tried = f" after {counted(row['attempts'], 'try', 'tries')}" if row["attempts"] > 1 or row["state"] == "given_up" else ""
    how = f"{row['channel'] or ''} {row['state'].replace('_', ' ')}{tried}".strip()
    return {"notice": f"{row['subject']}\n{row['key']}", "delivery": "\n".join(filter(None, (how, row["detail"])))}
