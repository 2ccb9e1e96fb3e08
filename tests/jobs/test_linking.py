"""Linking: which records are one business and one person; order, decisions and undoing them."""

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.link.businesses import link_businesses
from jobs.link.persons import link_persons
from jobs.link.records import DIFFERENT, SAME, UNSURE, BusinessRecord, Decision, PersonRecord
from jobs.link.register import Register, RegisterCompany


def business(connection: str, **fields: str) -> BusinessRecord:
    return BusinessRecord((connection, fields.pop("id", "1")), **fields)  # type: ignore[arg-type]


SAME_BUSINESS = {
    "name and postcode": (
        {"name": "Netherby Ceramics Ltd", "postcode": "M1 1AE"},
        {"name": "netherby ceramics limited", "postcode": "m11ae"},
    ),
    "a slip in the name": ({"name": "Netherby Ceramics", "postcode": "M1 1AE"}, {"name": "Netherby Cermaics", "postcode": "M1 1AE"}),
    "trading name": (
        {"name": "J & P Cox Ltd t/a The Cream House", "postcode": "M1 1AE"},
        {"name": "Cream House", "postcode": "M1 1AE", "town": "Manchester"},
    ),
    "notes behind the name": (
        {"name": "Netherby Ceramics (do not use)", "phone": "0161 496 0001"},
        {"name": "Netherby Ceramics", "phone": "+44 161 496 0001"},
    ),
    "web and mail domain": (
        {"name": "Netherby Ceramics", "website": "https://www.netherby.example/contact"},
        {"name": "Netherby Ceramics UK", "email": "info@netherby.example"},
    ),
    "a number typed without its noughts": (
        {"name": "Netherby Ceramics", "company_number": "00345678"},
        {"name": "Netherby", "company_number": "345678"},
    ),
}

OTHER_BUSINESS = {
    "one name, two company numbers": (
        {"name": "Baker & Sons", "postcode": "M1 1AE", "company_number": "01345678"},
        {"name": "Baker & Sons", "postcode": "M1 1AE", "company_number": "07654321"},
    ),
    "one typed number, neither name nor place": (
        {"name": "Netherby Ceramics", "postcode": "M1 1AE", "company_number": "01345678"},
        {"name": "Ashdown Dental Practice", "postcode": "EX4 3AT", "company_number": "01345678"},
    ),
    "sister companies on one domain": (
        {"name": "Harbour Group Holdings", "postcode": "M1 1AE", "website": "harbour.example"},
        {"name": "Harbour Bank", "postcode": "LS1 4DY", "website": "harbour.example"},
    ),
    "neighbours in one building": (
        {"name": "Netherby Ceramics", "postcode": "M1 1AE", "address": "Fairview Mill"},
        {"name": "Ashdown Dental", "postcode": "M1 1AE", "address": "Fairview Mill"},
    ),
    "free mail": ({"name": "Netherby", "email": "a@gmail.com"}, {"name": "Ashdown", "email": "b@gmail.com"}),
    "one common name, two towns": (
        {"name": "The Plough", "postcode": "M1 1AE", "town": "Manchester", "phone": "01614960001", "address": "1 High Street"},
        {"name": "The Plough", "postcode": "EX4 3AT", "town": "Exeter", "phone": "01392496000", "address": "9 Mill Lane"},
    ),
    "nothing to go by": ({"name": ""}, {"name": ""}),
}


@pytest.mark.parametrize("case", SAME_BUSINESS)
def test_records_of_one_business_join_with_their_evidence(case: str) -> None:
    left, right = SAME_BUSINESS[case]
    links = link_businesses([business("council", **left), business("chamber", **right)])
    assert links.clusters == [[("chamber", "1"), ("council", "1")]]
    assert links.edges[0].judgement == SAME
    assert links.edges[0].evidence
    assert links.joined[("council", "1")].band in ("sure", "likely")


@pytest.mark.parametrize("case", OTHER_BUSINESS)
def test_records_of_two_businesses_stay_apart(case: str) -> None:
    left, right = OTHER_BUSINESS[case]
    assert len(link_businesses([business("council", **left), business("chamber", **right)]).clusters) == 2


def test_two_company_numbers_are_told_as_different_and_a_near_miss_as_unsure() -> None:
    left, right = OTHER_BUSINESS["one name, two company numbers"]
    assert [e.judgement for e in link_businesses([business("council", **left), business("chamber", **right)]).edges] == [DIFFERENT]
    left, right = OTHER_BUSINESS["one common name, two towns"]
    near = {"name": "The Plough", "town": "Stockport"}
    edges = link_businesses([business("council", **(left | {"address": "", "phone": ""})), business("chamber", **near)]).edges
    assert [edge.judgement for edge in edges] == [UNSURE]
    assert "same name (+6.0)" in edges[0].evidence


def test_a_renamed_business_joins_through_the_register() -> None:
    register = Register(
        [RegisterCompany("01345678", "NORTHSTAR FOODS LIMITED", "M1 1AE", "MANCHESTER", "Active", ("COX BAKERIES LIMITED",))]
    )
    records = [
        business("council", name="Cox Bakeries", postcode="M1 1AE"),
        business("chamber", name="Northstar Foods Ltd", postcode="M1 1AE"),
    ]
    assert len(link_businesses(records).clusters) == 2
    links = link_businesses(records, register)
    assert len(links.clusters) == 1
    assert {link.company_number for link in links.company_number.values()} == {"01345678"}


