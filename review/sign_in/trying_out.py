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


SIGN_IN = "trying-out-"
"""What the sign-ins of those who try it out begin with. None of them counts where a provider is set."""


def user_of(role: str) -> User | None:
    """Somebody in that role."""
    if role not in set(Role):
        return None
    return User(f"{SIGN_IN}{role}", f"Trying out as {role}", frozenset({Role(role)}))


def new_code() -> str:
    """A code that can be typed, and not guessed: 60 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))
