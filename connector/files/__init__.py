"""The `files` connector: CSV, TSV and XLSX exports in a folder."""

from connector.files.connector import FilesConnector
from connector.files.peeking import Table, peek

__all__ = ["FilesConnector", "Table", "peek"]
