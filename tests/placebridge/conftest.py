"""A folder with two small exports, and commands run in it."""

import os
from pathlib import Path

import pytest

from tests.placebridge.commands import Commands
from tests.placebridge.two_crms import TwoCrms

CONFIG = """PLACEBRIDGE_DATABASE_URL=sqlite:///placebridge.db
PLACEBRIDGE_TIMEZONE=Europe/London
PLACEBRIDGE_CONNECTIONS__COUNCIL__KIND=files
PLACEBRIDGE_CONNECTIONS__COUNCIL__SIDE=council
PLACEBRIDGE_CONNECTIONS__COUNCIL__PATH=exports
PLACEBRIDGE_CONNECTIONS__COUNCIL__MAPPING=council.yaml
"""
FIELD_MAP = """business: {from: accounts.csv, id: Account, fields: {name: Account Name}}
person: {from: contacts.csv, id: Contact, fields: {first_name: First Name, last_name: Last Name, title: Job Title, business: Account}}
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """Settings, a field map and exports of twelve businesses and a chief executive."""
    (tmp_path / "config.env").write_text(CONFIG)
    (tmp_path / "council.yaml").write_text(FIELD_MAP)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/accounts.csv").write_text(
        "Account,Account Name\nA1,Acme Ltd\n" + "".join(f"A{n},Firm {n}\n" for n in range(2, 13))
    )
    (tmp_path / "exports/contacts.csv").write_text("Contact,First Name,Last Name,Job Title,Account\nC1,Ann,Lee,CEO,A1\n")
    return tmp_path


@pytest.fixture
def placebridge(world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    """Commands in that folder, without settings of the machine's own."""
    for name in os.environ:
        if name.startswith("PLACEBRIDGE_"):
            monkeypatch.delenv(name)
    return Commands(world, monkeypatch, capsys)


@pytest.fixture
def crms(tmp_path: Path, migrated_url: str, placebridge: Commands) -> TwoCrms:
    """Commands where two CRMs are connected, on each kind of database, which is of today's schema."""
    return TwoCrms(tmp_path, migrated_url, placebridge)


@pytest.fixture
def new_crms(tmp_path: Path, database_url: str, placebridge: Commands) -> TwoCrms:
    """The same before any database was set up."""
    return TwoCrms(tmp_path, database_url, placebridge)
