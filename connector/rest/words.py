"""What a field map may say under `connector:` for a REST API. These words are a contract: docs/rest.md has them all.

A YAML scalar comes as text, so `50` and `yes` are read here. Whatever is not understood is one message that names its path."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connector.rest.columns import Path
from connector.rest.template import Template


def _zone(text: object) -> ZoneInfo:
    try:
        return text if isinstance(text, ZoneInfo) else ZoneInfo(str(text))
    except (KeyError, ValueError, OSError):
        raise ValueError("is no time zone; write one like Europe/London or UTC") from None


def _flag_words(found: object) -> object:
    """One word may stand without brackets."""
    return [found] if isinstance(found, str) else found


def _order(found: object) -> object:
    if isinstance(found, Mapping) or found in (None, "kept"):
        return found
    raise ValueError("is neither kept nor parameters; write the parameters that order the rows, or kept")


def _total(found: object) -> object:
    return found if found is None or isinstance(found, Mapping | Total) else Path.read(found)


def _named(found: object) -> object:
    """`sign_in: bearer` is short for `sign_in: {by: bearer}`."""
    return {"by": found} if isinstance(found, str) else found


Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Text = Annotated[str, Field(min_length=1)]
Where = Annotated[Path, BeforeValidator(Path.read)]
Filled = Annotated[Template, BeforeValidator(Template.read)]
Body = Annotated[Template, BeforeValidator(lambda found: Template.read({"json": found} if isinstance(found, str) else found))]
Params = dict[str, Filled]
Words = Annotated[list[str], BeforeValidator(_flag_words)]


class Part(BaseModel):
    """A mapping of the YAML. A word that is not known is a mistake."""

    # A part's own checker is made when that part is read alone: made one by one as they are defined, they take 20 ms of each command.
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


class SignIn(Part):
    """How the connection says who it is. The secrets themselves are settings, never YAML."""

    by: Literal["none", "bearer", "basic", "header", "oauth"]
    name: Text | None = None
    """header: which one."""
    value: Text = "{token}"
    """header: what stands in it, with {token}, {user} and {password} for the settings of those names."""
    token_url: Text | None = None
    """oauth: where tokens are issued (client credentials, RFC 6749 4.4), absolute or relative to `base`."""
    scope: str = ""

    @model_validator(mode="after")
    def _whole(self) -> "SignIn":
        _need(self, self.by, {"header": ("name",), "oauth": ("token_url",)})
        _only(self, self.by, {"name": "header", "value": "header", "token_url": "oauth", "scope": "oauth"})
        if not any(place in self.value for place in ("{token}", "{user}", "{password}")):
            raise ValueError("value: holds none of {token}, {user} and {password}; secrets belong in the connection's settings, not here")
        return self


class Window(Part):
    """At most so many requests in so many seconds."""

    requests: int = Field(ge=1)
    seconds: float = Field(gt=0)


class Paging(Part):
    """How one page follows another."""

    by: Literal["none", "next", "link", "page", "offset", "cursor"]
    """none: one answer holds all. next: a link in the answer. link: the header Link (RFC 8288, rel=next)."""
    size: int = Field(100, ge=1)
    """Rows to ask for at a time."""
    size_param: Text | None = None
    param: Text | None = None
    """page, offset, cursor: the parameter that says where to go on."""
    first: int = Field(1, ge=0)
    """page: the first page's number."""
    at: Where | None = None
    """next, cursor: where in the answer the next link or cursor is."""
    more: Where | None = None
    """Where in the answer it is said whether there is more."""

    @model_validator(mode="after")
    def _whole(self) -> "Paging":
        _need(self, self.by, {"next": ("at",), "cursor": ("at",)})
        _only(self, self.by, {"at": "next, cursor", "param": "page, offset, cursor", "first": "page", "more": "page, offset, cursor"})
        return self


class Total(Part):
    """Where a header tells how many rows there are."""

    header: Text


class Fields(Part):
    """How the columns that are wanted are asked for."""

    param: Text | None = None
    style: Literal["repeated", "joined", "json"] = "joined"
    """repeated: `f=a&f=b`. joined: `fields=a,b`. json: `fields=["a","b"]`."""
    separator: Text = ","
    nested: bool = False
    """Yes: `address.town` is asked for as it is; no: only `address` is."""
    also: Words = []
    """Names to ask for beside the columns."""


