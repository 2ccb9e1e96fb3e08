"""The kind `postcodes`: districts and wards of postcodes, from the ONS Postcode Directory or from postcodes.io."""

from pathlib import Path

from pydantic import Field

from connector.http import Window
from connector.http.settings import HttpSettings
from connector.kind import Context, LookupKind
from connector.postcodes.api import PostcodesIo
from connector.postcodes.directory import Directory
from connector.postcodes.lookup import Postcodes

API = "https://api.postcodes.io"


class PostcodesSettings(HttpSettings):
    """Where postcodes are looked up."""

    url: str | None = Field(None, description=f"the address of postcodes.io, {API}, or of a copy of your own")
    directory: Path | None = Field(None, description="the ONS Postcode Directory, a CSV file or its ZIP")
    window_requests: int = Field(600, ge=1, description="how many requests the service is asked in a window, as in 600")
    window_seconds: float = Field(60.0, gt=0, description="the window's length in seconds, as in 60")
    keep_days: int = Field(365, ge=1, description="after how many days a postcode is asked about again, as in 365")
    per_run: int = Field(100_000, ge=1, description="about how many postcodes a sync asks at most, as in 100000; the next one goes on")


def _open(settings: PostcodesSettings, context: Context) -> Postcodes:
    """With a directory alone, nothing goes out of the house."""
    directory = Directory(context.folder / settings.directory.expanduser()) if settings.directory else None
    url = settings.url or (None if directory else API)
    options = settings.door_options(context, [Window(settings.window_requests, settings.window_seconds)])
    return Postcodes(directory, PostcodesIo(url, context.connection, options) if url else None)


KIND = LookupKind(PostcodesSettings, _open, "postcodes.io or the ONS Postcode Directory: the district and ward of postcodes")
