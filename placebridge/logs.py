"""Logs (replaced at merge)."""


def configure(form: str) -> None:
    """Nothing yet."""