class Asking(Part):
    """One kind of request and where its answer has what is wanted."""

    method: Literal["GET", "POST"] | None = None
    """POST where a body is given, unless said otherwise."""
    params: Params = {}
    body: Body | None = None
    order: Annotated[Params | Literal["kept"] | None, BeforeValidator(_order)] = None
    """The parameters that order the rows by something that never changes; `kept` where the API does so unasked."""
    rows: Where = Path()
    inside: Where = Path()
    """Where in a row its columns are: `attributes` for JSON:API. What is not there is looked for in the row itself."""
    total: Annotated[Path | Total | None, BeforeValidator(_total)] = None
    paging: Paging | None = None


class Changed(Part):
    """How to ask for the rows that changed since a time: these parameters and this body take the place of those of the same name."""

    params: Params = {}
    body: Body | None = None
    format: Text = "iso"
    """iso, seconds or millis since 1970, tryton, or a pattern like `%Y-%m-%d %H:%M:%S`."""
    zone: Zone = ZoneInfo("UTC")
    lookback: int = Field(10, ge=0)
    """Minutes to read again, for what was being saved while it was read."""

    @model_validator(mode="after")
    def _whole(self) -> "Changed":
        if not any("since" in template.places for template in (*self.params.values(), *filter(None, [self.body]))):
            raise ValueError("holds {since} nowhere; write it where the time belongs")
        if "%" not in self.format and self.format not in {"iso", "seconds", "millis", "tryton"}:
            raise ValueError(f"format: is {shown(self.format)}; write iso, seconds, millis, tryton or a pattern like %Y-%m-%d %H:%M:%S")
        return self


class Deleted(Asking):
    """How it is found out what is no longer there. Unless said otherwise: the ids of all there is are read each time."""

    by: Literal["sweep", "flag", "list"]
    """sweep: read all ids. flag: a column of the rows says so. list: the API lists deletions since a time."""
    path: Text | None = None
    """sweep, list: the address to ask, where it is not that of the rows."""
    column: Where | None = None
    """flag: the column."""
    values: Words = ["true", "1", "yes"]
    """flag: the words in it that mean deleted."""
    id: Where | None = None
    """list: where in a row the id is."""
    format: Text | None = None
    zone: Zone | None = None
    keeps: Annotated[int, Field(ge=1)] | None = None
    """list: for how many days deletions are listed; after a longer pause everything is read."""

    @model_validator(mode="after")
    def _whole(self) -> "Deleted":
        _need(self, self.by, {"flag": ("column",), "list": ("path", "id")})
        _only(self, self.by, {"column": "flag", "values": "flag", "path": "sweep, list", "id": "list", "keeps": "list"})
        _only(self, self.by, dict.fromkeys((*(name for name in Asking.model_fields if name != "params"), "format", "zone"), "sweep, list"))
        return self


class Block(Asking):
    """What a block says; the same words at the top are said for all blocks."""

    fields: Fields | None = None
    changed: Changed | None = None
    deleted: Annotated[Deleted, BeforeValidator(_named)] | None = None
    times: Zone | None = None
    """The zone of times that come without one."""


class Who(Part):
    """A request that says who is signed in; for `check`."""

    path: Text
    name: Where


class Top(Block):
    """What `connector:` at the top of the field map says."""

    base: Text | None = None
    sign_in: Annotated[SignIn, BeforeValidator(_named)]
    headers: dict[str, str] = {}
    limits: list[Window] = []
    hosts: list[str] = []
    """Further hosts that a next link may lead to."""
    who: Who | None = None

    @model_validator(mode="after")
    def _no_secrets(self) -> "Top":
        if any(name.lower() in {"authorization", "proxy-authorization", "cookie"} for name in self.headers):
            raise ValueError("headers: holds a sign-in; that is for sign_in, and the secret belongs in the connection's settings")
        return self


def shown(value: object) -> str:
    """A word of the YAML as a message shows it."""
    if not isinstance(value, str):
        return "no single word"
    return repr(value) if len(value) <= 40 else "too long"


def _need(part: Part, by: str, needed: Mapping[str, tuple[str, ...]]) -> None:
    for name in needed.get(by, ()):
        if getattr(part, name) is None:
            raise ValueError(f"{name}: is missing; by: {by} needs it")


def _only(part: Part, by: str, allowed: Mapping[str, str]) -> None:
    for name, kinds in allowed.items():
        if name in part.model_fields_set and by not in kinds.split(", "):
            raise ValueError(f"{name}: belongs to by: {kinds}; leave it out with by: {by}")


def merged(top: Top, block: Block) -> dict[str, Any]:
    """What holds for a block: its own words, and the top's for all that it leaves out. Parameters of both are sent."""
    said = {name: getattr(part, name) for part in (top, block) for name in Block.model_fields if name in part.model_fields_set}
    return said | {"params": {**top.params, **block.params}}


