"""A person record made ready for comparing, and how two of them agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.link.prepared import NOTHING
from jobs.link.records import Key, PersonRecord
from jobs.link.weighing import Levels
from mappings.contact_points import is_mobile, is_role_mailbox, mail_address, phones
from mappings.names_text import fold
from mappings.person_names import PersonName, name_level, person_name

SIDES = ("name", "rarity", "business", "mail", "mobile", "landline", "title", "namesakes", "crm")


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record in normal forms."""

    key: Key
    name: PersonName
    mail: str
    mailbox: str
    own_mail: bool
    mobiles: frozenset[str]
    landlines: frozenset[str]
    title: str
    business: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """How common names are: among all records, and the like-named at one business."""

    last_names: Counter[str]
    names: int
    """How many last names were counted in all."""
    namesakes: Counter[tuple[str, str, str]]
    """Distinct first names by business, last name and initial."""


def prepare(record: PersonRecord) -> Prepared:
    """The record in normal forms."""
    mail, numbers = mail_address(record.email), phones(record.phone)
    return Prepared(
        key=record.key,
        name=person_name(record.first_name, record.last_name, record.name),
        mail=mail,
        mailbox=mail.partition("@")[0],
        own_mail=bool(mail) and not is_role_mailbox(mail),
        mobiles=frozenset(number for number in numbers if is_mobile(number)) or NOTHING,
        landlines=frozenset(number for number in numbers if not is_mobile(number)) or NOTHING,
        title=fold(record.title),
        business=record.business or "",
    )


def corpus(prepared: Sequence[Prepared]) -> Corpus:
    """Counts over all records."""
    firsts: dict[tuple[str, str, str], set[str]] = {}
    for one in prepared:
        if one.business and len(one.name.first) > 1:
            firsts.setdefault((one.business, one.name.last, one.name.first[0]), set()).add(one.name.first)
    names = {(one.name.first, one.name.last, one.business) for one in prepared}
    last_names = Counter(last for _, last, _ in names)
    return Corpus(last_names, last_names.total(), Counter({key: len(found) for key, found in firsts.items()}))


def levels(a: Prepared, b: Prepared, known: Corpus) -> Levels:
    """The level of each of SIDES, 'none' where a record is silent."""
    return (
        name_level(a.name, b.name),
        _rarity(a, b, known),
        "none" if not a.business or not b.business else "same" if a.business == b.business else "other",
        _mail(a, b),
        _shared(a.mobiles, b.mobiles),
        _shared(a.landlines, b.landlines),
        "none" if not a.title or not b.title else "same" if a.title == b.title else "different",
        _namesakes(a, b, known),
        "same" if a.key[0] == b.key[0] else "other",
    )


def _rarity(a: Prepared, b: Prepared, known: Corpus) -> str:
    count = min(known.last_names[a.name.last], known.last_names[b.name.last])
    return "rare" if count <= 2 or count * 5000 <= known.names else "common" if count * 400 >= max(1, known.names) else "known"


def _mail(a: Prepared, b: Prepared) -> str:
    if not a.mail or not b.mail:
        return "none"
    if a.mail == b.mail:
        return "same" if a.own_mail else "same office"
    if not a.own_mail or not b.own_mail:
        return "different"
    return "same mailbox" if a.mailbox == b.mailbox and len(a.mailbox) > 4 else "both own"


def _shared(a: frozenset[str], b: frozenset[str]) -> str:
    return "none" if not a or not b else "different" if a.isdisjoint(b) else "same"


def _namesakes(a: Prepared, b: Prepared, known: Corpus) -> str:
    """Whether an initial could stand for several people of one business: 'J Smith' where Jane and John Smith work."""
    if len(a.name.first) != 1 and len(b.name.first) != 1:
        return "none"
    initial = a.name.first[:1] or b.name.first[:1]
    most = max(known.namesakes[(one.business, one.name.last, initial)] for one in (a, b))
    return "several" if most > 1 else "one"
