"""What registers answered that are asked, not read. Can be asked again at any time."""

from datetime import date
from typing import Any

from sqlmodel import Field, SQLModel

from store.tables.columns import json_column


class LookupAnswer(SQLModel, table=True):
    """What a register says of one key."""

    __tablename__ = "lookup_answer"
    name: str = Field(primary_key=True)
    """The register: companies_house or postcodes."""
    key: str = Field(primary_key=True)
    """The company number or postcode, as mappings spells it."""
    connection: str
    """By which connection it was asked last."""
    facts: dict[str, Any] | None = json_column(nullable=True)
    """None: it knows no such key."""
    asked_on: date


class RegisterOfficer(SQLModel, table=True):
    """An officer of a company that the register was asked about: by which companies share one. Made from the answers."""

    __tablename__ = "register_officer"
    number: str = Field(primary_key=True)
    officer: str = Field(primary_key=True, index=True)
    """The register's own id of the person, the same at every company."""
    name: str
    resigned_on: date | None = None
