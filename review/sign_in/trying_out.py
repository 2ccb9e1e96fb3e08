"""The account for trying out: a code that `placebridge review` prints, on this machine only. It is off where a provider is set."""

import secrets

from review.page import Ask
from review.roles import Role, User


def is_right(ask: Ask, code: str) -> bool:
    """Whether it is the code that was printed."""
    wanted = ask.site.try_out_code
    return wanted is not None and secrets.compare_digest(
        code.replace("-", "").replace(" ", "").lower().encode(), wanted.replace("-", "").encode()
    )


def user_of(role: str) -> User | None:
    """Somebody in that role, with an officer's as well where it is an admin's."""
    if role not in set(Role):
        return None
    return User(f"trying-out-{role}", f"Trying out as {role}", frozenset({Role(role)}))


def new_code() -> str:
    """A code that can be typed, and not guessed: 60 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))
