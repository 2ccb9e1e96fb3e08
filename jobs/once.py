"""Whether a read tells of no id twice, as nearly every read does, and of its rows in the order of their ids, as many do: then nothing is to
be looked for that stands twice, and nothing to be sorted."""

from collections.abc import Sequence

MOST = 250_000
"""Ids that are remembered: some 30 MB. Of a larger read the database is asked."""


class Once:
    """What a read tells of. `sure` once and for all becomes False where an id comes again, or there are too many to remember."""

    def __init__(self, sure: bool) -> None:
        """`sure`: False for a read that goes on, of whose first pages nothing is known any more."""
        self.sure = sure
        self.rising = sure
        """Each row's id is higher than the one before."""
        self._told: set[str] = set()
        self._last = ""

    def tell_rows(self, ids: Sequence[str]) -> None:
        """`tell`, for rows in their order."""
        if self.rising and ids:
            self.rising = self._last < ids[0] and list(ids) == sorted(ids)
            self._last = ids[-1]
        self.tell(ids)

    def tell(self, ids: Sequence[str]) -> None:
        """Ids of the read, each as often as it comes."""
        if not self.sure:
            return
        expected = len(self._told) + len(ids)
        self._told.update(ids)
        if not len(self._told) == expected <= MOST:
            self.sure = self.rising = False
            self._told.clear()
