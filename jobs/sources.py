"""Connectors by kind."""

from pathlib import Path

from connector.contract import Connector
from connector.files import FilesConnector

KINDS = ("files",)


def connector_of(kind: str, path: Path) -> Connector:
    """A connector of a kind. Raises KeyError for one that there is not."""
    return {"files": FilesConnector}[kind](path)
