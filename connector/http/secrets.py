"""A value that nobody sees by accident: not in a log, a message, a traceback or a debugger's list of locals."""

import hmac
from base64 import b64encode
from typing import NoReturn

from connector.contract import StopConnection


class Secret:
    """A token, password or whole header value. Only `reveal` gives it, and only the lines that put it on the wire call that."""

    __slots__ = ("_value",)

    def __init__(self, value: str, name: str = "secret") -> None:
        """`name` is what an admin calls it, for the message.

        Raises StopConnection when it is empty or could not stand in a header (RFC 9110 5.5): a pasted line break, a curly quote."""
        if not value:
            raise StopConnection(f"the {name} is empty; write it into the connection's settings")
        if not value.isascii() or not value.isprintable() or value != value.strip():
            raise StopConnection(
                f"the {name} has a line break, an outer space or a letter that no header may hold; copy it again from where it was issued"
            )
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value, other._value)

    def __hash__(self) -> int:
        return hash(self._value)

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")


def basic(user: str, password: str, name: str = "password") -> Secret:
    """The header value of Basic authentication (RFC 7617), in UTF-8.

    Raises StopConnection when both are empty."""
    if not user and not password:
        raise StopConnection(f"the user name and {name} are empty; write them into the connection's settings")
    return Secret(f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}", name)
