"""The field map of docs/hubspot.md reads, and the page names every setting."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.contract import Entity
from connector.kinds import kind_of
from mappings import field_map
from mappings.field_map_parts import Block
from mappings.reading import Reader, Reading
from tests.connector.hubspot.world import World

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "hubspot.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
BLOCKS = [block for blocks in field_map.read(EXAMPLE, "hubspot.md").blocks.values() for block in blocks]
OWN = {"hs_object_id", "hs_lastmodifieddate", "lastmodifieddate"}


def read(world: World, block: Block) -> list[Reading]:
    ids = tuple(column for part in block.ids for column in part.columns)
    what = Entity(block.entity, block.source, block.columns(), ids=ids, complete=block.complete)
    connector = world.connector()
    assert all(finding.ok for finding in connector.check([what]))
    rows = [row for page in connector.pull(what, None) for row in page.rows]
    return Reader(block, ZoneInfo("Europe/London")).read(rows)


@pytest.fixture
def filled(world: World) -> World:
    for block in BLOCKS:
        names = {name: name for name in block.columns() if not name.startswith("associations.") and name not in OWN}
        world.site.declare(block.source, **names)
    for source, fields in {
        "companies": {"name": "Ferry Lane Bakery", "address": "1 Ferry Lane", "address2": "Quayside"},
        "contacts": {"firstname": "Ada", "lastname": "Example", "jobtitle": "Managing director", "hs_email_optout": "true"},
        "meetings": {"hs_meeting_title": "Visit", "hs_meeting_start_time": "2026-05-01T09:30:00Z", "hs_meeting_outcome": "SCHEDULED"},
        "calls": {"hs_call_title": "Rates", "hs_call_direction": "INBOUND", "hs_timestamp": "2026-05-02T09:30:00Z"},
        "emails": {"hs_email_subject": "Grant", "hs_email_direction": "INCOMING_EMAIL", "hs_timestamp": "2026-05-03T09:30:00Z"},
        "notes": {"hs_note_body": "<p>Hiring</p>", "hs_timestamp": "2026-05-04T09:30:00Z"},
    }.items():
        world.site.put(source, "7", fields)
    for source in ("contacts", "meetings", "calls", "emails", "notes"):
        world.site.associate(source, "7", "companies", "7", primary=True)
    for source in ("meetings", "calls", "emails", "notes"):
        world.site.associate(source, "7", "contacts", "7")
    world.clock.sleep(60)
    return world


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.source)
def test_each_block_reads_without_a_reject(filled, block):
    (reading,) = read(filled, block)
    assert (reading.source_id, reading.reason, list(reading.notices)) == ("7", None, [])
    assert reading.fields
    if block.entity != "business":
        assert "7" in str(reading.fields["business"])
    if block.entity == "engagement":
        assert "7" in str(reading.fields["participants"])
        assert "status" not in reading.fields


def test_all_that_a_council_reads_is_in_the_example():
    assert [block.source for block in BLOCKS] == ["companies", "contacts", "meetings", "calls", "emails", "notes"]


def test_every_setting_is_on_the_page_with_its_default():
    for name, setting in kind_of("hubspot").settings.model_fields.items():
        assert f"`{name.upper()}`" in TEXT, f"{name} is not in docs/hubspot.md"
        if isinstance(setting.default, str | int | float) and setting.default != "":
            (line,) = [line for line in TEXT.splitlines() if line.startswith("|") and f"`{name.upper()}`" in line.split("|")[1]]
            default = f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)
            assert re.search(rf"(?<![\w.]){re.escape(default)}(?![\w.])", line), f"{name}'s default is {default}"
