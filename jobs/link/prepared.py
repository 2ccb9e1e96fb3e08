"""A business record made ready for comparing, and what all records together say about its parts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jobs.link.records import BusinessRecord, Key
from mappings.company_numbers import company_number
from mappings.contact_points import (
    is_role_mailbox,
    mail_address,
    mail_domain,
    outward_code,
    own_domain,
    phones,
    postcode,
    postcode_area,
    shared_page,
    web_host,
)
from mappings.names import acronym, business_name, parse_business_name
from mappings.names_text import fold, word_set

NOTHING: frozenset[str] = frozenset()
"""The one empty set of all records: one of its own takes 216 bytes, and most records have several."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record in normal forms."""

    key: Key
    name: str
    compact: str
    words: tuple[str, ...]
    other_names: frozenset[str]
    site: str
    registered_form: bool
    acronyms: frozenset[str]
    typed: str
    charity: str
    linked: str
    postcode: str
    outward: str
    area: str
    address: str
    address_number: str
    town: str
    domains: frozenset[str]
    mail: str
    own_mail: bool
    phones: frozenset[str]


def prepare(record: BusinessRecord, linked: str = "") -> Prepared:
    """The record in normal forms; `linked` is the company number it was linked to."""
    parsed = parse_business_name(record.name, record.town)
    others = {business_name(text) for text in (record.trading_name, *record.previous_names)} | set(parsed.all)
    code = postcode(record.postcode)
    mail = mail_address(record.email)
    hosts = {own_domain(web_host(record.website)), shared_page(record.website), own_domain(mail_domain(record.email))}
    address = fold(record.address)
    return Prepared(
        key=record.key,
        name=parsed.legal,
        compact=parsed.legal.replace(" ", ""),
        words=tuple(parsed.legal.split()),
        other_names=frozenset(name.replace(" ", "") for name in others if name and name != parsed.legal) or NOTHING,
        site=parsed.site,
        registered_form=parsed.registered_form,
        acronyms=_acronyms(parsed.legal, record.name),
        typed=company_number(record.company_number) or "",
        charity="".join(c for c in record.charity_number if c.isdigit()).lstrip("0"),
        linked=linked,
        postcode=code,
        outward=outward_code(code or record.postcode),
        area=postcode_area(code or record.postcode),
        address=address,
        address_number=next((word for word in address.split() if word[0].isdigit()), ""),
        town=fold(record.town),
        domains=frozenset(host for host in hosts if host) or NOTHING,
        mail=mail,
        own_mail=bool(mail) and not is_role_mailbox(mail),
        phones=frozenset(phones(record.phone)) or NOTHING,
    )


def _acronyms(name: str, text: str) -> frozenset[str]:
    """First letters with and without the legal form's, for names of two words and more."""
    if len(name.split()) < 2:
        return NOTHING
    short = acronym(name)
    return frozenset({short, short + "l", short + "p", acronym(fold(text)), acronym(fold(text).removeprefix("the "))})


@dataclass(slots=True)
class Corpus:
    """How common each part is among the records: a phone that five names share says less than one of a single name."""

    records: int
    words: Counter[str] = field(default_factory=Counter)
    names_at: Mapping[str, int] = field(default_factory=dict)
    towns: frozenset[str] = frozenset()
    places_of_name: Mapping[str, int] = field(default_factory=dict)
    aliases: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_rare(self, word: str) -> bool:
        """Whether few names have the word."""
        return self.words[word] <= max(3, self.records // 4000)


def corpus(prepared: Sequence[Prepared], also_known: Iterable[tuple[str, str]] = ()) -> Corpus:
    """Counts over all records; `also_known` adds pairs of compact names known to be one business's."""
    names_at: dict[str, set[str]] = defaultdict(set)
    places: dict[str, set[str]] = defaultdict(set)
    words: Counter[str] = Counter()
    distinct: set[str] = set()
    for one in prepared:
        for point in points_of_contact(one):
            names_at[point].add(one.compact)
        if one.area:
            places[one.compact].add(one.area)
        if one.compact not in distinct:
            distinct.add(one.compact)
            words.update(set(one.words))
    return Corpus(
        records=len(prepared),
        words=words,
        names_at={point: len(names) for point, names in names_at.items()},
        towns=frozenset(word for one in prepared for word in one.town.split()) - word_set("weak_words"),
        places_of_name={name: len(areas) for name, areas in places.items()},
        aliases=_aliases(prepared, also_known),
    )


def points_of_contact(one: Prepared) -> Iterable[str]:
    """Domain, mail address, phones and postcode, each marked with its kind."""
    yield from (f"d:{domain}" for domain in one.domains)
    yield from (f"t:{number}" for number in one.phones)
    if one.mail:
        yield f"m:{one.mail}"
    if one.postcode:
        yield f"p:{one.postcode}"


def _aliases(prepared: Sequence[Prepared], also_known: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """What one record tells of two names ('Cox Foods t/a Cream House') holds for the others, unless the name is many firms'."""
    found: dict[str, set[str]] = defaultdict(set)
    told = [(one.compact, other) for one in prepared for other in sorted(one.other_names)]
    for left, right in [*told, *also_known]:
        if left != right:
            found[left].add(right)
            found[right].add(left)
    return {name: frozenset(others) for name, others in found.items() if len(others) <= 6}
