"""The field map of docs/dataverse.md is a field map, and its tables and columns are Dataverse's; the settings that it names are ours."""

import re
from pathlib import Path

from connector.contract import Entity
from connector.dataverse.kind import DataverseSettings
from connector.dataverse.parties import PEOPLE, ROLES, WERE_THERE
from jobs.pull import as_entity
from mappings.field_map import read as read_map
from tests.connector.dataverse.conftest import read, rows

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "dataverse.md").read_text(encoding="utf-8")
FLAT = " ".join(TEXT.split())
FIRM, PERSON, MEETING, PARTY = (f"00000000-0000-0000-0000-0000000000{n}" for n in (10, 20, 30, 40))


def entities() -> list[Entity]:
    """The blocks as connectors get them."""
    (text,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    return [as_entity(block) for blocks in read_map(text, "council.yaml").blocks.values() for block in blocks]


def test_the_field_map_finds_all_its_tables_and_columns(connect):
    found = entities()
    assert [entity.source for entity in found] == ["accounts", "contacts", "appointments", "phonecalls", "emails", "activityparties"]
    assert [finding for finding in connect(secret_expires="2027-03-31").check(found) if not finding.ok] == []


def test_the_field_map_brings_who_met_whom(site, connect):
    site.put("account", FIRM, {"name": "Example Foundry"})
    site.put("contact", PERSON, {"fullname": "A. Person", "parentcustomerid": ("account", FIRM)})
    site.put("appointment", MEETING, {"subject": "Visit", "regardingobjectid": ("account", FIRM)})
    site.put("activityparty", PARTY, {"activityid": ("appointment", MEETING), "partyid": ("contact", PERSON), "participationtypemask": 7})
    by_source = {entity.source: [dict(zip(entity.columns, row, strict=True)) for row in rows(read(connect(), entity))] for entity in entities()}
    assert by_source["accounts"][0]["accountid"] == by_source["contacts"][0]["parentcustomerid"] == by_source["appointments"][0]["regardingobjectid"]
    assert by_source["activityparties"] == [{"activityid": MEETING, "partyid": PERSON, "addressused": None, "participationtypemask@role": "organizer"}]


def test_every_setting_stands_in_the_document():
    assert [name for name in DataverseSettings.model_fields if name.upper() not in TEXT] == []
    for name, field in DataverseSettings.model_fields.items():
        if name in {"login_url", "api_version", "page_size", "look_back_minutes"}:
            assert f"| `{name.upper()}` | {field.default} |" in TEXT


def test_every_role_and_default_stands_in_the_document():
    assert ", ".join(ROLES.values()) in FLAT
    assert f"| `roles` | {', '.join(WERE_THERE)} |" in TEXT
    assert f"| `parties` | {', '.join(PEOPLE)} |" in TEXT
