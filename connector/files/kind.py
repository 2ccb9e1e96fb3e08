"""The kind `files`: a folder of exports."""

from pathlib import Path

from pydantic import Field

from connector.files.connector import FilesConnector
from connector.kind import Context, Kind, KindSettings


class FilesSettings(KindSettings):
    """Where the exports are."""

    path: Path = Field(description="the folder that holds the exports")


def _open(settings: FilesSettings, context: Context) -> FilesConnector:
    return FilesConnector(context.folder / settings.path.expanduser())


KIND = Kind(FilesSettings, _open, "a folder of exports: CSV, TSV and XLSX")
