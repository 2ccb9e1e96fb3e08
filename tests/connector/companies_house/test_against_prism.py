"""The connector against a mock of the published description, and our stand-in against the same description."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from connector.contract import Answered
from mappings.companies import LEADING
from tests.connector.companies_house.conftest import opened
from tests.connector.companies_house.standin import CompaniesHouseSite
from tests.connector.http.servers import Asked, HurriedClock

BASIC = {"authorization": "Basic YS1rZXk6"}
FULL = {
    "company_status": "dissolved", "date_of_cessation": "2026-03-03", "sic_codes": ["62012"], "type": "llp",
    "registered_office_address": {"address_line_1": "1 Nowhere Street", "locality": "Thornley", "postal_code": "ZX1 1AB"},
    "previous_company_names": [{"name": "OLD NAME LIMITED", "ceased_on": "2010-01-01", "effective_from": "2001-02-03"}],
}  # fmt: skip


def test_prism_is_signed_in_to_asked_and_understood(prism: str) -> None:
    register = opened(prism, HurriedClock())
    assert [finding.ok for finding in register.check()] == [True, True]
    (answered,) = register.lookup(["01234567"])
    facts = dict(answered.facts or {})
    assert facts["company_name"] == "string"
    assert facts["company_status"] in {"active", "dissolved"}
    assert set(facts) <= {
        "company_name", "company_status", "type", "date_of_cessation", "sic_codes", "registered_office_address", "previous_company_names",
        "officers",
    }  # fmt: skip


def test_a_company_that_prism_does_not_know_is_an_answer(prism: str, monkeypatch: pytest.MonkeyPatch) -> None:
    register = opened(f"{prism}/nowhere", HurriedClock())
    assert list(register.lookup(["01234567"])) == [Answered("01234567", None)]


def test_the_roles_that_lead_are_roles_of_the_description(openapi: dict[str, Any]) -> None:
    roles = set(openapi["components"]["schemas"]["OfficerSummary"]["properties"]["officer_role"]["enum"])
    assert set(LEADING) <= roles
    assert not [role for role in LEADING if role.startswith("corporate-")]


@pytest.mark.parametrize(("path", "schema"), [("/company/01234567", "CompanyProfile"), ("/company/01234567/officers?start_index=1&items_per_page=2", "OfficerList")])
@pytest.mark.parametrize("fields", [{}, FULL], ids=["plain", "full"])
def test_the_stand_in_answers_as_described(openapi: dict[str, Any], path: str, schema: str, fields: dict[str, Any]) -> None:
    site = CompaniesHouseSite(HurriedClock())
    site.put("companies", "01234567", fields)
    for number, role in enumerate(["director", "corporate-secretary", "llp-designated-member", "managing-officer"]):
        site.put("officers", f"01234567/o{number}", {"officer_role": role, **({"resigned_on": "2026-01-01"} if number == 3 else {})})
    reply = site(Asked("GET", path, BASIC, b"", b""))
    assert reply.status == 200
    rules = {"$ref": f"#/components/schemas/{schema}", "components": openapi["components"]}
    assert [error.message for error in Draft202012Validator(rules, format_checker=FormatChecker()).iter_errors(reply.body)] == []


@pytest.mark.parametrize(("path", "described", "status"), [
    ("/company/09999999", "/company/{company_number}", 404),
    ("/company/01234567", "/company/{company_number}", 401),
    ("/company/01234567/officers", "/company/{company_number}/officers", 401),
])  # fmt: skip
def test_the_stand_in_refuses_as_described(openapi: dict[str, Any], path: str, described: str, status: int) -> None:
    site = CompaniesHouseSite(HurriedClock())
    site.put("companies", "01234567", {})
    reply = site(Asked("GET", path, BASIC if status == 404 else {}, b"", b""))
    assert reply.status == status
    assert str(status) in openapi["paths"][described]["get"]["responses"]
