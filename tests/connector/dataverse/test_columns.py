"""How a field map names tables and columns, and what it is told when there is none."""

import pytest

from connector.contract import StopEntity
from tests.connector.dataverse.conftest import block, read, rows
from tests.connector.dataverse.definitions import Table

FIRM, PERSON, MEETING, TALK = (f"00000000-0000-0000-0000-0000000000{n}" for n in (10, 20, 30, 40))


@pytest.fixture(autouse=True)
def filled(site):
    site.put("account", FIRM, {"name": "Example Foundry", "industrycode": 7, "revenue": 1200.5, "numberofemployees": 40, "donotemail": True})
    site.put("contact", PERSON, {"fullname": "A. Person", "parentcustomerid": ("account", FIRM)})
    site.put("appointment", MEETING, {"subject": "Site visit", "statecode": 3, "regardingobjectid": ("account", FIRM), "scheduledstart": "2026-05-01T09:00:00Z"})
    site.put("phonecall", TALK, {"subject": "Call", "directioncode": True})


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize(("source", "columns", "row"), [
    ("accounts", ("name", "revenue", "numberofemployees", "donotemail", "websiteurl"), ("Example Foundry", 1200.5, 40, True, None)),
    ("accounts", ("industrycode", "industrycode@label", "statecode@label"), (7, "Consulting", "Active")),
    ("accounts", ("industrycode@OData.Community.Display.V1.FormattedValue",), ("Consulting",)),
    ("accounts", ("Name", "ACCOUNTID"), ("Example Foundry", FIRM)),
    ("contacts", ("parentcustomerid", "_parentcustomerid_value"), (FIRM, FIRM)),
    ("contacts", ("parentcustomerid@label", "_parentcustomerid_value@table"), ("Example Foundry", "account")),
    ("contacts", ("statuscode@label", "jobtitle@label", "ownerid@label"), ("Active", None, None)),
    ("appointments", ("subject", "scheduledstart", "statecode@label"), ("Site visit", "2026-05-01T09:00:00Z", "Scheduled")),
    ("appointments", ("_regardingobjectid_value", "regardingobjectid@table"), (FIRM, "account")),
    ("phonecall", ("directioncode", "directioncode@label"), (True, "Yes")),
])  # fmt: skip
def test_a_column_is_read_as_it_is_written(site, connect, tracked, source, columns, row):
    table = site.table(source)
    table.tracked = tracked
    entity = block(source=source, columns=(table.key, *columns), ids=(table.key,))
    assert [found[1:] for found in rows(read(connect(), entity))] == [row]


def test_labels_come_with_changes_too(site, connect):
    entity = block(columns=("accountid", "industrycode@label"))
    connector = connect()
    cursor = read(connector, entity)[-1].cursor
    site.put("account", FIRM, {"industrycode": 1})
    assert rows(read(connector, entity, cursor)) == [(FIRM, "Accounting")]


@pytest.mark.parametrize(("source", "columns", "words"), [
    ("accounts", ("accountid", "nmae"), ["column nmae is not there (name?)"]),
    ("accounts", ("accountid", "zzz", "telephon1"), ["column zzz is not there;", "column telephon1 is not there (telephone1?)"]),
    ("accounts", ("name@lable",), ["column name@lable is not known; behind the @ may stand label or table"]),
    ("accounts", ("_name_value",), ["column _name_value is not there"]),
    ("accounts", ("primarycontactid.emailaddress1",), ["is another table's; name the lookup"]),
    ("accounts", ("participationtypemask@role",), ["column participationtypemask@role is not there"]),
    ("appointments", ("requiredattendees",), ["is a list of people", "activityparties"]),
    ("activityparties", ("owningbusinessunit",), ["column owningbusinessunit is not there"]),
    ("contacts", ("parentcustomeridname",), ["column parentcustomeridname cannot be read by itself; write parentcustomerid@label"]),
    ("acounts", ("name",), ["there is no table acounts", "accounts"]),
    ("xyzzy", ("name",), ["there is no table xyzzy in this organisation; correct 'from' in the field map"]),
    ("accounts')?$filter=x", ("name",), ["there is no table"]),
])  # fmt: skip
def test_what_is_not_there_is_named_with_what_is_near(connect, source, columns, words):
    with pytest.raises(StopEntity) as raised:
        read(connect(), block(source=source, columns=columns, ids=()))
    assert [word for word in words if word not in str(raised.value)] == []
    (finding,) = [one for one in connect().check([block(source=source, columns=columns, ids=())]) if one.check.startswith("business")]
    assert (finding.ok, [word for word in words if word not in finding.detail]) == (False, [])


def test_a_sets_name_goes_before_a_tables_of_the_same_name(site, connect):
    other = Table("accounts", "accountses", "accountsid", "name", {"accountsid": "Uniqueidentifier", "name": "String"})
    site.tables, site.rows["accounts"], site.deletions["accounts"] = {"accounts": other, **site.tables}, {}, []
    assert rows(read(connect(), block())) == [(FIRM, "Example Foundry")]


def test_an_option_that_is_not_known_is_named(connect):
    with pytest.raises(StopEntity, match="filter is not known for accounts"):
        read(connect(), block(options={"filter": "x"}))
