"""The settings of the review page: PLACEBRIDGE_REVIEW__ and a name."""

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connector.contract import StopConnection
from connector.http.hosts import Origin


class ReviewSettings(BaseModel):
    """Where the page is."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(default="", description="the page's address, as in https://placebridge.council.gov.uk")
    """For links in mail; without it, mail holds none."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        if url:
            try:
                Origin.of(url)
            except StopConnection:
                raise ValueError("cannot be used; write an address that begins with https:// (http:// only to this machine)") from None
        return url.rstrip("/")
