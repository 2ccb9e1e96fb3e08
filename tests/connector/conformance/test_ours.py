"""Each of our connectors over HTTP passes the suite; its world is in tests/connector/NAME/adapter.py."""

from connector.conformance import ConnectorSuite
from tests.connector.worlds import worlds


def _suite(name, world):
    """A class that pytest finds by its name."""
    return type(f"Test{name.capitalize()}", (ConnectorSuite,), {"kind": world.kind, "make": lambda self, folder: world(folder)})


globals().update({f"Test{name.capitalize()}": _suite(name, world) for name, world in worlds().items()})
