"""Why a read begins anew: what its first page bears."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from connector.contract import Page


def noted(pages: Iterator[Page], notes: Sequence[str]) -> Iterator[Page]:
    """The same pages. If there are notes, they go with the first of them, and it says that what was read before is void."""
    left = list(notes)

    def page(found: Page) -> Page:
        if not left:
            return found
        said = [*left, *found.notes]
        left.clear()
        return replace(found, notes=said, restarted=True)

    return map(page, pages)
