"""A place to try the contract in: files, a field map for each connection, the command line run in this process, its lists read back."""

import csv
import io
import json
import re
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import typer.main
from sqlalchemy import select

from placebridge.cli import app
from placebridge.faults import code_of, message_of
from store import bulk
from store.database import Database
from store.tables import Connection, Flag, Notice, Record

COMMAND = typer.main.get_command(app)
SIDES = {"council": "council", "chamber": "business"}
DAY = "2026-11-01"
Row = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@dataclass
class Place:
    """A folder with a configuration. Files are written as they are given; commands run in this process."""

    folder: Path
    template: Path | None = None
    database: str = "sqlite:///placebridge.db"
    zone: str = "Europe/London"
    connections: list[str] = field(default_factory=list)

    def connect(self, name: str, field_map: str) -> None:
        """Writes a connection's field map; the first time, adds the connection."""
        (self.folder / "exports" / name).mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.yaml").write_text(field_map, encoding="utf-8")
        if name not in self.connections:
            self.connections.append(name)
            if self.template is not None and len(self.connections) == 1:
                shutil.copy(self.template, self.folder / "placebridge.db")
            self._configure()

    def _configure(self) -> None:
        lines = [f"PLACEBRIDGE_DATABASE_URL={self.database}", f"PLACEBRIDGE_TIMEZONE={self.zone}"]
        for name in self.connections:
            values = {"KIND": "files", "SIDE": SIDES[name], "PATH": f"exports/{name}", "MAPPING": f"{name}.yaml"}
            lines += [f"PLACEBRIDGE_CONNECTIONS__{name.upper()}__{key}={value}" for key, value in values.items()]
        (self.folder / "config.env").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def put(self, name: str, content: str | bytes, connection: str = "council") -> None:
        """Writes a file of a connection's export; text as UTF-8, a margin common to all its lines left out."""
        path = self.folder / "exports" / connection / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else _without_margin(content).encode())

    def clear(self, connection: str = "council") -> None:
        """Removes every file of a connection's export."""
        shutil.rmtree(self.folder / "exports" / connection)
        (self.folder / "exports" / connection).mkdir()

    def run(self, *words: str) -> Done:
        """Runs a command; a fault becomes its exit code and words, as `main` does it."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = COMMAND([*words, "--config", str(self.folder / "config.env")], standalone_mode=False) or 0
            except typer.Exit as ended:
                code = ended.exit_code
            except Exception as fault:
                if message_of(fault).startswith("an unforeseen fault"):
                    raise
                err.write(message_of(fault))
                code = code_of(fault)
        return Done(code, out.getvalue(), err.getvalue())

    def sync(self, day: str = DAY, *words: str, code: int = 0) -> Done:
        """A sync as of a day that must end with `code`."""
        done = self.run("sync", "--as-of", day, *words)
        assert done.code == code, done
        self.__dict__.pop("links", None)
        return done

    def flags(self, day: str = DAY) -> dict[str, Row]:
        """Every business's row, by its id."""
        done = self.run("flags", "--all", "--as-of", day, "--format", "json")
        assert done.code == 0, done
        return {row["business_id"]: row for row in json.loads(done.out)}

    def rejects(self) -> list[Row]:
        """The rows that stand refused."""
        return list(json.loads(self.run("rejects", "--format", "json").out))

    def reasons(self, entity: str = "") -> list[str]:
        """The reasons of the rejects."""
        return [row["reason"] for row in self.rejects() if row["entity"].startswith(entity)]

    def export(self, what: str) -> list[Row]:
        """The rows of an export."""
        file = self.folder / f"{what}.csv"
        assert self.run("export", what, str(file)).code == 0
        with file.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    @cached_property
    def links(self) -> dict[tuple[str, str], str]:
        """The business of each business record."""
        return {(row["connection"], row["source_id"]): row["business_id"] for row in self.export("links")}

    def state(self, source_id: str, connection: str = "council", day: str = DAY) -> str:
        """`state reach` of a record's business, or `-` where it has no row."""
        row = self.flags(day).get(self.links[connection, source_id])
        return f"{row['state']} {row['reach']}" if row else "-"

    def engaged(self) -> dict[str, set[str]]:
        """The businesses (as source ids) of each engagement."""
        names = {business: source_id for (_, source_id), business in self.links.items()}
        found: dict[str, set[str]] = {}
        for row in self.export("engagements"):
            found.setdefault(row["source_id"], set()).update({names[row["business_id"]]} if row["business_id"] else ())
        return found

    @property
    def url(self) -> str:
        """The database's URL, its file as an absolute path."""
        return self.database.replace("sqlite:///placebridge.db", f"sqlite:///{self.folder / 'placebridge.db'}")

    def records(self, entity: str, connection: str = "council") -> dict[str, Row]:
        """The mapped fields of each live record, the empty ones left out."""
        record, known = bulk.table_of(Record), bulk.table_of(Connection)
        query = select(record.c.source_id, record.c.fields).join(known, known.c.id == record.c.connection_id)
        query = query.where(record.c.entity == entity, known.c.name == connection, record.c.deleted_on.is_(None))
        return {
            row.source_id: {key: value for key, value in row.fields.items() if value not in (None, "", [])} for row in self._rows(query)
        }

    def notices(self, entity: str = "") -> list[str]:
        """What was noticed, each with its count."""
        notice = bulk.table_of(Notice)
        return sorted(f"{row.message} x{row.count}" for row in self._rows(select(notice)) if row.entity.startswith(entity))

    def stored_states(self) -> set[str]:
        """The states as the last sync stored them."""
        return {row.state for row in self._rows(select(bulk.table_of(Flag)))}

    def _rows(self, query: Any) -> list[Any]:
        store = Database(self.url)
        try:
            with store.reading() as connection:
                return list(connection.execute(query))
        finally:
            store.close()


def _without_margin(text: str) -> str:
    lines = text.strip("\n").split("\n")
    if lines and not lines[-1].strip():
        lines.pop()
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines) + "\n"


def told(lines: list[str], *words: str) -> bool:
    """Whether one line holds all the words, case aside."""
    return any(all(re.search(re.escape(word), line, re.IGNORECASE) for word in words) for line in lines)