def test_a_typed_number_that_neither_name_nor_place_agrees_with_is_not_believed() -> None:
    register = Register([RegisterCompany("01345678", "NORTHSTAR FOODS LIMITED", "M1 1AE", "MANCHESTER", "Active")])
    record = business("council", name="Ashdown Dental", postcode="EX4 3AT", company_number="01345678")
    assert link_businesses([record], register).company_number == {}


PEOPLE = {
    "name at one business": ({"first_name": "Anne", "last_name": "Smith"}, {"first_name": "Anne", "last_name": "Smith"}, True),
    "nickname": ({"first_name": "William", "last_name": "Okafor"}, {"first_name": "Bill", "last_name": "Okafor"}, True),
    "initial": ({"first_name": "J.", "last_name": "Okafor"}, {"first_name": "Jane", "last_name": "Okafor"}, True),
    "one field, last name first": ({"name": "OKAFOR, Dr Jane"}, {"first_name": "Jane", "last_name": "Okafor"}, True),
    "changed places": ({"first_name": "Okafor", "last_name": "Jane"}, {"first_name": "Jane", "last_name": "Okafor"}, True),
    "a slip": ({"first_name": "Jane", "last_name": "Okaffor"}, {"first_name": "Jane", "last_name": "Okafor"}, True),
    "family": ({"first_name": "Jane", "last_name": "Okafor"}, {"first_name": "Peter", "last_name": "Okafor"}, False),
    "one office mailbox": (
        {"first_name": "Jane", "last_name": "Okafor", "email": "info@cox.example"},
        {"first_name": "Ravi", "last_name": "Patel", "email": "info@cox.example"},
        False,
    ),
    "two mail addresses, an initial": (
        {"first_name": "J", "last_name": "Okafor", "email": "julia@cox.example", "phone": "07700 900001", "title": "Clerk"},
        {"first_name": "Jane", "last_name": "Okafor", "email": "jane@cox.example", "phone": "07700 900002", "title": "Director"},
        False,
    ),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_persons_at_one_business(case: str) -> None:
    left, right, one = PEOPLE[case]
    found = link_persons([PersonRecord(("council", "1"), business="b1", **left), PersonRecord(("chamber", "1"), business="b1", **right)])
    assert len(found.clusters) == (1 if one else 2)


def test_a_person_who_moved_joins_by_mobile_and_a_namesake_elsewhere_does_not() -> None:
    here = PersonRecord(("council", "1"), "Jane", "Okafor", phone="07700 900001", business="b1")
    moved = PersonRecord(("chamber", "1"), "Jane", "Okafor", phone="+447700900001", business="b2")
    namesake = PersonRecord(("chamber", "2"), "Jane", "Okafor", business="b3")
    assert link_persons([here, moved, namesake]).clusters == [[("chamber", "1"), ("council", "1")], [("chamber", "2")]]


def test_an_initial_that_two_of_a_family_share_is_left_open() -> None:
    family = [PersonRecord(("council", str(i)), first, "Okafor", business="b1") for i, first in enumerate(("Jane", "Julia", "J"))]
    assert len(link_persons(family).clusters) == 3


words = st.sampled_from(["netherby", "ceramics", "baker", "sons", "ashdown", "dental", "group", "harbour", "ltd", "holdings"])
records = st.builds(
    dict,
    name=st.lists(words, min_size=1, max_size=3).map(" ".join),
    postcode=st.sampled_from(["", "M1 1AE", "M1 1AF", "EX4 3AT"]),
    company_number=st.sampled_from(["", "", "", "01345678", "07654321"]),
    website=st.sampled_from(["", "", "netherby.example", "harbour.example"]),
    phone=st.sampled_from(["", "01614960001", "01392496000"]),
)
worlds = st.lists(records, min_size=2, max_size=14).map(
    lambda found: [business(("council", "chamber")[i % 2], id=str(i), **fields) for i, fields in enumerate(found)]
)


@settings(max_examples=60, deadline=None)
@given(worlds, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_two_numbers_never_join(world: list[BusinessRecord], rng: random.Random) -> None:
    links = link_businesses(world)
    shuffled = list(world)
    rng.shuffle(shuffled)
    assert link_businesses(shuffled) == links
    numbers = {record.key: record.company_number for record in world}
    assert all(len({numbers[key] for key in found} - {""}) <= 1 for found in links.clusters)
    assert sorted(key for found in links.clusters for key in found) == sorted(numbers)


@settings(max_examples=60, deadline=None)
@given(worlds, st.data())
def test_a_decision_holds_and_undoing_it_restores_what_was(world: list[BusinessRecord], data: st.DataObject) -> None:
    before = link_businesses(world)
    left, right = data.draw(st.sampled_from(list(combinations(sorted(record.key for record in world), 2))))
    for same in (True, False):
        decided = link_businesses(world, decisions=[Decision(left, right, same)])
        assert any({left, right} <= set(found) for found in decided.clusters) == same
    assert link_businesses(world, decisions=[]) == before


@settings(max_examples=40, deadline=None)
@given(worlds, st.data())
def test_what_people_kept_apart_stays_apart_whatever_else_they_join(world: list[BusinessRecord], data: st.DataObject) -> None:
    pairs = list(combinations(sorted(record.key for record in world), 2))
    apart = data.draw(st.sampled_from(pairs))
    joined = data.draw(st.lists(st.sampled_from(pairs), max_size=4))
    decisions = [Decision(*pair, True) for pair in joined if pair != apart] + [Decision(*apart, False)]
    assert not any(set(apart) <= set(found) for found in link_businesses(world, decisions=decisions).clusters)
