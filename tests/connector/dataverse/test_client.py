"""Microsoft's own client reads the same stand-in, and gets what the connector gets: what the stand-in does is not only what suits us.

PowerPlatform-Dataverse-Client insists on TLS, so it and the connector read over a certificate that was made for the test."""

import ssl
import subprocess
from types import SimpleNamespace

import pytest
from azure.core.credentials import AccessToken
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError

from connector.contract import StopEntity
from tests.connector.dataverse.conftest import block, read, rows
from tests.connector.dataverse.standin import DataverseStandin
from tests.connector.sites import serve

LABEL = "OData.Community.Display.V1.FormattedValue"
LOOKUP = "Microsoft.Dynamics.CRM.lookuplogicalname"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of its own authority, for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "3650",
             "-subj", "/CN=organisation", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:TRUE"]  # fmt: skip
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return SimpleNamespace(pem=folder / "cert.pem", context=context)


@pytest.fixture
def site(clock):
    return DataverseStandin(clock, scheme="https")


@pytest.fixture
def server(site, certificate):
    running = serve(site, certificate.context)
    yield running
    running.close()


@pytest.fixture
def client(site, server, certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.pem))

    class Credential:
        def get_token(self, *scopes, **more):
            return AccessToken(site.issue(), int(site.clock.now()) + 3599)

    with DataverseClient(server.url, Credential()) as opened:
        yield opened


@pytest.fixture(autouse=True)
def filled(site):
    for n in range(1, 12):
        firm, person = f"firm-{n:02d}", f"person-{n:02d}"
        site.put("account", firm, {"name": f"Firm {n}", "industrycode": 7 if n % 2 else 1})
        site.put("contact", person, {"fullname": f"Person {n}", "parentcustomerid": ("account", firm)})
        site.put("appointment", f"meeting-{n:02d}", {"subject": "Meeting"})
        site.put("activityparty", f"party-{n:02d}", {"activityid": ("appointment", f"meeting-{n:02d}"), "partyid": ("contact", person), "participationtypemask": 5})


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize(("table", "columns"), [
    ("account", ("accountid", "name", "industrycode", f"industrycode@{LABEL}", "statecode")),
    ("contact", ("contactid", "fullname", "_parentcustomerid_value", f"_parentcustomerid_value@{LABEL}", f"_parentcustomerid_value@{LOOKUP}")),
    ("activityparty", ("activitypartyid", "_activityid_value", "_partyid_value", "participationtypemask", f"participationtypemask@{LABEL}")),
])  # fmt: skip
def test_both_read_the_same_rows(site, client, connect, certificate, tracked, table, columns):
    site.tables[table].tracked = tracked and table != "activityparty"
    source = site.tables[table].entity_set
    ours = rows(read(connect(ca_bundle=certificate.pem, page_size=4), block(source=source, columns=columns, ids=columns[:1])))
    selected = [column for column in columns if "@" not in column]
    theirs = client.records.list(table, select=selected, page_size=4, include_annotations=f"{LABEL},{LOOKUP}")
    assert sorted(ours) == sorted(tuple(record.get(column) for column in columns) for record in theirs)
    assert len(ours) == 11


def test_both_see_what_changed_since_a_time(site, clock, client, connect, certificate):
    site.tables["account"].tracked = False
    entity = block(columns=("accountid", "name", "modifiedon"))
    connector = connect(ca_bundle=certificate.pem, look_back_minutes=0)
    clock.moment += 3600
    cursor = read(connector, entity)[-1].cursor
    site.put("account", "firm-03", {"name": "Renamed"})
    site.delete("account", "firm-04")
    pages = read(connector, entity, cursor)
    theirs = client.records.list("account", select=["name", "modifiedon"], filter=f"modifiedon ge {cursor['since']}")
    assert rows(pages) == [tuple(record[column] for column in entity.columns) for record in theirs]
    assert sorted(id for page in pages for id in page.seen) == [record["accountid"] for record in client.records.list("account", select=["accountid"])]


def test_both_find_the_table_and_its_columns(client, connect, certificate):
    found = client.tables.get("contact")
    assert (found["table_logical_name"], found["entity_set_name"]) == ("contact", "contacts")
    names = {column["LogicalName"] for column in client.tables.list_columns("contact")}
    assert {"contactid", "fullname", "parentcustomerid", "modifiedon"} <= names
    assert client.tables.get("kontact") is None
    with pytest.raises(StopEntity, match="there is no table kontact"):
        read(connect(ca_bundle=certificate.pem), block(source="kontact"))


def test_it_is_throttled_like_any_other(site, client):
    site.limit = 2
    client.records.list("account", select=["name"], top=1)
    with pytest.raises(HttpError) as raised:
        client.records.list("account", select=["name"])
    assert (raised.value.status_code, raised.value.details["service_error_code"]) == (429, "0x80072322")


def test_a_column_that_is_not_there_is_refused(client):
    with pytest.raises(HttpError) as raised:
        client.records.list("account", select=["nmae"])
    assert raised.value.status_code == 400
