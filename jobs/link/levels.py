"""How two records agree, one level for each side of them: the words that points are given to."""

from rapidfuzz.distance import OSA

from jobs.link.prepared import Corpus, Prepared
from jobs.link.weighing import UNKNOWN, Levels
from mappings.company_numbers import one_slip_apart
from mappings.names_text import word_set

SIDES = ("name", "rarity", "number", "postcode", "address", "town", "domain", "mail", "phone", "site", "crm", "form", "crowd")


def levels(a: Prepared, b: Prepared, corpus: Corpus) -> Levels:
    """The level of each of SIDES, 'none' where a record is silent."""
    return by_letters(a, b, corpus, at_sight(a, b, corpus))


def by_letters(a: Prepared, b: Prepared, corpus: Corpus, seen: Levels) -> Levels:
    """The levels, of those seen at sight."""
    return (name_level(a, b, corpus), *seen[1:4], _address(a, b), *seen[5:])


def at_sight(a: Prepared, b: Prepared, corpus: Corpus) -> Levels:
    """The levels but for those that take long, as names and addresses are compared letter by letter: these are UNKNOWN."""
    return (
        UNKNOWN,
        _rarity(a, b, corpus),
        _number(a, b),
        _postcode(a, b),
        UNKNOWN if a.address and b.address else "none",
        _town(a, b),
        _domain(a, b, corpus),
        _mail(a, b, corpus),
        _shared(a.phones, b.phones, "t", corpus),
        _site(a, b),
        "same" if a.key[0] == b.key[0] else "other",
        "both" if a.registered_form and b.registered_form else "one" if a.registered_form or b.registered_form else "none",
        _crowd(a, b, corpus),
    )


def name_level(a: Prepared, b: Prepared, corpus: Corpus) -> str:
    """How the names agree, the strongest first."""
    if not a.compact or not b.compact:
        return "none"
    if a.compact == b.compact:
        return "same"
    if a.compact in b.other_names or b.compact in a.other_names or not a.other_names.isdisjoint(b.other_names):
        return "trading"
    if b.compact in corpus.aliases.get(a.compact, ()):
        return "alias"
    if (len(a.compact) <= 8 and a.compact in b.acronyms) or (len(b.compact) <= 8 and b.compact in a.acronyms):
        return "acronym"
    left, right = _unmatched(a.words, b.words)
    return _by_words(a, b, left, right, corpus)


def _by_words(a: Prepared, b: Prepared, left: list[str], right: list[str], corpus: Corpus) -> str:
    joined_left, joined_right = "".join(left), "".join(right)
    if not left and not right:
        return "typo"
    if _slip(joined_left, joined_right) or _slip(a.compact, b.compact):
        return "typo"
    extra = set(left) | set(right)
    if not left or not right:
        return _extra_level(extra, a, b, corpus)
    ratio = OSA.normalized_similarity(a.compact, b.compact)
    if ratio >= 0.82 and not extra & word_set("group_words") and joined_left[:1] == joined_right[:1]:
        return "near"
    if extra - word_set("weak_words") <= corpus.towns:
        return "sites"
    shared = len(a.words) + len(b.words) - len(left) - len(right)
    if shared and any(corpus.is_rare(word) for word in _common_words(a, b)):
        return "rare word"
    return "some words" if shared >= 3 else "other" if ratio < 0.6 else "similar"


def _extra_level(extra: set[str], a: Prepared, b: Prepared, corpus: Corpus) -> str:
    """One name is the other and something more: what the rest is tells a site, a sister company and a longer name apart."""
    rest = extra - word_set("weak_words")
    if not rest:
        return "and uk"
    if rest <= set(a.town.split()) | set(b.town.split()):
        return "and town"
    if rest & word_set("group_words"):
        return "and group word"
    if rest <= corpus.towns:
        return "and place"
    return "and more"


