"""Searches have a limit of their own beside the account's (HubSpot, "Search the CRM": five requests a second for the whole account)."""

from collections.abc import Iterator
from contextlib import contextmanager

from connector.http.budget import Budget


class SearchBudget:
    """One worker's view of two shared budgets: every request takes from the account's, a search from the searches' first.

    What a search took when the account's refuses stays taken: that costs at most a second, and the account's own budget is never
    charged for nothing."""

    def __init__(self, account: Budget, searches: Budget) -> None:
        self._account, self._searches, self._searching = account, searches, False

    @contextmanager
    def searching(self) -> Iterator[None]:
        """What is asked meanwhile is a search."""
        self._searching = True
        try:
            yield
        finally:
            self._searching = False

    def take(self, now: float) -> float:
        return (self._searches.take(now) if self._searching else 0.0) or self._account.take(now)

    def hold(self, until: float) -> None:
        if self._searching:
            self._searches.hold(until)
        self._account.hold(until)
