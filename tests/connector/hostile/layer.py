"""Between a site and its server: calm at first; told to rage, it misbehaves by seed until it is told to be calm again."""

import gzip
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from email.utils import formatdate
from urllib.parse import urlsplit

from tests.connector.hostile.bends import Bends
from tests.connector.hostile.mishaps import CHUNKED, HEAD, JSON_SPOILS, LATE, REFUSALS, SPOILS, Mishap, parts
from tests.connector.http.servers import Asked, HurriedClock, Peer
from tests.connector.sites import Reply, Site, send

PLOTS = (*["none"] * 6, "changes", "changes", "duplicates", "duplicates", "moved", "circle", "elsewhere", "redirected elsewhere", "wrong shape")
MENDABLE = {"none", "changes", "duplicates", "moved"}
"""Plots that a read outlasts; the others it can only report."""
BADNESS = (0.0, 0.2, 0.35, 0.5, 0.8)
MOVED = "/moved-here"
OFTEN = 0.5


class Layer:
    """A server's handler. Every answer may meet a mishap; a plot is what the service does wrong all the time."""

    def __init__(self, site: Site, clock: HurriedClock, bends: Bends, other: str) -> None:
        """`other` is the address of a host that nothing may be sent to."""
        self.site, self.clock, self.bends, self.other = site, clock, bends, other
        self.calm, self.plot, self.badness, self.random = True, "none", 0.0, random.Random(0)
        self.refusals: Mapping[str, Mishap] = REFUSALS
        self.spoils: Mapping[str, Mishap] = SPOILS | JSON_SPOILS | LATE
        self.sign_ins: Callable[[Asked], bool] = lambda asked: "token" in asked.path
        """Requests that meet fewer mishaps, or there would be no others."""
        self.stir: Callable[[], None] = lambda: None
        """Changes something in the site while it is read."""
        self.met: list[str] = []
        self._links: dict[object, str] = {}
        self._rows: dict[object, list[object]] = {}

    def rage(self, seed: int, plots: Sequence[str] = PLOTS) -> None:
        """Misbehaves from now on, always the same for a seed."""
        self.random = random.Random(seed)
        self.plot, self.badness, self.calm = self.random.choice(plots), self.random.choice(BADNESS), False

    def forget(self) -> None:
        """What was answered so far is not said again: the site has changed, or a read has ended."""
        self._links.clear()
        self._rows.clear()

    def __call__(self, asked: Asked, peer: Peer) -> None:
        asked = replace(asked, target=asked.target.removeprefix(MOVED)) if asked.target.startswith(MOVED) else self._moved(asked, peer)
        if self.calm:
            return self._send(self.site(asked), peer)
        sign_in = self.sign_ins(asked)
        if self.random.random() < (self.badness / 3 if sign_in else self.badness):
            return self._meet(asked, peer)
        reply = self.site(asked) if sign_in else self._bent(asked)
        return self._plainly(reply, peer)

    def _send(self, reply: Reply, peer: Peer) -> None:
        """Just as it is, by the stand-in's time."""
        send(replace(reply, headers={"Date": formatdate(self.clock.now(), usegmt=True), **reply.headers}), peer)

    def _moved(self, asked: Asked, peer: Peer) -> Asked:
        if not self.calm and self.plot == "moved" and asked.method == "GET" and not self.sign_ins(asked):
            peer.answer(307, {}, Location=MOVED + asked.target)
            peer.hang_up()
        return asked

    def _meet(self, asked: Asked, peer: Peer) -> None:
        name = self.random.choice([*self.refusals, *self.spoils])
        if name in self.refusals:
            self.met.append(name)
            if name == "expired token":
                getattr(self.site, "expire_tokens", lambda: None)()
            return self.refusals[name](peer, b"", self.clock)
        reply = self.site(asked)
        if reply.status != 200 or reply.body is None or (isinstance(reply.body, bytes) and name in JSON_SPOILS):
            return self._send(reply, peer)
        self.met.append(name)
        return self.spoils[name](peer, reply.content(), self.clock)

    def _bent(self, asked: Asked) -> Reply:
        if self.plot == "changes" and self.random.random() < OFTEN:
            self._note(self.plot)
            self.stir()
        reply = self.site(asked)
        rows = self.bends.rows_of(reply) if reply.status == 200 else None
        if not rows:
            return reply
        if self.plot == "duplicates" and not self.bends.ordered:
            return self._again(asked, reply, rows)
        table, link = self.bends.table_of(asked, rows[0]), self.bends.link_of(reply)
        if link is not None:
            self._links.setdefault(table, link)
        return self._misled(asked, reply, table, link) if self.random.random() < OFTEN else reply

    def _misled(self, asked: Asked, reply: Reply, table: object, link: str | None) -> Reply:
        if self.plot == "wrong shape":
            self._note(self.plot)
            return self.bends.with_rows(reply, {"rows": 1})
        if self.plot == "redirected elsewhere" and asked.method == "GET":
            self._note(self.plot)
            return Reply(302, {}, {"Location": self.other + asked.target})
        if self.plot == "circle" and link is not None:
            self._note(self.plot)
            return self.bends.with_link(reply, self._links[table])
        if self.plot == "elsewhere" and link is not None and self.bends.links:
            self._note(self.plot)
            split = urlsplit(link)
            return self.bends.with_link(reply, f"{self.other}/{split.path.lstrip('/')}?{split.query}")
        return reply

    def _again(self, asked: Asked, reply: Reply, rows: list[object]) -> Reply:
        """Rows of pages before this one come again, in any order."""
        before = self._rows.setdefault(self.bends.table_of(asked, rows[0]), [])
        shown = rows + self.random.sample(before, min(3, len(before)))
        before += rows
        self.random.shuffle(shown)
        self._note(self.plot)
        return self.bends.with_rows(reply, shown)

    def _note(self, name: str) -> None:
        self.met.append(f"plot: {name}")

    def _plainly(self, reply: Reply, peer: Peer) -> None:
        """The same answer in one of the ways HTTP has for it."""
        way = self.random.choice(["plain", "gzip", "chunked", "until closed"])
        if reply.status != 200 or reply.body is None or reply.headers or way == "plain":
            return self._send(reply, peer)
        content = reply.content()
        if way == "gzip":
            return peer.answer(200, gzip.compress(content), Content_Encoding="gzip")
        if way == "chunked":
            return peer.raw(CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts(content)) + b"0\r\n\r\n")
        peer.raw(HEAD + b"Connection: close\r\n\r\n" + content)
        return peer.hang_up()
