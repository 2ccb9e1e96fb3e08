"""A setting that holds a proxy's address: a secret, as it may hold a password."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from connector.contract import StopConnection
from connector.http import Proxy


def _usable(address: SecretStr) -> SecretStr:
    if address.get_secret_value():
        try:
            Proxy.of(address.get_secret_value())
        except StopConnection:
            raise ValueError("cannot be used; write one like http://proxy.council.gov.uk:3128") from None
    return address


ProxyAddress = Annotated[SecretStr, AfterValidator(_usable)]
