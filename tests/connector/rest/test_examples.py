"""The field maps of docs/rest.md read the CRMs that they are for, and follow what changes there."""

import pytest

from tests.connector.rest.crms import Espo, Frappe
from tests.connector.rest.examples import TEXT, column, entities, example
from tests.connector.rest.world import Held, SetClock, opened

SUMMER = 1_785_500_000.0
"""In July 2026, when London is an hour ahead of UTC."""
CRMS = {
    "espocrm": (Espo, "/api/v1", {"token": "key-1"}, {"business": "Account", "person": "Contact", "engagement": "Meeting"}, "name", {"business": "name", "person": "lastName", "engagement": "name"}),
    "erpnext": (
        Frappe,
        "/api/resource",
        {"user": "key-1", "password": "secret-1"},
        {"business": "Customer", "person": "Contact", "engagement": "Event"},
        "subject",
        {"business": "customer_name", "person": "last_name", "engagement": "subject"},
    ),
}


@pytest.mark.parametrize("name", sorted(CRMS))
@pytest.mark.parametrize("kind", ["business", "person", "engagement"])
def test_a_crm_is_read_and_followed(served, name, kind):
    made, path, secrets, tables, _, shown = CRMS[name]
    clock = SetClock(SUMMER)
    crm, table, titled = made(clock), tables[kind], shown[kind]
    for number in range(8):
        crm.put(table, f"R{number}", {titled: f"Sample {number}", "starts_on": "2026-07-01 10:00:00", "dateStart": "2026-07-01 09:00:00"})
        clock.sleep(1)
    clock.sleep(3600)
    field_map = example(name)
    block, held = entities(field_map)[kind], Held()
    connector = opened(f"{served(crm).url}{path}", field_map["connector"], clock, **secrets)
    held.pull(connector, block)
    assert column(held, block, titled) == {f"R{number}": f"Sample {number}" for number in range(8)}
    clock.sleep(3600)
    crm.put(table, "R1", {titled: "Changed"})
    crm.delete(table, "R2")
    crm.put(table, "R8", {titled: "New"})
    clock.sleep(60)
    came = held.pull(connector, block)
    assert {row[0] for page in came for row in page.rows} == {"R1", "R8"}
    assert column(held, block, titled) == {"R0": "Sample 0", "R1": "Changed", **{f"R{n}": f"Sample {n}" for n in range(3, 8)}, "R8": "New"}


@pytest.mark.parametrize("name", sorted(CRMS))
def test_times_have_their_zone(served, name):
    made, path, secrets, tables, _, _ = CRMS[name]
    crm = made(SetClock(SUMMER))
    crm.put(tables["engagement"], "R1", {"starts_on": "2026-07-01 10:00:00", "dateStart": "2026-07-01 09:00:00"})
    field_map, held = example(name), Held()
    block = entities(field_map)["engagement"]
    held.pull(opened(f"{served(crm).url}{path}", field_map["connector"], crm.clock, **secrets), block)
    starts = {"espocrm": ("dateStart", "2026-07-01T09:00:00Z"), "erpnext": ("starts_on", "2026-07-01T10:00:00+01:00")}[name]
    assert column(held, block, starts[0]) == {"R1": starts[1]}


@pytest.mark.parametrize("name", sorted(CRMS))
def test_check_finds_nothing_to_mend(served, name):
    made, path, secrets, tables, _, _ = CRMS[name]
    clock = SetClock(SUMMER)
    crm = made(clock)
    for table in tables.values():
        crm.put(table, "R1", {})
    field_map = example(name)
    connector = opened(f"{served(crm).url}{path}", field_map["connector"], clock, **secrets)
    findings = connector.check(list(entities(field_map).values()))
    assert [finding for finding in findings if not finding.ok] == []
    assert any("only what has changed" in finding.detail for finding in findings)


def test_every_word_of_the_yaml_is_documented():
    from connector.rest.words import Changed, Deleted, Fields, Paging, SignIn, Top

    words = {name for model in (Top, SignIn, Paging, Fields, Changed, Deleted) for name in model.model_fields}
    assert [word for word in sorted(words) if word not in TEXT] == []
