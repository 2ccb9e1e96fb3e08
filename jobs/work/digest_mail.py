"""A digest as a mail: plain text and HTML that say the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from urllib.parse import quote

from jobs.wording import say_day
from jobs.work.digest import Digest, Part, Told

STATES = {
    "leader_left": "the leader who was engaged has left",
    "leader_lapsed": "the leader's last meeting is too long ago",
    "leader_not_engaged": "a leader is known, and not engaged",
    "no_leader_known": "no leader is known",
    "engaged": "a leader is engaged",
}
WHY = "You get this because you asked Placebridge for it."
BODY = "font-family:Arial,sans-serif;font-size:16px;line-height:1.5;color:#0b0c0c;max-width:640px"


@dataclass(frozen=True)
class Links:
    """Where the page is. Without an address nothing is linked."""

    url: str = ""

    def business(self, business_id: str) -> str:
        """A business's page."""
        return f"{self.url.rstrip('/')}/businesses/{quote(business_id, safe='')}" if self.url else ""

    def mine(self) -> str:
        """One's own list."""
        return f"{self.url.rstrip('/')}/my-list" if self.url else ""

    def choices(self) -> str:
        """Where one changes or ends the digest."""
        return f"{self.url.rstrip('/')}/digest" if self.url else ""


@dataclass(frozen=True)
class Written:
    """A digest in words."""

    subject: str
    text: str
    html: str


def write(digest: Digest, links: Links) -> Written:
    """A digest in words, the same in both forms."""
    counts = [f"{part.total:,} {what}" for part, what in _counted(digest) if part.total]
    subject = f"Placebridge: {', '.join(counts)}" if counts else "Placebridge: nothing new"
    parts = [(title, part) for title, part in _titled(digest) if part.total]
    return Written(subject, "\n".join(_text(digest, parts, links)), "\n".join(_html(digest, parts, links)))


def mail(written: Written, sender: str, address: str, officer: str, period: str, at: datetime, links: Links) -> EmailMessage:
    """The email. Its Message-ID is the same for every try."""
    found, domain = EmailMessage(policy=SMTP), sender.rpartition("@")[2]
    found["From"], found["To"], found["Subject"] = sender, address, written.subject
    found["Date"] = format_datetime(at)
    found["Message-ID"] = f"<{sha256(f'digest {officer} {period}'.encode()).hexdigest()[:40]}@{domain}>"
    found["List-Id"] = f"Placebridge digest <digest.placebridge.{domain}>"
    if links.url:
        found["List-Unsubscribe"] = f"<{links.choices()}>"
    found["Auto-Submitted"], found["X-Auto-Response-Suppress"] = "auto-generated", "All"
    found.set_content(written.text, cte="quoted-printable")
    found.add_alternative(written.html, subtype="html", cte="quoted-printable")
    return found


def _counted(digest: Digest) -> list[tuple[Part, str]]:
    return [(digest.new, "new"), (digest.cold, "gone cold"), (digest.back, "back"), (digest.mine, "waiting for you")]


def _titled(digest: Digest) -> list[tuple[str, Part]]:
    return [
        ("New on the list", digest.new),
        ("Gone cold: the leader left, or was last met too long ago", digest.cold),
        ("Back on the list", digest.back),
        ("Yours, and waiting", digest.mine),
    ]


def _line(row: Told) -> str:
    place = f" ({row.place})" if row.place else ""
    return f"{row.name}{place}: {row.words or STATES.get(row.state, row.state) + '.'}"


def _more(part: Part) -> str:
    left = part.total - len(part.rows)
    return f"and {left:,} more" if left > 0 else ""


def _days(digest: Digest) -> str:
    return f"What changed on the list from {say_day(digest.since)} until {say_day(digest.until)}."


def _text(digest: Digest, parts: list[tuple[str, Part]], links: Links) -> Iterator[str]:
    yield _days(digest)
    for title, part in parts:
        yield f"\n{title}: {part.total:,}"
        for row in part.rows:
            yield f"- {_line(row)}"
            if link := links.business(row.business_id):
                yield f"  {link}"
        if more := _more(part):
            yield f"- {more}"
    yield f"\n{WHY}"
    if links.url:
        yield f"Your list: {links.mine()}\nChange it or stop it: {links.choices()}"
    yield ""


def _html(digest: Digest, parts: list[tuple[str, Part]], links: Links) -> Iterator[str]:
    yield f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Placebridge</title></head><body style="{BODY}">'
    yield f"<p>{escape(_days(digest))}</p>"
    for title, part in parts:
        yield f"<h2>{escape(title)}: {part.total:,}</h2><ul>"
        for row in part.rows:
            link, line = links.business(row.business_id), escape(_line(row).removeprefix(row.name))
            name = f'<a href="{escape(link)}">{escape(row.name)}</a>' if link else escape(row.name)
            yield f"<li>{name}{line}</li>"
        if more := _more(part):
            yield f"<li>{more}</li>"
        yield "</ul>"
    yield f"<p>{WHY}</p>"
    if links.url:
        yield f'<p><a href="{escape(links.mine())}">Your list</a>. <a href="{escape(links.choices())}">Change this mail or stop it</a>.</p>'
    yield "</body></html>"
