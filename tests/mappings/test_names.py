"""Names, company numbers, postcodes, web hosts, mail addresses and phones in their normal forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.company_numbers import company_number
from mappings.contact_points import is_role_mailbox, mail_address, own_domain, phone, phones, postcode, web_host
from mappings.names import business_name, name_key, parse_business_name
from mappings.person_names import name_level, person_name

BUSINESS_NAMES = [
    ("The Netherby Ceramics Co. Ltd (do not use)", "netherby ceramics"),
    ("NETHERBY CERAMICS LIMITED", "netherby ceramics"),
    ("J. Z. Flowers PLC", "jz flowers"),
    ("Café Noël", "cafe noel"),
    ("Baker & Sons", "baker sons"),
    ("Smith Bros. Engineering", "smith brothers engineering"),
    ("Cyf Cyfyngedig", "cyf"),
]


@pytest.mark.parametrize(("text", "normal"), BUSINESS_NAMES)
def test_business_names(text: str, normal: str) -> None:
    assert business_name(text) == normal


@given(st.text(max_size=40))
def test_a_normal_form_is_its_own(text: str) -> None:
    assert business_name(business_name(text)) == business_name(text)
    assert name_key(text.upper()) == name_key(text.upper())


def test_a_name_is_taken_apart() -> None:
    parsed = parse_business_name("J & P Cox Ltd t/a The Cream House")
    assert (parsed.legal, parsed.trading, parsed.registered_form) == (business_name("J & P Cox"), "cream house", True)
    assert parse_business_name("Wrights Pies, Hanley", "Hanley").site == "hanley"
    assert parse_business_name("Northstar Foods (formerly Cox Bakeries Ltd)").former == ("cox bakeries",)


NUMBERS = [
    ("1234567", None),  # counted up: typed to get past a required field
    ("345678", "00345678"),
    ("345678.0", "00345678"),
    ("sc 123456", "SC123456"),
    ("SC12345", "SC012345"),
    ("Company No: 04242416", "04242416"),
    ("n/a", None),
    ("00000000", None),
    ("123456789", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_company_numbers(text: str, number: str | None) -> None:
    assert company_number(text) == number


POSTCODES = [("m11ae", "M1 1AE"), ("EH28  8NB", "EH28 8NB"), ("sw1a 1aa", "SW1A 1AA"), ("M1 lAE", ""), ("none", ""), ("M1 IAE", "M1 1AE")]


@pytest.mark.parametrize(("text", "code"), POSTCODES)
def test_postcodes(text: str, code: str) -> None:
    assert postcode(text) == code


def test_web_hosts_and_mail() -> None:
    assert web_host("https://www.Example.co.uk:8080/contact?x=1") == "example.co.uk"
    assert web_host("not a site") == ""
    assert mail_address("Jane <JANE@example.org>; second@example.org") == "jane@example.org"
    assert own_domain("gmail.com") == own_domain("uk.linkedin.com") == ""
    assert own_domain("example.co.uk") == "example.co.uk"
    assert is_role_mailbox("enquiries@example.org")
    assert not is_role_mailbox("jane@example.org")


PHONES = [
    ("+44 (0)161 496 0001", "01614960001"),
    ("0044 161 496 0001", "01614960001"),
    ("161 496 0001", "01614960001"),
    ("0161 496 0001 ext. 12", "01614960001"),
    ("+353 1 234 5678", "+35312345678"),
    ("12345", ""),
    ("n/a", ""),
]


@pytest.mark.parametrize(("text", "number"), PHONES)
def test_phones(text: str, number: str) -> None:
    assert phone(text) == number


def test_several_phones_in_a_cell() -> None:
    assert phones("0161 496 0001 / 07700 900123") == ("01614960001", "07700900123")


PERSONS = [
    (("Anne", "Smith", ""), ("Anne", "Smith", ""), "same"),
    (("Anne-Marie", "Smith", ""), ("Annemarie", "Smith", ""), "same"),
    (("", "", "SMITH, Anne"), ("Anne", "Smith", ""), "same"),
    (("", "", "Dr Anne van der Berg MBE"), ("Anne", "van der Berg", ""), "same"),
    (("Bill", "Smith", ""), ("William", "Smith", ""), "nickname"),
    (("B", "Smith", ""), ("William", "Smith", ""), "initial"),
    (("K.", "Smith", ""), ("William", "Smith", ""), "last only"),
    (("Anne", "Smyth", ""), ("Anne", "Smith", ""), "typo"),
    (("Smith", "Anne", ""), ("Anne", "Smith", ""), "swapped"),
    (("Anne", "Smith-Jones", ""), ("Anne", "Jones", ""), "double-barrelled"),
    (("Anne", "Smith", ""), ("Anne", "Kowalski", ""), "first only"),
    (("", "Smith", ""), ("Anne", "Smith", ""), "last, no first"),
    (("Anne", "Smith", ""), ("Peter", "Jones", ""), "other"),
    (("", "", ""), ("Peter", "Jones", ""), "none"),
]


@pytest.mark.parametrize(("left", "right", "level"), PERSONS)
def test_how_two_people_s_names_agree(left: tuple[str, str, str], right: tuple[str, str, str], level: str) -> None:
    assert name_level(person_name(*left), person_name(*right)) == level
    assert name_level(person_name(*right), person_name(*left)) == level
