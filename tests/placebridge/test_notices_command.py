"""`placebridge notices test` and `list`: whether notices arrive, and in words what went wrong where they do not."""

import json
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs.notices import deliver, raise_alert, tell
from placebridge.notices import channels_of, limits_of
from placebridge.settings import load
from store import migrate
from store.database import Database
from tests.connector.http.conftest import certificates, serve
from tests.connector.http.servers import Server
from tests.connector.sites import serve as serve_site
from tests.jobs.notices.conftest import mail_server, tls_of
from tests.jobs.notices.mail import PASSWORD, USER, MailBox
from tests.jobs.notices.notify_standin import KEY, TEMPLATE, NotifyStandIn
from tests.placebridge.commands import Commands
from tests.placebridge.conftest import CONFIG

__all__ = ["certificates", "mail_server", "serve", "tls_of"]
Boxes = Callable[..., MailBox]
Tls = Callable[[str], ssl.SSLContext]
PREFIX = "PLACEBRIDGE_NOTICES__"


def configure(folder: Path, **settings: object) -> None:
    (folder / "config.env").write_text(CONFIG + "".join(f"{PREFIX}{name.upper()}={value}\n" for name, value in settings.items()))


def by_mail(box: MailBox, **more: object) -> dict[str, object]:
    told = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_from": "placebridge@council.example", "smtp_to": "ops@council.example"}
    return told | more


@pytest.fixture
def notify() -> Iterator[tuple[NotifyStandIn, Server]]:
    site = NotifyStandIn()
    server = serve_site(site)
    yield site, server
    server.close()


def test_every_channel_gets_the_test(
    placebridge: Commands, mail_server: Boxes, tls_of: Tls, certificates: Path, serve: Any, notify: tuple[NotifyStandIn, Server]
) -> None:
    box, hook = mail_server(starttls=tls_of("good"), sign_in=True), serve(lambda asked, peer: peer.answer(204, b""))
    site, server = notify
    mail = by_mail(box, smtp_to="ops@council.example, duty@council.example", smtp_user=USER, smtp_password=PASSWORD)
    by_notify = {"notify_key": KEY, "notify_template": TEMPLATE, "notify_to": "ops@council.example", "notify_url": server.url}
    bundle = certificates / "ca.pem"
    configure(
        placebridge.folder, **mail, **by_notify, webhook_url=f"{hook.url}/webhook-path-4711", webhook_format="teams", ca_bundle=bundle
    )
    done = placebridge("notices", "test", "--format", "json")
    assert done.code == 0, done.said
    assert json.loads(done.out) == [
        {"channel": name, "ok": "yes", "detail": "taken"} for name in ("email 1", "email 2", "webhook", "notify 1")
    ]
    assert [envelope[1] for envelope in box.envelopes] == [["ops@council.example"], ["duty@council.example"]]
    assert box.taken[0]["Subject"] == "Placebridge: a test, all is well"
    assert (len(hook.asked), len(site.sent)) == (1, 1)
    assert "Every channel took the test; look whether it arrived." in placebridge("notices", "test").said


def test_a_wrong_password_is_said(placebridge: Commands, mail_server: Boxes, tls_of: Tls, certificates: Path) -> None:
    box = mail_server(starttls=tls_of("good"), sign_in=True)
    configure(placebridge.folder, **by_mail(box, smtp_user=USER, smtp_password="another-4711", ca_bundle=certificates / "ca.pem"))
    done = placebridge("notices", "test")
    assert done.code == 1
    assert "the mail server refuses the sign-in (answer 535): correct SMTP_USER and SMTP_PASSWORD" in done.said
    assert "1 to mend." in done.said
    assert "4711" not in done.said


def test_a_certificate_that_nobody_knows_is_said(placebridge: Commands, mail_server: Boxes, tls_of: Tls) -> None:
    configure(placebridge.folder, **by_mail(mail_server(starttls=tls_of("good"))))
    done = placebridge("notices", "test")
    assert (done.code, "cannot be trusted" in done.said, "the notices' CA_BUNDLE setting" in done.said) == (1, True, True)


def test_an_unknown_host_and_a_refused_webhook_are_said_beside_each_other(placebridge: Commands, serve: Any) -> None:
    hook = serve(lambda asked, peer: peer.answer(404, b""))
    mail = {"smtp_host": "mail.nowhere.invalid", "smtp_from": "p@council.example", "smtp_to": "ops@council.example"}
    configure(placebridge.folder, **mail, webhook_url=f"{hook.url}/webhook-path-4711")
    done = placebridge("notices", "test", "--format", "json")
    told = {line["channel"]: line["detail"] for line in json.loads(done.out)}
    assert done.code == 1
    assert "name is not known here: correct SMTP_HOST" in told["email 1"]
    assert "nothing is there: copy WEBHOOK_URL again" in told["webhook"]
    assert "webhook-path-4711" not in done.said


def test_without_a_channel_it_says_how_to_get_one(placebridge: Commands) -> None:
    done = placebridge("notices", "test")
    assert done.code == 2
    assert "no channel is configured" in done.said
    assert "docs/notices.md" in done.said


