"""How columns are kept, the same in every table."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

# Before any table: Alembic needs names to change or drop what SQLite leaves unnamed.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}
# No row is checked by pydantic, so its checkers are made when one is asked for: all of them take as long as reading a thousand rows.
SQLModel.model_config["defer_build"] = True


def json_column(nullable: bool = False) -> Any:
    """A column of any JSON value; None is NULL, not JSON's null."""
    return Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=nullable))
