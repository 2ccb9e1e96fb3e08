"""A folder of exports and what the files connector makes of it."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector.contract import ConnectorError, Entity, Page, Row
from connector.files import FilesConnector

sys.path.append(str(Path(__file__).parent))


@dataclass
class Read:
    """What a whole pull gave."""

    pages: list[Page]

    @property
    def rows(self) -> list[Row]:
        return [row for page in self.pages for row in page.rows]

    @property
    def skipped(self) -> list[tuple[str, str]]:
        return [(skipped.where, skipped.reason) for page in self.pages for skipped in page.skipped]

    @property
    def notes(self) -> list[str]:
        return [note for page in self.pages for note in page.notes]


@dataclass
class Folder:
    """The folder, written and read."""

    path: Path

    def write(self, name: str, content: str | bytes = "Id,Name\n1,Acme\n") -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def entity(self, source: str, *columns: str) -> Entity:
        return Entity("business", source, columns or ("Id", "Name"))

    def read(self, source: str, *columns: str, page_rows: int = 5000) -> Read:
        return Read(list(FilesConnector(self.path, page_rows).pull(self.entity(source, *columns), None)))

    def fault(self, source: str, *columns: str) -> tuple[str, str]:
        """The class and the message of what a pull raises; `check` says the same of what it looks at."""
        entity = self.entity(source, *columns)
        with pytest.raises(ConnectorError) as raised:
            list(FilesConnector(self.path).pull(entity, None))
        (finding,) = FilesConnector(self.path).check([entity])
        assert finding.ok or finding.detail == str(raised.value)
        return type(raised.value).__name__, str(raised.value)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "exports"
    path.mkdir()
    return Folder(path)
