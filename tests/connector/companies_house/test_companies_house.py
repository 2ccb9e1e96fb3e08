"""Companies House: what is asked, what is kept, what is an answer, and the limit of requests."""

import json
from datetime import UTC, datetime

import pytest

from connector.companies_house.facts import readable
from connector.contract import Answered, StopConnection, StopEntity, TryLater
from tests.connector.companies_house.conftest import Open
from tests.connector.companies_house.standin import CompaniesHouseSite
from tests.connector.http.servers import HurriedClock, Server


def test_a_company_and_its_officers(register: Open, site: CompaniesHouseSite, server: Server) -> None:
    address = {"premises": "1", "address_line_1": "Nowhere Street", "locality": "Thornley", "postal_code": "ZX1 1AB", "care_of": "A Quill"}
    before = [{"name": "OLD NAME LIMITED", "ceased_on": "2010-01-01", "effective_from": "2001-02-03"}]
    said = {"company_name": "QUILLHAVEN LIMITED", "sic_codes": ["62012"], "registered_office_address": address}
    site.put("companies", "SC123456", said | {"previous_company_names": before})
    site.put("officers", "SC123456/aBc", {"name": "O'QUILL-HAVEN, Jane Ann"})
    assert list(register().lookup(["SC123456"])) == [
        Answered("SC123456", {
            "company_name": "QUILLHAVEN LIMITED",
            "company_status": "active",
            "type": "ltd",
            "sic_codes": ["62012"],
            "registered_office_address": {"address_line_1": "Nowhere Street", "locality": "Thornley", "postal_code": "ZX1 1AB"},
            "previous_company_names": ["OLD NAME LIMITED"],
            "officers": [{
                "id": "aBc", "name": "O'QUILL-HAVEN, Jane Ann", "readable": "Jane Ann O'Quill-Haven", "officer_role": "director",
                "appointed_on": "2019-03-04",
            }],
        })
    ]  # fmt: skip
    assert [asked.path for asked in server.asked] == ["/company/SC123456", "/company/SC123456/officers"]


def test_nothing_of_a_person_is_kept_that_nobody_needs(register: Open, site: CompaniesHouseSite) -> None:
    site.put("companies", "01234567", {})
    site.put("officers", "01234567/o1", {"former_names": [{"surname": "BEFORE"}], "identity_verification_details": {"preferred_name": "Q"}})
    (answered,) = register().lookup(["01234567"])
    text = json.dumps(answered.facts)
    for word in ("birth", "1971", "British", "Engineer", "Nowhere", "BEFORE", "identity", "premises"):
        assert word not in text


def test_who_resigned_long_ago_is_not_kept(register: Open, site: CompaniesHouseSite, clock: HurriedClock) -> None:
    year = datetime.fromtimestamp(clock.now(), UTC).year
    site.put("companies", "01234567", {})
    for name, day in {"o1": f"{year - 1}-12-31", "o2": f"{year - 3}-01-01", "o3": "1999-01-01"}.items():
        site.put("officers", f"01234567/{name}", {"resigned_on": day})
    (answered,) = register().lookup(["01234567"])
    assert [one["id"] for one in answered.facts["officers"]] == ["o1"]


@pytest.mark.parametrize("page_size", [1, 7, 50, 100])
def test_every_page_of_officers_is_read(register: Open, site: CompaniesHouseSite, page_size: int) -> None:
    site.page_size = page_size
    site.put("companies", "01234567", {})
    for number in range(101 if page_size > 1 else 5):
        site.put("officers", f"01234567/o{number:03}", {})
    (answered,) = register().lookup(["01234567"])
    assert [one["id"] for one in answered.facts["officers"]] == sorted(site.officers["01234567"])


def test_no_such_company_and_no_officers_are_answers(register: Open, site: CompaniesHouseSite) -> None:
    site.put("companies", "01234567", {"company_status": None})
    answers = {answered.key: answered.facts for answered in register().lookup(["01234567", "09999999"])}
    assert answers["09999999"] is None
    assert answers["01234567"]["officers"] == []
    assert "company_status" not in answers["01234567"]


@pytest.mark.parametrize("tells_reset", [True, False])
def test_a_limit_that_others_used_up_is_waited_out(register: Open, site: CompaniesHouseSite, clock: HurriedClock, tells_reset: bool) -> None:
    site.limit, site.tells_reset = 10, tells_reset
    numbers = [f"{1000000 + number:08}" for number in range(12)]
    for number in numbers:
        site.put("companies", number, {})
    assert [answered.key for answered in register().lookup(numbers)] == numbers
    assert site.refused >= 2
    assert clock.slept > 2 * site.window - 10
    if tells_reset:
        assert site.refused <= 3


def test_a_limit_that_does_not_end_is_for_another_run(register: Open, site: CompaniesHouseSite) -> None:
    site.limit = 0
    site.put("companies", "01234567", {})
    with pytest.raises(TryLater):
        list(register().lookup(["01234567"]))


def test_a_key_that_is_refused_stops_it_and_check_says_what_to_do(register: Open) -> None:
    with pytest.raises(StopConnection):
        list(register(api_key="another").lookup(["01234567"]))
    (finding,) = register(api_key="another").check()
    assert not finding.ok
    assert "API_KEY" in finding.detail
    assert "another" not in finding.detail


def test_check_tells_what_is_left(register: Open, site: CompaniesHouseSite) -> None:
    found = {finding.check: (finding.ok, finding.detail) for finding in register().check()}
    assert found["sign-in"] == (True, "the key is taken")
    assert found["limit"] == (True, "599 requests are left in this window")
    assert found["clock"][0]


def test_one_that_cannot_be_read_does_not_stop_the_others(register: Open, site: CompaniesHouseSite) -> None:
    numbers = ["01000001", "01000002", "01000003"]
    for number in numbers:
        site.put("companies", number, {})
    site.broken = {"01000002"}
    answers = register().lookup(numbers)
    assert [next(answers).key, next(answers).key] == ["01000001", "01000003"]
    with pytest.raises(StopEntity, match="1 of 3 companies could not be read; the first: company 01000002"):
        next(answers)


def test_a_service_that_fails_is_not_asked_for_ever(register: Open, site: CompaniesHouseSite, server: Server) -> None:
    numbers = [f"{1000000 + number:08}" for number in range(50)]
    site.broken = set(numbers)
    with pytest.raises(StopEntity, match="5 companies running could not be read"):
        list(register().lookup(numbers))
    assert {asked.path for asked in server.asked} == {f"/company/{number}" for number in numbers[:5]}


@pytest.mark.parametrize(("given", "said"), [
    ("SMITH, Jane Ann", "Jane Ann Smith"),
    ("O'NEIL-SMITH, Jane", "Jane O'Neil-Smith"),
    ("MCQUILL, Ann", "Ann McQuill"),
    ("DE LA QUILL, Ann", "Ann De La Quill"),
    ("QUILL, Ann, Dr", "Ann Quill, Dr"),
    ("ÉQUILLE, Zoë", "Zoë Équille"),
    ("Quill, Ann", "Ann Quill"),
    ("QUILLHAVEN NOMINEES LIMITED", "QUILLHAVEN NOMINEES LIMITED"),
])  # fmt: skip
def test_names_as_people_say_them(given: str, said: str) -> None:
    assert readable(given) == said
