"""What is asked, and what comes back. Neither shows values when printed."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from connector.http.content import Content
from connector.http.secrets import Secret

REPEATABLE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
"""Methods that may be sent twice without harm (RFC 9110 9.2.2)."""


@dataclass(frozen=True)
class Call:
    """One request."""

    url: str = field(repr=False)
    """Absolute, or relative to the door's base. Never holds a secret."""
    what: str
    """For messages and logs: a table, an endpoint or an id; no other value of a row."""
    method: str = "GET"
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Added to the address's query, in this order."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Beyond Accept, Accept-Encoding and User-Agent. No sign-in: that is the door's."""
    json: object = field(default=None, repr=False)
    """The body, as JSON; None for none."""
    form: Mapping[str, str | Secret] | None = field(default=None, repr=False)
    """The body, as a form; what a sign-in sends."""
    body: bytes | None = field(default=None, repr=False)
    """The body as it is, where its very bytes count (a signature over them); its Content-Type is for `headers`."""
    expects: Content = Content.JSON
    accept: Collection[int] = ()
    """Statuses beyond 2xx that are answers and no faults: {404} where not to be there is news."""
    repeatable: bool | None = None
    """Whether it may be sent twice; None goes by the method. True for a POST that only searches."""
    one_record: bool = False
    """It is about a single record: what the service refuses about it skips that record (SkipRecord) and stops nothing."""

    def may_repeat(self) -> bool:
        """Whether it may be sent again when nobody knows what became of it."""
        return self.method in REPEATABLE if self.repeatable is None else self.repeatable

    def mark(self) -> bytes:
        """Equal for equal requests; 16 bytes, whatever their size."""
        asked = (self.method, self.url, self.params, sorted(self.headers.items()), self.json, self.body)
        return hashlib.blake2b(repr(asked).encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    url: str = field(repr=False)
    """Where it came from, after redirects: what a relative link in it is relative to."""
    headers: Mapping[str, str] = field(repr=False)
    """Names in any case."""
    body: bytes = field(repr=False)
    """Decompressed."""
    data: object = field(default=None, repr=False)
    """The JSON value; None for no content, for another kind, and for a refusal that is no JSON."""
