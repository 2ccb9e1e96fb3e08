"""The settings of the review page: PLACEBRIDGE_REVIEW__ and a name."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _address(url: str) -> str:
    split = urlsplit(url)
    if url and (split.scheme not in {"http", "https"} or not split.hostname or split.query or split.fragment):
        raise ValueError("is no address; write it as in https://placebridge.council.example")
    return url.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]


class ReviewSettings(BaseModel):
    """Where the site listens and how people reach it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    host: str = Field(default="127.0.0.1", min_length=1, description="the address to listen on, as in 127.0.0.1")
    port: int = Field(default=8085, ge=1, le=65535, description="a port from 1 to 65535")
    url: Address = Field(default="", description="the address that people use, as in https://placebridge.council.example")
    """With the path under which a proxy serves the site, if any."""
    upload_mb: int = Field(default=50, ge=1, le=2000, description="megabytes of an uploaded file, from 1 to 2000")
    name: str = Field(default="", max_length=80, description="the name of your organisation, as it stands in the header")
