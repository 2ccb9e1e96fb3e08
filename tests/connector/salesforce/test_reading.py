"""Whole reads, reads of changes, and going on after a stop."""

from tests.connector.salesforce.holding import entity


def test_a_whole_read_gives_the_columns_and_nothing_deleted(org, pull):
    org.put("User", "005B", Name="Olive Owner", Username="olive@example.org", Email="olive@example.org")
    org.put("Account", "001A", Name="Acme Widgets Ltd", NumberOfEmployees=12, AnnualRevenue=5, OwnerId="005B")
    org.put("Account", "001B", Name="", NumberOfEmployees=None)
    org.put("Account", "001C", Name="Gone Ltd")
    org.delete("Account", "001C")
    held = pull(entity("Account", "Id", "name", "NumberOfEmployees", "AnnualRevenue", "owner.email", "SystemModstamp"))
    assert held.rows == {
        "001A": ("001A", "Acme Widgets Ltd", 12, 5.0, "olive@example.org", "2027-01-15T08:00:00.000+0000"),
        "001B": ("001B", None, None, None, None, "2027-01-15T08:00:00.000+0000"),
    }
