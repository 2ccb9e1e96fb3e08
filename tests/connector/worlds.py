"""A connector's world over HTTP: its stand-in on loopback, behind a layer that can make it misbehave. One adapter for the conformance
suite and for the hostile seeds."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from connector.conformance import World
from connector.contract import Connector
from connector.kind import Context, Kind
from connector.kinds import OURS
from tests.connector.hostile.bends import Bends
from tests.connector.hostile.layer import Layer
from tests.connector.http.servers import HurriedClock, Server
from tests.connector.sites import Site

WITHOUT_HTTP = {"files"}


class HttpWorld(World):
    """What an adapter of ours gives: the kind, a site, the settings, and how the pages bend. `self.clock` and `self.server` are there
    when `settings` is asked, `self.site` is the stand-in."""

    kind: ClassVar[Kind[Any]]
    bends: ClassVar[Bends] = Bends()
    options: ClassVar[Mapping[str, object]] = {}

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, HurriedClock()
        self.other = Server(lambda asked, peer: peer.answer(200, {}))
        """A host that nothing may be sent to."""
        self.site = self.make_site(self.clock)
        self.layer = Layer(self.site, self.clock, self.bends, self.other.url)
        self.server = Server(self.layer)

    @abstractmethod
    def make_site(self, clock: HurriedClock) -> Site:
        """The stand-in, empty, with a page size of 3. If it has a method `expire_tokens`, that is called when a token is to be refused."""

    @abstractmethod
    def settings(self) -> dict[str, object]:
        """The settings of a connection to `self.server.url`."""

    def connector(self) -> Connector:
        settings = self.kind.settings(**self.settings())
        return self.kind.open(settings, Context("council", self.folder, self.options, clock=self.clock))

    def advance(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    def requests(self) -> Sequence[bytes]:
        return [asked.raw for asked in self.server.asked]

    def close(self) -> None:
        self.server.close()
        self.other.close()


def worlds() -> dict[str, type[HttpWorld]]:
    """The worlds of our connectors over HTTP (tests/connector/NAME/adapter.py, or world.py, holds it as WORLD) and of the example that
    is given to others."""
    found = {"example": import_module("tests.connector.example").WORLD}
    for name in OURS:
        modules = [f"tests.connector.{name}.{module}" for module in ("adapter", "world")]
        held = [getattr(import_module(module), "WORLD", None) for module in modules if _is_there(module)]
        found.update((name, world) for world in held if world)
    return found


def _is_there(module: str) -> bool:
    return bool(find_spec(module.rpartition(".")[0]) and find_spec(module))