def _unmatched(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The words of each side without a partner, a slip of the hand aside."""
    rest_left = [word for word in left if word not in right]
    rest_right = [word for word in right if word not in left]
    for word in list(rest_left):
        partner = next((other for other in rest_right if _slip(word, other)), None)
        if partner is not None:
            rest_left.remove(word)
            rest_right.remove(partner)
    return rest_left, rest_right


def _slip(left: str, right: str) -> bool:
    """Whether two words differ by a slip: one edit, two in long ones; never in a number, nor in a word that has a meaning of its own."""
    shorter = min(len(left), len(right))
    allowed = 1 if shorter < 9 else 2
    # The distance first: hardly any two words come so near that the rest is to be asked.
    if shorter < 4 or OSA.distance(left, right, score_cutoff=allowed) > allowed:
        return False
    return _digits(left) == _digits(right) and not {left, right} <= word_set("group_words")


def _digits(text: str) -> list[str]:
    return [c for c in text if c.isdigit()]


def _common_words(a: Prepared, b: Prepared) -> list[str]:
    return [word for word in a.words if word in b.words]


def _rarity(a: Prepared, b: Prepared, corpus: Corpus) -> str:
    """How few names have the rarest word of both."""
    shared = [corpus.words[word] for word in _common_words(a, b)]
    if not shared:
        return "no word"
    rarest = min(shared)
    return "rare" if rarest <= 2 else "uncommon" if rarest <= 6 else "known" if rarest <= 25 else "common"


def _number(a: Prepared, b: Prepared) -> str:
    if a.charity and a.charity == b.charity:
        return "same"
    if a.linked and b.linked:
        return "same" if a.linked == b.linked else "different"
    if a.typed and b.typed:
        return "typed same" if a.typed == b.typed else "typed slip" if one_slip_apart(a.typed, b.typed) else "typed different"
    linked, other = (a, b) if a.linked else (b, a)
    if linked.linked:
        return "typed same" if other.typed == linked.linked else "one"
    return "none"


def _postcode(a: Prepared, b: Prepared) -> str:
    if not a.outward or not b.outward:
        return "none"
    if a.postcode and a.postcode == b.postcode:
        return "same"
    if a.outward == b.outward:
        return "district"
    return "area" if a.area == b.area else "different"


def _address(a: Prepared, b: Prepared) -> str:
    if not a.address or not b.address:
        return "none"
    if a.address == b.address:
        return "same"
    if a.address_number and a.address_number == b.address_number and OSA.normalized_similarity(a.address, b.address) >= 0.7:
        return "near"
    return "near" if OSA.normalized_similarity(a.address, b.address) >= 0.85 else "different"


def _town(a: Prepared, b: Prepared) -> str:
    if not a.town or not b.town:
        return "none"
    return "same" if a.town == b.town else "different"


def _domain(a: Prepared, b: Prepared, corpus: Corpus) -> str:
    shared = a.domains & b.domains
    if not shared:
        return "none" if not a.domains or not b.domains else "different"
    names = min(corpus.names_at[f"d:{domain}"] for domain in shared)
    fits = [_fits(one, domain) for one in (a, b) for domain in sorted(shared)]
    many = "one" if names <= 2 else "few" if names <= 4 else "many"
    return f"{many} {'fits both' if all(fits) else 'fits one' if any(fits) else 'fits none'}"


def _fits(one: Prepared, domain: str) -> bool:
    """Whether the domain is made of the whole name, as far as domains go."""
    label = "".join(c for c in domain.rpartition("/")[2].split(".")[0] if c.isalnum())
    compact = one.compact
    if not label or not compact:
        return False
    joined = label.replace("and", "")
    return (
        compact == label
        or compact.replace("and", "") == joined
        or (len(label) >= 12 and compact.startswith(label))
        or _slip(compact, label)
    )


def _mail(a: Prepared, b: Prepared, corpus: Corpus) -> str:
    if not a.mail or not b.mail:
        return "none"
    if a.mail != b.mail:
        return "both own" if a.own_mail and b.own_mail else "different"
    few = corpus.names_at[f"m:{a.mail}"] <= 2
    return ("own " if a.own_mail else "office ") + ("few" if few else "many")


def _shared(left: frozenset[str], right: frozenset[str], kind: str, corpus: Corpus) -> str:
    if not left or not right:
        return "none"
    shared = left & right
    if not shared:
        return "different"
    return "few" if min(corpus.names_at[f"{kind}:{point}"] for point in shared) <= 2 else "many"


def _site(a: Prepared, b: Prepared) -> str:
    if not a.site and not b.site:
        return "none"
    return "one" if not a.site or not b.site else "same" if a.site == b.site else "different"


def _crowd(a: Prepared, b: Prepared, corpus: Corpus) -> str:
    """In how many postcode areas the more widespread of the two names stands."""
    areas = max(corpus.places_of_name.get(a.compact, 0), corpus.places_of_name.get(b.compact, 0))
    return "one place" if areas <= 1 else "two places" if areas == 2 else "some places" if areas <= 6 else "many places"
