"""Which words of a sentence are a name, a post or a venue. 'Head of Skills' and 'at the health centre' are no themes."""

from collections.abc import Iterable, Mapping
from typing import Final

from mappings.note_words import Sentence, Words
from mappings.phrase_finder import Hit
from mappings.phrase_syntax import split_list

CUES: Final = ("neutral", "title_heads", "met")
VENUES: Final = ("venue_preps", "venue_meetings", "venue_nouns", "venue_determiners")
WORDS: Final = ("title_tails", "departments", "company_tails", "place_tails", "stops", *VENUES)
LONGEST = 5
VENUE = 3
NEAR = 8


class Names:
    """The words for names in phrases.yaml."""

    def __init__(self, shared: Mapping[str, str], words: Words) -> None:
        self._words = {name: frozenset(words.stem(word) for word in split_list(shared[name])) for name in WORDS}

    def covered(self, sentence: Sentence, cues: Iterable[Hit[str]]) -> set[int]:
        """Places of words that are part of a name, a post or a venue."""
        covered: set[int] = set()
        met: list[int] = []
        for hit in cues:
            if hit.key == "met":
                met.append(hit.last)
            elif hit.key in CUES:
                covered.update(range(hit.first, self._after_title(sentence, hit.last) if hit.key == "title_heads" else hit.last))
        for at, word in enumerate(sentence.stems):
            if word in self._words["title_tails"]:
                covered.update(self._post(sentence, at))
            if word in self._words["company_tails"]:
                covered.update(self._company(sentence, at))
            if word in self._words["place_tails"] and sentence.is_capital(at):
                covered.update(self._capitals_before(sentence, at))
            if word in self._words["venue_preps"] or (word in self._words["venue_meetings"] and any(0 <= at - end <= NEAR for end in met)):
                covered.update(self._venue(sentence, at))
        return covered

    def _after_title(self, sentence: Sentence, at: int) -> int:
        while at < len(sentence.stems) and sentence.stems[at] in self._words["departments"]:
            at += 1
        return at

    def _post(self, sentence: Sentence, at: int) -> range:
        """'Skills and training officer': words of departments before the word of a post."""
        first = at
        while first > 0 and sentence.stems[first - 1] in self._words["departments"]:
            first -= 1
        return range(first, at + 1) if first < at else range(0)

    def _company(self, sentence: Sentence, at: int) -> range:
        """'Green energy supplies ltd': what stands before 'ltd', up to a word that joins sentences."""
        first = at
        while first > max(0, at - LONGEST) and sentence.stems[first - 1] not in self._words["stops"]:
            first -= 1
        return range(first, at + 1)

    def _capitals_before(self, sentence: Sentence, at: int) -> range:
        """'Digital Innovation Centre', 'Innovation Way': capitals before the word of a place."""
        first = at
        while first > max(0, at - LONGEST) and sentence.is_capital(first - 1) and sentence.stems[first - 1] not in self._words["stops"]:
            first -= 1
        return range(first, at + 1) if first < at else range(0)

    def _venue(self, sentence: Sentence, at: int) -> range:
        """'at the skills centre': from a word of place to the noun of a venue, with few words between."""
        first = at + 1
        if first < len(sentence.stems) and sentence.stems[first] in self._words["venue_determiners"]:
            first += 1
        for place in range(first, min(first + VENUE, len(sentence.stems))):
            if sentence.stems[place] in self._words["stops"]:
                break
            if sentence.stems[place] in self._words["venue_nouns"]:
                return range(first, place + 1)
        return range(0)
