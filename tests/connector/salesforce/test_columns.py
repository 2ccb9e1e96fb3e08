"""Columns of the field map, found in the object's description or named in what is refused."""

import pytest

from connector.contract import StopEntity
from tests.connector.salesforce.holding import entity


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (("Id", "Naem"), ["no field 'Naem'", "did you mean Name?"]),
        (("Id", "Naem", "Phnoe", "Name"), ["Naem", "Phone", "those fields"]),
        (("Id", "Owner.Emial"), ["'Owner.Emial' of User", "did you mean Email"]),
        (("Id", "Ownr.Email"), ["no relationship 'Ownr'", "Owner"]),
        (("Id", "OwnerId.Email"), ["write Owner in place of OwnerId"]),
        (("Id", "BillingAddress"), ["BillingStreet, BillingCity, BillingPostalCode, BillingCountry"]),
        (("Id", "BillingAddress.city"), ["BillingStreet, BillingCity"]),
        (("Id", "Owner.a.b.c.d.e.f"), ["more than 5"]),
    ],
)
def test_a_column_that_is_none_is_named_with_what_was_meant(columns, words, opened):
    with pytest.raises(StopEntity) as raised:
        list(opened().pull(entity("Account", *columns), None))
    assert all(word in str(raised.value) for word in [*words, "read access"]), str(raised.value)


def test_a_field_that_is_hidden_from_the_user_is_named_with_what_to_permit(org, opened):
    org.hidden.add(("Account", "Phone"))
    with pytest.raises(StopEntity, match=r"'Phone'.*give the run-as user's permission set read access"):
        list(opened().pull(entity("Account", "Id", "Phone"), None))


@pytest.mark.parametrize(("source", "meant"), [("Acount", "Account"), ("event_relation", "EventRelation"), ("Visit__c", "read access to Visit__c")])
def test_an_object_that_is_none_is_named_with_what_was_meant(source, meant, opened):
    with pytest.raises(StopEntity, match=meant):
        list(opened().pull(entity(source), None))


@pytest.mark.parametrize("source", ["", "Account Contact", "../limits", "Account/describe", "Account?x=1", "Acc\u00f6unt"])
def test_a_name_that_cannot_be_an_object_is_not_asked_for(source, org, opened):
    with pytest.raises(StopEntity, match="no object's name"):
        list(opened().pull(entity(source), None))
    assert not any("sobjects" in one.path for one in org.server.asked)


@pytest.mark.parametrize("way", [{}, {"bulk_above": 0}], ids=["rest", "bulk"])
def test_paths_walk_relationships_and_end_where_they_lead_nowhere(way, org, pull):
    org.put("User", "005B", Name="Olive", Username="o@example.org", Email="olive@example.org")
    org.put("Account", "001A", Name="Acme", OwnerId="005B")
    org.put("Contact", "003A", Name="Ada", AccountId="001A", Email="ada@example.org")
    org.put("Contact", "003B", Name="Bo")
    held = pull(entity("Contact", "Id", "Account.Name", "account.owner.email", kind="person"), **way)
    assert held.rows == {"003A": ("003A", "Acme", "olive@example.org"), "003B": ("003B", None, None)}


@pytest.mark.parametrize("way", [{}, {"bulk_above": 0}], ids=["rest", "bulk"])
def test_a_relationship_to_several_objects_has_the_fields_of_name(way, org, pull, opened):
    org.put("Contact", "003A", Name="Ada", Email="ada@example.org")
    org.put("Task", "00T1", Subject="Ring", WhoId="003A")
    org.put("Task", "00T2", Subject="Note")
    held = pull(entity("Task", "Id", "Who.Type", "Who.Email", kind="engagement"), **way)
    assert held.rows == {"00T1": ("00T1", "Contact", "ada@example.org"), "00T2": ("00T2", None, None)}
    with pytest.raises(StopEntity, match=r"'Who.AccountId' of Name"):
        list(opened(**way).pull(entity("Task", "Id", "Who.AccountId", kind="engagement"), None))
