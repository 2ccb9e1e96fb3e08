"""What admins change on the page instead of in a file: every version that was saved."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class SettingVersion(SQLModel, table=True):
    """A text that was saved. The newest of its kind and connection holds; the others are what was before."""

    __tablename__ = "setting_version"
    __table_args__ = (Index("ix_setting_version_of", "kind", "connection", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """field_map, or which of a council's own rules: policy, themes, places, titles."""
    connection: str = ""
    """Whose field map it is; empty: rules are of no connection."""
    text: str | None = None
    """YAML, of the shape of the file that it stands for; None: the file holds again."""
    who: str
    saved_at: datetime
