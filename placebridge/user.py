"""Who gives a command, for the audit."""

import getpass


def user() -> str:
    """The name of the system's user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
