"""Whether a read tells of no id twice, as nearly every read does: then nothing is to be looked for that stands twice."""

from collections.abc import Sequence

MOST = 250_000
"""Ids that are remembered: some 30 MB. Of a larger read the database is asked."""


class Once:
    """What a read tells of. `sure` once and for all becomes False where an id comes again, or there are too many to remember."""

    def __init__(self, sure: bool) -> None:
        """`sure`: False for a read that goes on, of whose first pages nothing is known any more."""
        self.sure = sure
        self._told: set[str] = set()

    def tell(self, ids: Sequence[str]) -> None:
        """Ids of the read, each as often as it comes."""
        if not self.sure:
            return
        expected = len(self._told) + len(ids)
        self._told.update(ids)
        if not len(self._told) == expected <= MOST:
            self.sure = False
            self._told.clear()