MISTAKES: dict[str, tuple[dict[str, object], str]] = {
    "no sender": ({"smtp_host": "mail.council.example", "smtp_to": "ops@council.example"}, "SMTP_FROM is missing; with SMTP_HOST write"),
    "nobody to write to": ({"smtp_host": "mail.council.example", "smtp_from": "p@council.example"}, "SMTP_TO is missing"),
    "no address": ({"smtp_host": "h", "smtp_from": "p@council.example", "smtp_to": "Ops <ops@council.example>"}, "SMTP_TO has something that is no"),
    "a password without a user": ({"smtp_password": "another-4711"}, "SMTP_PASSWORD and SMTP_USER go together"),
    "in the clear": ({"smtp_host": "mail.council.example", "smtp_security": "none"}, "SMTP_SECURITY may be none only where"),
    "no security": ({"smtp_security": "ssl"}, "SMTP_SECURITY is none of starttls, tls or none"),
    "a port": ({"smtp_port": "smtp"}, "SMTP_PORT cannot be used; write a port"),
    "plain http": ({"webhook_url": "http://hooks.council.example/another-4711"}, "WEBHOOK_URL cannot be used; write an address that begins with https"),
    "no key": ({"notify_key": "another-4711"}, "NOTIFY_KEY is no key of Notify's"),
    "no template": ({"notify_key": KEY, "notify_to": "ops@council.example"}, "NOTIFY_TEMPLATE is missing"),
    "no id": ({"notify_key": KEY, "notify_template": "x", "notify_to": "ops@council.example"}, "NOTIFY_TEMPLATE is no id; copy it"),
    "no proxy": ({"proxy": "ftp://another-4711"}, "PROXY cannot be used; write one like http://proxy"),
    "a name": ({"smtp_hots": "x"}, "SMTP_HOTS is no setting"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_the_settings_is_said_and_what_to_write(case: str, placebridge: Commands) -> None:
    settings, words = MISTAKES[case]
    configure(placebridge.folder, **settings)
    done = placebridge("notices", "test")
    assert done.code == 2
    assert words in done.said
    assert "4711" not in done.said


def test_the_newest_notices_are_listed_with_how_each_went(placebridge: Commands, mail_server: Boxes, serve: Any) -> None:
    hook = serve(lambda asked, peer: peer.answer(500, b""))
    configure(placebridge.folder, **by_mail(mail_server(), smtp_security="none"), webhook_url=hook.url)
    store, now = Database(f"sqlite:///{placebridge.folder / 'placebridge.db'}"), datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    migrate.upgrade(store)
    assert "No notice yet" in placebridge("notices", "list").said
    with store.connect() as connection:
        raise_alert(connection, "connection_failing", "council", "It said no.", now)
    deliver(store, channels_of(load(placebridge.folder / "config.env")), now)
    with store.connect() as connection:
        tell(connection, "k2", "Placebridge: later", "x", "message", now + timedelta(hours=1))
    store.close()
    rows = json.loads(placebridge("notices", "list", "--format", "json").out)
    assert [(row["subject"], row["channel"], row["state"], row["attempts"]) for row in rows] == [
        ("Placebridge: later", "", "waiting", 0),
        ("Placebridge: council cannot be read", "email 1", "sent", 1),
        ("Placebridge: council cannot be read", "webhook", "waiting", 1),
    ]
    assert "it fails; tell whoever runs it" in rows[2]["detail"]
    assert len(json.loads(placebridge("notices", "list", "--format", "json", "--limit", "1").out)) == 1
    said = placebridge("notices", "list").said
    assert "connection_failing/council/" in said
    assert "email 1 sent" in said
    assert "25 Nov 2026 09:00" in said


def test_the_settings_say_from_when_on_something_is_told(placebridge: Commands) -> None:
    (placebridge.folder / "config.env").write_text(
        CONFIG + f"{PREFIX}BACKLOG_MINUTES=5\n{PREFIX}DISK_MB=7\nPLACEBRIDGE_WORKER__TELL_AFTER=2\n"
        "PLACEBRIDGE_CONNECTIONS__COUNCIL__SCHEDULE=0 6 * * *\n"
        "PLACEBRIDGE_CONNECTIONS__REGISTER__KIND=companies_house\nPLACEBRIDGE_CONNECTIONS__REGISTER__SIDE=register\n"
        "PLACEBRIDGE_CONNECTIONS__REGISTER__API_KEY=sec-1\nPLACEBRIDGE_CONNECTIONS__REGISTER__SECRET_EXPIRES=2027-03-31\n"
    )
    limits = limits_of(load(placebridge.folder / "config.env"))
    assert (limits.tell_after, limits.backlog, limits.least_free) == (2, timedelta(minutes=5), 7_000_000)
    assert limits.configured == {"council": "0 6 * * *", "register": None}
    assert {name: str(day) for name, day in limits.secrets.items()} == {"register": "2027-03-31"}
