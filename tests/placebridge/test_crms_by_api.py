"""CRMs that are read over HTTP, from the settings to the flags: what an admin sees, and what a second sync brings."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.http.clock import SystemClock
from tests.connector.dataverse.standin import CLIENT, SECRET, TENANT, DataverseStandin
from tests.connector.hubspot.standin import HubSpotStandIn
from tests.connector.hubspot.world import TOKEN
from tests.connector.rest.tryton import NoTryton, running
from tests.connector.salesforce.standin import Organisation
from tests.connector.sites import serve
from tests.placebridge.commands import Commands
from tests.placebridge.served_crms import example, lines

DAY = ("--as-of", "2026-11-01")
FIRM, OTHER, PERSON, DOUBLE, MEETING, PARTY = (f"00000000-0000-0000-0000-0000000000{n}" for n in range(10, 70, 10))


@pytest.fixture
def dataverse() -> Iterator[DataverseStandin]:
    site = DataverseStandin(SystemClock())
    site.put("account", FIRM, {"name": "Example Foundry Ltd", "accountnumber": "04106401", "address1_postalcode": "ZX1 1AB"})
    site.put("account", OTHER, {"name": "Sample Mills Ltd", "accountnumber": "04106402"})
    site.put("contact", PERSON, {"firstname": "Ada", "lastname": "Example", "jobtitle": "Chief Executive", "parentcustomerid": ("account", FIRM)})
    site.put("contact", DOUBLE, {"firstname": "Al", "lastname": "Specimen", "parentcustomerid": ("account", FIRM)})
    meeting = {"subject": "Apprentices", "scheduledstart": "2026-09-01T10:00:00Z", "regardingobjectid": ("account", FIRM), "statecode": 1}
    site.put("appointment", MEETING, meeting)
    site.put("activityparty", PARTY, {"activityid": ("appointment", MEETING), "partyid": ("contact", DOUBLE), "participationtypemask": 5})
    with Served(site) as site.server:
        yield site


@pytest.fixture
def hubspot() -> Iterator[HubSpotStandIn]:
    site = HubSpotStandIn(SystemClock())
    texts = ["name", "domain", "phone", "address", "address2", "city", "zip", "industry", "numberofemployees", "hs_parent_company_id", "hubspot_owner_id", "firstname", "lastname", "jobtitle", "email", "hs_email_optout", "hs_meeting_title", "hs_internal_meeting_notes", "hs_meeting_start_time", "hs_meeting_outcome", "hs_call_title", "hs_call_body", "hs_call_direction", "hs_timestamp", "hs_email_subject", "hs_email_text", "hs_email_direction", "hs_email_status", "hs_note_body", "hs_call_status", "hs_call_disposition", "hs_meeting_body"]  # fmt: skip
    for table in ("companies", "contacts", "meetings", "calls", "emails", "notes"):
        site.declare(table, **{name: name for name in texts})
    site.put("companies", "7", {"name": "Example Foundry Limited", "zip": "ZX1 1AB"})
    site.put("contacts", "8", {"firstname": "Grace", "lastname": "Sample", "jobtitle": "Buyer"})
    site.associate("contacts", "8", "companies", "7", primary=True)
    with Served(site) as site.server:
        yield site


@pytest.fixture
def salesforce() -> Iterator[Organisation]:
    site = Organisation(SystemClock())
    site.define("Account", *site.spelled("Account"), "Company_Number__c", "Industry", "ParentId:reference>Account=Parent")
    site.put("Account", "001000000000001AAA", {"Name": "Sample Mills", "Company_Number__c": "04106402"})
    site.put("Contact", "003000000000001AAA", {"LastName": "Specimen", "Title": "Managing Director", "AccountId": "001000000000001AAA"})
    with Served(site) as site.server:
        yield site


class Served:
    """A server that is closed afterwards."""

    def __init__(self, site: Any) -> None:
        self.server = serve(site)

    def __enter__(self) -> Any:
        return self.server

    def __exit__(self, *args: object) -> None:
        self.server.close()


def dynamics(site: DataverseStandin) -> str:
    url = site.server.url
    told = {"url": url, "login_url": url, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET, "secret_expires": "2099-01-31"}
    return lines("council", "dataverse", "council", told)


def flags(placebridge: Commands) -> dict[str, dict[str, Any]]:
    done = placebridge("flags", "--all", *DAY, "--format", "json")
    assert done.code == 0, done
    return {row["name"]: row for row in json.loads(done.out)}


def test_one_crm_from_check_to_the_second_sync(placebridge: Commands, dataverse: DataverseStandin) -> None:
    (placebridge.folder / "config.env").write_text(dynamics(dataverse))
    (placebridge.folder / "council.yaml").write_text(example("dataverse.md"))
    checked = placebridge("check")
    assert checked.code == 0, checked
    assert "Example Council" in checked.said
    assert SECRET not in checked.said
    synced = placebridge("sync", *DAY)
    assert synced.code == 0, synced
    assert "council: 6 rows read, 6 added, 0 changed, 0 removed" in synced.said
    found = flags(placebridge)
    assert (found["Example Foundry Ltd"]["state"], found["Example Foundry Ltd"]["reach"]) == ("leader_not_engaged", "staff_only")
    assert found["Sample Mills Ltd"]["state"] == "no_leader_known"

    dataverse.merge("contact", DOUBLE, PERSON)
    dataverse.put("account", OTHER, {"name": "Sample Mills and Sons Ltd"})
    synced = placebridge("sync", *DAY)
    assert synced.code == 0, synced
    assert "1 added, 1 changed, 2 removed" in synced.said, "her double goes, and her name stands on the list of who was there"
    found = flags(placebridge)
    assert (found["Example Foundry Ltd"]["state"], found["Example Foundry Ltd"]["reach"]) == ("engaged", "leader"), "it was she who was there"
    dataverse.delete("account", OTHER)
    assert "0 changed, 1 removed" in placebridge("sync", *DAY).said
    assert set(flags(placebridge)) == {"Example Foundry Ltd"}
    assert "Nothing has changed since the last sync." in placebridge("sync", *DAY).said


def test_three_crms_that_never_met(
    placebridge: Commands, dataverse: DataverseStandin, hubspot: HubSpotStandIn, salesforce: Organisation
) -> None:
    chamber = lines("chamber", "hubspot", "business", {"url": hubspot.server.url, "token": TOKEN})
    network = lines("network", "salesforce", "business", {"url": salesforce.server.url, "client_id": "app", "client_secret": "s3cret"})
    (placebridge.folder / "config.env").write_text(dynamics(dataverse) + chamber + network)
    for name, page in (("council", "dataverse.md"), ("chamber", "hubspot.md"), ("network", "salesforce.md")):
        (placebridge.folder / f"{name}.yaml").write_text(example(page))
    synced = placebridge("sync", *DAY)
    assert synced.code == 0, synced
    found = flags(placebridge)
    assert sorted(found) == ["Example Foundry Ltd", "Sample Mills Ltd"], "each business is one, though two CRMs hold it"
    assert found["Example Foundry Ltd"]["connections"] == "chamber|council"
    assert found["Sample Mills Ltd"]["connections"] == "council|network"
    assert found["Sample Mills Ltd"]["state"] == "leader_not_engaged"
    assert "Specimen" in found["Sample Mills Ltd"]["approach"]


def test_one_that_refuses_does_not_keep_the_others(placebridge: Commands, dataverse: DataverseStandin, hubspot: HubSpotStandIn) -> None:
    chamber = lines("chamber", "hubspot", "business", {"url": hubspot.server.url, "token": "wrong"})
    (placebridge.folder / "config.env").write_text(dynamics(dataverse) + chamber)
    (placebridge.folder / "council.yaml").write_text(example("dataverse.md"))
    (placebridge.folder / "chamber.yaml").write_text(example("hubspot.md"))
    synced = placebridge("sync", *DAY)
    assert synced.code == 3
    assert "chamber: failed" in synced.said
    assert "council: 6 rows read" in synced.said
    assert placebridge("check").code == 1


def test_a_secret_that_ends_is_told_in_time(placebridge: Commands, dataverse: DataverseStandin) -> None:
    (placebridge.folder / "config.env").write_text(dynamics(dataverse).replace("2099-01-31", "2020-01-31"))
    (placebridge.folder / "council.yaml").write_text(example("dataverse.md"))
    said = "it ended on 2020-01-31; make another and write it and its day into the settings"
    assert f"council: the secret: {said}" in placebridge("sync", *DAY).said
    assert said in placebridge("check").said


def test_a_real_tryton_by_its_field_map_alone(placebridge: Commands, tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        with running(tmp_path_factory.mktemp("tryton")) as tryton:
            _follow(placebridge, tryton)
    except NoTryton as reason:
        if os.environ.get("TESTS_NEED_TRYTON"):
            raise
        pytest.skip(f"no Tryton: {reason}")


def _follow(placebridge: Commands, tryton: Any) -> None:
    business, person = (tryton.create("party.category", name=name) for name in ("Business", "Person"))
    kind = tryton.create("party.relation.type", name="works for")
    firms = [tryton.create("party.party", name=f"Example Mills {number} Ltd", categories=[["add", [business]]]) for number in range(3)]
    boss = tryton.create("party.party", name="Ada Example", categories=[["add", [person]]])
    tryton.create("party.relation", from_=boss, to=firms[0], type=kind)
    (placebridge.folder / "config.env").write_text(lines("chamber", "rest", "business", {"url": tryton.url, "token": tryton.key}))
    (placebridge.folder / "chamber.yaml").write_text(example("rest.md", "## Tryton"))
    synced = placebridge("sync", *DAY)
    assert synced.code == 0, synced
    assert "chamber: 4 rows read, 4 added" in synced.said
    assert {row["source_id"] for row in _links(placebridge)} == {str(firm) for firm in firms}

    tryton.change("party.party", firms[0], name="Example Foundry Ltd")
    tryton.delete("party.party", firms[1])
    tryton.change("party.party", firms[2], active=False)
    synced = placebridge("sync", *DAY)
    assert synced.code == 0, synced
    assert "2 changed, 1 removed" in synced.said
    assert set(flags(placebridge)) == {"Example Foundry Ltd"}, "what was deactivated is closed"


def _links(placebridge: Commands) -> list[dict[str, str]]:
    assert placebridge("export", "links", "links.csv").code == 0
    header, *rows = Path(placebridge.folder / "links.csv").read_text().splitlines()
    return [dict(zip(header.split(","), row.split(","), strict=True)) for row in rows]
