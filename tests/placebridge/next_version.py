"""The program as its next version might be: one more migration."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, String, Table
from sqlmodel import SQLModel

from store import migrate

NEXT = "9998"
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{next}", "{head}", None, None


def upgrade():
    with op.batch_alter_table("run") as batch:
        batch.alter_column("message", existing_type=sa.String(), nullable=True)
        batch.add_column(sa.Column("worker", sa.String()))
    op.create_table("of_the_next", sa.Column("name", sa.String(), primary_key=True))
"""


@contextmanager
def next_version(folder: Path) -> Iterator[None]:
    """Meanwhile this program is its next version; `folder` is to be empty."""
    head = migrate.head()
    if not (folder / "migrations").exists():
        shutil.copytree(migrate.FOLDER, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "migrations/versions" / f"{NEXT}_next.py").write_text(MIGRATION.format(next=NEXT, head=head))
    table = Table("of_the_next", SQLModel.metadata, Column("name", String, primary_key=True))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(migrate, "FOLDER", folder / "migrations")
            yield
    finally:
        SQLModel.metadata.remove(table)
