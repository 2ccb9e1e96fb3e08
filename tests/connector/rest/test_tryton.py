"""A real Tryton, read with nothing but the field map of docs/rest.md."""

import os

import pytest

from connector.http import SystemClock
from tests.connector.rest.examples import column, entities, example
from tests.connector.rest.tryton import NoTryton, running
from tests.connector.rest.world import Held, opened

EMAIL = "contact_mechanisms[type=email].value"


@pytest.fixture(scope="session")
def tryton(tmp_path_factory):
    try:
        with running(tmp_path_factory.mktemp("tryton")) as server:
            yield server
    except NoTryton as reason:
        if os.environ.get("TESTS_NEED_TRYTON"):
            raise
        pytest.skip(f"no Tryton: {reason}")


@pytest.fixture(scope="session")
def made(tryton):
    return _company(tryton)


def test_a_real_crm_is_read_and_followed(tryton, made):
    field_map = example("tryton")
    connector = opened(tryton.url, {**field_map["connector"], "paging": {**field_map["connector"]["paging"], "size": "4"}}, SystemClock(), token=tryton.key)
    firms, people = entities(field_map)["business"], entities(field_map)["person"]
    findings = connector.check([firms, people])
    assert [finding.detail for finding in findings if not finding.ok] == []
    businesses, persons = Held(), Held()
    businesses.pull(connector, firms)
    persons.pull(connector, people)
    assert column(businesses, firms, "name") == {str(id): f"Example Mills {number} Ltd" for number, id in enumerate(made["firms"])}
    assert set(column(businesses, firms, EMAIL).values()) == {f"info@mills{number}.example.org" for number in range(9)}
    assert column(persons, people, "relations.0.to.id") == {str(id): firm for id, firm in zip(made["people"], made["firms"], strict=False)}
    assert all(value.endswith("Z") for value in column(persons, people, "write_date").values())

    first, second, third = made["people"][:3]
    tryton.change("party.party", first, name="Ada Exemplar-Sample")
    tryton.change("party.contact_mechanism", made["emails"][1], value="grace@new.example.org")
    tryton.delete("party.party", third)
    tryton.change("party.party", made["firms"][0], active=False)
    tryton.delete("party.party", made["firms"][8])
    late = tryton.create("party.party", name="Example Foundry Ltd", categories=[["add", [made["business"]]]])
    pages = businesses.pull(connector, firms)
    assert pages[-1].snapshot
    assert any(page.seen for page in pages)
    persons.pull(connector, people)
    assert column(persons, people, "name")[str(first)] == "Ada Exemplar-Sample"
    assert column(persons, people, EMAIL)[str(second)] == "grace@new.example.org"
    assert str(third) not in persons.rows
    assert column(businesses, firms, "active")[str(made["firms"][0])] == 0
    assert str(made["firms"][8]) not in businesses.rows
    assert column(businesses, firms, "name")[str(late)] == "Example Foundry Ltd"


@pytest.mark.usefixtures("made")
def test_a_column_that_is_misspelled_is_found_by_name(tryton):
    """Tryton answers 500 to a field that it does not have, if there is any row to look for it in."""
    field_map = example("tryton")
    connector = opened(tryton.url, field_map["connector"], _Hurried(), token=tryton.key)
    firms = entities(field_map)["business"]
    wrong = type(firms)(firms.kind, firms.source, (*firms.columns, "nmae"), firms.changed, firms.ids, options=firms.options)
    (fault,) = [finding.detail for finding in connector.check([wrong]) if not finding.ok]
    assert fault == "business from rest/model/party.party: the service refuses nmae; correct these columns in the field map"


def test_a_wrong_key_stops_with_what_to_do(tryton):
    field_map = example("tryton")
    connector = opened(tryton.url, field_map["connector"], SystemClock(), token="wrong")
    findings = connector.check([entities(field_map)["business"]])
    assert "refuses the sign-in" in " ".join(finding.detail for finding in findings if not finding.ok)


class _Hurried(SystemClock):
    """Waits for nothing."""

    def sleep(self, seconds: float) -> None:
        pass


def _company(tryton) -> dict:
    """Nine firms, and five people who work for the first of them."""
    business, person = tryton.create("party.category", name="Business"), tryton.create("party.category", name="Person")
    works_for = tryton.create("party.relation.type", name="works for")
    firms = [_party(tryton, f"Example Mills {number} Ltd", business, f"info@mills{number}.example.org")[0] for number in range(9)]
    people = [_party(tryton, f"Person {number}", person, f"person{number}@example.org") for number in range(5)]
    for (id, _email), firm in zip(people, firms, strict=False):
        tryton.create("party.relation", from_=id, to=firm, type=works_for)
    return {"business": business, "firms": firms, "people": [id for id, _ in people], "emails": [email for _, email in people]}


def _party(tryton, name, category, email):
    id = tryton.create("party.party", name=name, categories=[["add", [category]]])
    phone = tryton.create("party.contact_mechanism", party=id, type="phone", value="+441234567890")
    assert phone
    return id, tryton.create("party.contact_mechanism", party=id, type="email", value=email)
