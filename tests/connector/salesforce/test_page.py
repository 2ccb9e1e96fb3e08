"""docs/salesforce.md: its field map reads, and it names every setting."""

import re
from pathlib import Path

import yaml

from connector.kinds import kind_of
from tests.connector.salesforce.holding import entity

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "salesforce.md").read_text(encoding="utf-8")


def columns(block):
    for value in block["fields"].values():
        found = value.get("from", []) if isinstance(value, dict) else value
        yield from [found] if isinstance(found, str) else found


def test_the_field_map_of_the_page_is_one_that_can_be_read(org, opened, pull):
    told = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
    org.define("Account", *org.spelled("Account"), "Company_Number__c", "Industry", "ParentId:reference>Account=Parent")
    for kind, blocks in told.items():
        for block in blocks if isinstance(blocks, list) else [blocks]:
            wanted = entity(block["from"], *dict.fromkeys(["Id", block["changed"], *columns(block)]), kind=kind, **block.get("connector", {}))
            org.put(block["from"], "xyz")
            found = {one.check: one for one in opened().check([wanted])}
            assert found[f"{kind} {block['from']}"].ok, found
            assert set(pull(wanted).rows) == {"xyz"}


def test_every_setting_is_on_the_page():
    named = set(re.findall(r"`([A-Z_]+)`", PAGE.partition("| setting |")[2].partition("## A field map")[0]))
    assert named == {name.upper() for name in kind_of("salesforce").settings.model_fields}
