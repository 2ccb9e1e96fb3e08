"""The settings that every connection over HTTP has, and the door's options that they make."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from connector.http.budget import Window
from connector.http.proxy import Proxy
from connector.http.session import Options
from connector.kind import Context, KindSettings


class HttpSettings(KindSettings):
    """How a connection gets out of the council's network, and when its secret ends."""

    proxy: str | None = Field(None, description="the proxy's address, as in http://proxy.council.gov.uk:3128")
    no_proxy: str = Field("", description="hosts that are reached without the proxy, parted by commas")
    ca_bundle: Path | None = Field(None, description="a PEM file of CAs to trust beside the public ones")
    secret_expires: date | None = Field(None, description="the day on which the secret ends, as in 2027-03-31")

    def door_options(self, context: Context, windows: Sequence[Window], **more: Any) -> Options:
        """The door's options. Raises StopConnection for a proxy that cannot be used."""
        proxy = Proxy.of(self.proxy, self.no_proxy) if self.proxy else None
        bundle = context.folder / self.ca_bundle.expanduser() if self.ca_bundle else None
        return Options(budget=context.budget(windows), proxy=proxy, ca_bundle=bundle, clock=context.clock, **more)
