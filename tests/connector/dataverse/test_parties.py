"""Who took part: which rows of activityparty are participants, and in which words."""

import pytest

from connector.contract import StopEntity
from tests.connector.dataverse.conftest import block, read, rows
from tests.connector.dataverse.standin import USER

MEETING, TALK, FIRM, PERSON, LEAD = (f"00000000-0000-0000-0000-0000000000{n}" for n in (10, 11, 12, 13, 14))
COLUMNS = ("activityid", "partyid", "participationtypemask@role", "addressused")
ROLES = {1: "sender", 2: "to", 3: "cc", 4: "bcc", 5: "required", 6: "optional", 7: "organizer", 8: "regarding", 9: "owner", 10: "resource", 11: "customer", 12: "chat"}


@pytest.fixture(autouse=True)
def filled(site):
    site.put("account", FIRM, {"name": "Example Foundry"})
    site.put("contact", PERSON, {"fullname": "A. Person"})
    site.put("lead", LEAD, {"fullname": "A. Lead"})
    site.put("appointment", MEETING, {"subject": "Site visit"})
    site.put("phonecall", TALK, {"subject": "Call"})


def party(site, id, party, mask, activity=("appointment", MEETING), **more):
    site.put("activityparty", f"00000000-0000-0000-0001-{id:012d}", {"activityid": activity, "partyid": party, "participationtypemask": mask, **more})


def parties(columns=COLUMNS, **options):
    return block("participant", "activityparties", columns, (), options=options)


def test_all_roles_but_those_that_were_not_there(site, connect):
    for mask in ROLES:
        party(site, mask, ("contact", PERSON), mask)
    found = [row[2] for row in rows(read(connect(), parties()))]
    assert found == [word for word in ROLES.values() if word not in {"regarding", "owner", "resource"}]


@pytest.mark.parametrize("roles", [["organizer"], ["regarding", "owner", "resource"], "customer", list(ROLES.values())])
def test_a_block_may_choose_its_roles(site, connect, roles):
    for mask in ROLES:
        party(site, mask, ("contact", PERSON), mask)
    assert [row[2] for row in rows(read(connect(), parties(roles=roles)))] == ([roles] if isinstance(roles, str) else roles)


def test_the_councils_own_users_and_firms_are_no_strangers(site, connect):
    party(site, 1, ("contact", PERSON), 5)
    party(site, 2, ("systemuser", USER), 7)
    party(site, 3, ("account", FIRM), 2)
    party(site, 4, ("lead", LEAD), 6)
    party(site, 5, None, 2, addressused="somebody@example.org")
    assert rows(read(connect(), parties())) == [
        (MEETING, PERSON, "required", None), (MEETING, LEAD, "optional", None), (MEETING, None, "to", "somebody@example.org"),
    ]  # fmt: skip


def test_whose_party_it_is_is_known_without_its_column(site, connect):
    party(site, 1, ("systemuser", USER), 2, addressused="officer@example.org")
    party(site, 2, ("contact", PERSON), 2, addressused="person@example.org")
    assert rows(read(connect(), parties(("activityid", "addressused")))) == [(MEETING, "person@example.org")]


@pytest.mark.parametrize(("wanted", "found"), [(["account"], [FIRM]), (["systemusers", "contact"], [PERSON, USER]), (["unresolved"], [None])])
def test_a_block_may_choose_whose_parties(site, connect, wanted, found):
    party(site, 1, ("contact", PERSON), 5)
    party(site, 2, ("systemuser", USER), 7)
    party(site, 3, ("account", FIRM), 2)
    party(site, 5, None, 2, addressused="somebody@example.org")
    assert [row[1] for row in rows(read(connect(), parties(parties=wanted)))] == found


@pytest.mark.parametrize(("activities", "found"), [
    (["appointment"], [MEETING]), (["phonecalls"], [TALK]), (["appointments", "phonecall"], [MEETING, TALK]), ("email", []),
])  # fmt: skip
def test_a_block_may_choose_the_activities(site, connect, activities, found):
    party(site, 1, ("contact", PERSON), 5)
    party(site, 2, ("contact", PERSON), 2, ("phonecall", TALK))
    party(site, 3, ("contact", PERSON), 9, ("phonecall", TALK))
    assert [row[0] for row in rows(read(connect(), parties(activities=activities)))] == found


@pytest.mark.parametrize(("options", "words"), [
    ({"role": ["to"]}, "role is not known for activityparties; write activities, parties, roles"),
    ({"roles": ["attendee"]}, "attendee is not known; write some of sender"),
    ({"roles": []}, "roles is to be a list of words"),
    ({"activities": {"a": 1}}, "as in \\[appointment, phonecall\\]"),
    ({"activities": ["meetings"]}, "there is no table meetings"),
    ({"parties": ["contcat"]}, "there is no table contcat.*contact"),
])  # fmt: skip
def test_a_choice_that_cannot_be_is_named(connect, options, words):
    with pytest.raises(StopEntity, match=words):
        read(connect(), parties(**options))


def test_parties_of_an_activity_that_changed_come_anew_and_those_taken_off_are_gone(site, connect):
    """Nothing about a party's own row says that it changed, so all are read each time."""
    party(site, 1, ("contact", PERSON), 5)
    party(site, 2, ("lead", LEAD), 6)
    connector, entity = connect(page_size=1), parties()
    first = read(connector, entity)
    site.delete("activityparty", "00000000-0000-0000-0001-000000000002")
    party(site, 3, ("lead", LEAD), 7)
    pages = read(connector, entity, first[-1].cursor)
    assert [(row[1], row[2]) for row in rows(pages)] == [(PERSON, "required"), (LEAD, "organizer")]
    assert pages[-1].snapshot
    site.delete("appointment", MEETING)
    assert rows(read(connector, entity, pages[-1].cursor)) == []


def test_a_time_of_its_activity_is_no_time_of_change(site, connect):
    party(site, 1, ("contact", PERSON), 5, scheduledstart="2020-01-01T09:00:00Z")
    entity = block("participant", "activityparties", ("activitypartyid", "scheduledstart"), ("activitypartyid",), changed="scheduledstart")
    connector = connect()
    pages = read(connector, entity)
    assert len(rows(read(connector, entity, pages[-1].cursor))) == 1


def test_the_number_and_its_label_are_there_too(site, connect):
    party(site, 1, ("contact", PERSON), 5, addressused="a@example.org")
    columns = ("activitypartyid", "_activityid_value", "participationtypemask", "participationtypemask@label", "partyid@label", "partyid@table")
    (row,) = rows(read(connect(), parties(columns)))
    assert row[1:] == (MEETING, 5, "Required attendee", "A. Person", "contact")
