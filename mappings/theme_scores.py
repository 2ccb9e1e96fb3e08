"""Adds up what the words of a note say for each theme, and keeps the themes that earned enough."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

WEIGHTS: Final = {"strong": 3.0, "fair": 2.0, "weak": 1.0}
ENOUGH = 2.0
ENOUGH_BESIDE_ANOTHER = 3.0
SHARE_OF_BEST = 0.5
ENOUGH_AFTER_REFUSAL = 3.0
FOR_CORRESPONDENCE = 1.5
IN_CORRESPONDENCE = 0.5
COUNTED = 3
MOST = 3


class Scores:
    """The evidence for each theme so far."""

    def __init__(self) -> None:
        self.admin = 0
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        self._subject: dict[str, dict[str, float]] = {}
        self._refused: set[str] = set()

    def add(self, theme: str, weight: float, words: str) -> None:
        """Words of the note that speak for a theme."""
        known = self._weights[theme]
        known[words] = max(weight, known.get(words, 0.0))

    def end_of_text(self) -> None:
        """What came before was the subject, which only announces."""
        if not self._subject:
            self._subject = {theme: dict(words) for theme, words in self._weights.items()}

    def refuse(self, themes: Iterable[str], all_before: bool) -> None:
        """These themes are declined: what the subject said of them is void; with `all_before`, everything said until now."""
        for theme in themes:
            self._refused.add(theme)
            for words in self._subject.get(theme, ()):
                self._weights[theme].pop(words, None)
        if all_before:
            self._refused.update(self._weights)
            self._weights.clear()

    def best(self) -> dict[str, tuple[str, ...]]:
        """The themes that earned enough, best first, each with its words."""
        totals = {theme: self._total(theme) for theme in self._weights}
        best = max(totals.values(), default=0.0)
        kept = [theme for theme, total in totals.items() if total >= self._limit(theme, total, best)]
        return {theme: tuple(sorted(self._weights[theme])) for theme in sorted(kept, key=lambda theme: -totals[theme])[:MOST]}

    def _total(self, theme: str) -> float:
        return sum(sorted(self._weights[theme].values(), reverse=True)[:COUNTED])

    def _limit(self, theme: str, total: float, best: float) -> float:
        limit = ENOUGH + min(self.admin, 2) * FOR_CORRESPONDENCE
        if theme in self._refused:
            limit = max(limit, ENOUGH_AFTER_REFUSAL)
        return max(limit, ENOUGH_BESIDE_ANOTHER, best * SHARE_OF_BEST) if total < best else limit
