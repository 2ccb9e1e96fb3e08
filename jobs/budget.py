"""The rate budget of a connection, shared by all its workers through the database."""

from collections.abc import Sequence

from connector.http import Budget, Window
from store.budget import SharedBudget, Span
from store.database import Database


def shared_budget(store: Database, connection: str, windows: Sequence[Window]) -> Budget:
    """A budget for these windows. In a rehearsal what it counts is undone with all else."""
    return SharedBudget(store, connection, [Span(window.requests, window.seconds) for window in windows])
