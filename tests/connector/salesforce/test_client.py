"""simple-salesforce, which others wrote, reads the same organisation: it judges the stand-in, and our rows against its own."""

import csv
import datetime as dt
import io
import ipaddress
import ssl
import warnings

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.connector.salesforce.holding import entity
from tests.connector.salesforce.standin import Organisation
from tests.connector.sites import serve

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the packages that it imports
    from simple_salesforce import Salesforce
    from simple_salesforce.exceptions import SalesforceExpiredSession, SalesforceMalformedRequest, SalesforceResourceNotFound

SOQL = "SELECT Id, Name, NumberOfEmployees, Owner.Email FROM Account WHERE IsDeleted = false ORDER BY SystemModstamp, Id"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of its own for 127.0.0.1, and its key, in one PEM file."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "salesforce.example.org")])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(built.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@pytest.fixture
def org(clock, certificate):
    """An organisation behind TLS, for the client speaks nothing else."""
    organisation = Organisation(clock)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    organisation.server = serve(organisation, context)
    organisation.instance_url = organisation.server.url
    organisation.put("User", "005B", Name="Olive", Username="o@example.org", Email="olive@example.org")
    for number in range(5):
        organisation.put("Account", f"001{number}", Name=f'Firm "{number}"\nLtd', NumberOfEmployees=number, OwnerId="005B" if number % 2 else None)
    organisation.put("Account", "0019", Name="Gone")
    organisation.page_size = 2
    yield organisation
    organisation.server.close()


@pytest.fixture
def client(org, certificate):
    """Signed in with a token of the client credentials flow."""
    session = requests.Session()
    session.trust_env, session.verify = False, str(certificate)
    form = {"grant_type": "client_credentials", "client_id": org.client_id, "client_secret": org.client_secret}
    told = session.post(f"{org.server.url}/services/oauth2/token", data=form, timeout=5).json()
    with session:
        yield Salesforce(instance_url=told["instance_url"], session_id=told["access_token"], session=session, version="64.0")


@pytest.fixture
def ours(pull, certificate):
    return lambda **way: pull(entity("Account", "Id", "Name", "NumberOfEmployees", "Owner.Email"), ca_bundle=certificate, **way)


def row(record):
    return (record["Id"], record["Name"], record["NumberOfEmployees"], (record["Owner"] or {}).get("Email"))


def test_it_reads_the_same_rows_page_by_page(org, client, ours):
    org.delete("Account", "0019")
    theirs = [row(record) for record in client.query_all(SOQL, include_deleted=True)["records"]]
    assert sorted(ours().rows.values()) == sorted(theirs)
    assert len(theirs) == 5


def test_it_sees_the_deleted_only_where_they_are_asked_for(org, client):
    org.delete("Account", "0019")
    assert client.query("SELECT count() FROM Account")["totalSize"] == 5
    found = client.query_all("SELECT Id, IsDeleted FROM Account WHERE IsDeleted = true", include_deleted=True)["records"]
    assert [(one["Id"], one["IsDeleted"]) for one in found] == [("0019", True)]


def test_it_finds_a_merge(org, client):
    org.merge("Account", "0019", "0010")
    found = client.query_all("SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true AND MasterRecordId != null", include_deleted=True)
    assert [(one["Id"], one["MasterRecordId"]) for one in found["records"]] == [("0019", "0010")]


def test_it_describes_the_object_that_ours_reads(client):
    described = client.Account.describe()
    by_name = {one["name"]: one for one in described["fields"]}
    assert by_name["OwnerId"]["referenceTo"] == ["User"]
    assert by_name["BillingCity"]["compoundFieldName"] == "BillingAddress"
    assert "Account" in [one["name"] for one in client.describe()["sobjects"]]


def test_it_hears_of_deletions(org, client, clock):
    org.delete("Account", "0019")
    now = dt.datetime.fromtimestamp(clock.now(), dt.UTC)
    told = client.Account.deleted(now - dt.timedelta(days=1), now + dt.timedelta(minutes=1))
    assert [one["id"] for one in told["deletedRecords"]] == ["0019"]


def test_it_reads_the_same_rows_by_bulk(org, client, ours):
    org.delete("Account", "0019")
    org.bulk_polls = 0
    texts = client.bulk2.Account.query(SOQL.partition(" ORDER")[0], max_records=2, wait=0)
    theirs = [line for text in texts for line in csv.DictReader(io.StringIO(text, newline=""))]
    mine = ours(bulk_above=0, bulk_page=2).rows
    assert len(theirs) == 5
    for line in theirs:
        found = mine[line["Id"]]
        assert ["" if one is None else str(one) for one in found] == [line[name] for name in ("Id", "Name", "NumberOfEmployees", "Owner.Email")]


def test_bulk_and_rest_give_us_the_same_rows(ours):
    assert ours().rows == ours(bulk_above=0).rows


def test_it_is_refused_as_salesforce_refuses(org, client):
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_FIELD"):
        client.query("SELECT Nmae FROM Account")
    with pytest.raises(SalesforceResourceNotFound):
        client.Acount.describe()
    org.tokens.clear()
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Account")


def test_it_reads_the_quota(org, client):
    client.query("SELECT Id FROM Account")
    assert client.api_usage["api-usage"].used == org.used
