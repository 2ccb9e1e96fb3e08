"""Which records are compared at all: those that share a key which few share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from jobs.link.prepared import Corpus, Prepared

BLOCK = 40
"""A key that more records share finds no pairs by itself; it is narrowed by place, and then given up."""


def candidates(prepared: Sequence[Prepared], corpus: Corpus) -> Iterator[tuple[int, int]]:
    """Pairs of positions, the smaller first, in order."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(prepared):
        for key in set(_keys(one, corpus)):
            blocks[key].append(position)
    return pairs_within(block for shared in blocks.values() for block in _narrowed(shared, prepared))


def pairs_within(blocks: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    """Each pair of positions that some block holds, once and in order. `blocks` hold positions in order, and are used up.

    A record's partners are found when its turn comes, so that the pairs, which are many, are never held all at once."""
    of: dict[int, list[list[int]]] = defaultdict(list)
    for block in blocks:
        if len(block) > 1:
            for position in block:
                of[position].append(block)
            block.reverse()
    for position in sorted(of):
        partners: set[int] = set()
        for block in of.pop(position):
            block.pop()  # itself: those before it have gone already
            partners.update(block)
        for partner in sorted(partners):
            yield position, partner


def _narrowed(block: list[int], prepared: Sequence[Prepared]) -> Iterator[list[int]]:
    """The block, or when too many share it, its parts by postcode district and by contact."""
    if len(block) <= BLOCK:
        yield block
        return
    parts: dict[str, list[int]] = defaultdict(list)
    for position in block:
        one = prepared[position]
        for part in {one.outward, *one.domains, one.mail, *one.phones, one.address and f"{one.address}|{one.compact[:3]}"} - {""}:
            parts[part].append(position)
    yield from (part for _, part in sorted(parts.items()) if 1 < len(part) <= BLOCK)


def _keys(one: Prepared, corpus: Corpus) -> Iterator[str]:
    names = {one.compact, *one.other_names, *corpus.aliases.get(one.compact, ())} - {""}
    yield from (f"name {name}" for name in names)
    yield from (f"number {number}" for number in {one.typed, one.linked} - {""})
    yield from (f"domain {domain}" for domain in one.domains)
    yield from (f"phone {number}" for number in one.phones)
    if one.charity:
        yield f"charity {one.charity}"
    if one.mail:
        yield f"mail {one.mail}"
    if one.postcode:
        yield f"postcode {one.postcode}"
    if one.address and one.address_number:
        yield f"address {one.address} {one.area}"
    elif one.address:
        yield f"address {one.address} {one.compact[:2]}"
    yield from _name_and_place(one, corpus)


def _name_and_place(one: Prepared, corpus: Corpus) -> Iterator[str]:
    """Parts of a name that survive a typo, alone when long and with a place when short."""
    yield f"start {one.compact[:8]}"
    yield f"end {one.compact[-8:]}"
    rare = sorted(one.words, key=lambda word: (corpus.words[word], word))[:2]
    if rare:
        yield f"word {rare[0]}"
        yield f"words {' '.join(sorted(rare))}"
    for place in {one.outward, one.town} - {""}:
        yield f"start {one.compact[:4]} {place}"
        yield from (f"word {word} {place}" for word in rare)
        yield from (f"acronym {short} {place}" for short in {*one.acronyms, one.compact} if len(short) <= 7)
