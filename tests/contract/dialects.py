"""The same tables as other CRMs would export them: other headers, words, dates, delimiters, encodings, orders, files and pointers."""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
import yaml

from tests.contract.harness import Place
from tests.contract.story import Row, Tables

ZONE = ZoneInfo("Europe/London")
COLUMNS = {
    "business": ("id", "name", "company_number", "postcode", "status", "multi_site", "changed"),
    "person": ("id", "first_name", "last_name", "title", "email", "business", "status", "left_on", "do_not_contact", "changed"),
    "engagement": ("id", "kind", "direction", "status", "subject", "starts_at", "business", "person", "owner"),
    "participant": ("engagement", "person", "name", "took_part"),
}
DATES = {"starts_at", "changed", "left_on"}
YES_NO = {"yes", "no", "true", "false", "1", "0"}
WORDED = {
    ("business", "status"): {"active", "closed"}, ("business", "multi_site"): YES_NO, ("person", "do_not_contact"): YES_NO,
    ("person", "status"): {"active", "left"}, ("engagement", "kind"): {"meeting", "call", "event", "visit"},
    ("engagement", "status"): {"done", "planned", "cancelled"}, ("engagement", "direction"): {"inbound", "outbound"},
    ("participant", "took_part"): {"attended", "organised", "invited", "declined", "absent"},
}  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """How a CRM writes its export."""

    name: str
    kind: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    header: Callable[[str, str], str] = field(default=lambda entity, name: name)
    words: dict[str, str] = field(default_factory=dict)
    """Our word, and theirs."""
    moment: str = ""
    """The format of times; ISO where empty."""
    day: str = ""
    seed: int | None = None
    pieces: int = 1
    inline: bool = False
    """People of an engagement stand in a column of it, where all have one word."""
    match: str = "id"
    """How engagements name businesses and people."""


def _titled(entity: str, name: str) -> str:
    return f"({entity.title()}) {name.replace('_', ' ').title()}"


DIALECTS = [
    Dialect("plain"),
    Dialect(
        "semicolons", delimiter=";", encoding="cp1252", newline="\r\n", header=_titled, moment="%d/%m/%Y %H:%M", day="%d/%m/%Y", seed=1,
        pieces=3, words={"meeting": "Réunion, 1:1", "done": "Completed", "attended": "Présent", "left": "Leaver", "yes": "Y", "closed": "Ceased"},
    ),
    Dialect("tabs", delimiter="\t", encoding="utf-8-sig", header=lambda _, name: name.upper(), inline=True, seed=2, day="%d.%m.%y"),
    Dialect("by name", moment="%Y%m%d %H%M%S", match="name", seed=3, words={"attended": " ATTENDED ", "meeting": "Meeting"}),
    Dialect("by email", encoding="utf-16", delimiter="|", match="email", inline=True, pieces=2, seed=4),
    Dialect("workbook", kind="xlsx", header=_titled, moment="%d/%m/%Y", day="%d/%m/%Y", seed=5, words={"closed": "0", "yes": "1"}),
]  # fmt: skip


def write(place: Place, tables: Tables, dialect: Dialect) -> None:
    """Writes the exports and field maps of both connections."""
    for connection in ("council", "chamber"):
        place.connect(connection, yaml.safe_dump(_map(dialect), sort_keys=False, allow_unicode=True))
        place.clear(connection)
        for entity in COLUMNS:
            rows = _rows(tables, connection, entity, dialect)
            if dialect.seed is not None:
                random.Random(dialect.seed).shuffle(rows)
            for piece in range(dialect.pieces):
                name = f"{entity}-{piece}.{dialect.kind}"
                place.put(name, _file(entity, rows[piece :: dialect.pieces], dialect), connection)


def _map(dialect: Dialect) -> Row:
    made: Row = {}
    for entity, names in COLUMNS.items():
        fields = {name: _field(entity, name, dialect) for name in names if name not in ("id", "changed")}
        made[entity] = {"from": f"{entity}-*.{dialect.kind}", "fields": fields}
        if "id" in names:
            made[entity]["id"] = dialect.header(entity, "id")
        if "changed" in names:
            made[entity]["changed"] = _field(entity, "changed", dialect)
    if dialect.inline:
        made["engagement"]["participants"] = {
            "from": dialect.header("engagement", "who"), "split": ";", "match": dialect.match,
            "took_part": {"from": dialect.header("engagement", "took_part")},
        }  # fmt: skip
    return made


def _field(entity: str, name: str, dialect: Dialect) -> Any:
    column = dialect.header(entity, name)
    made: Row = {"from": column}
    if dialect.match != "id" and (entity, name) in (("engagement", "business"), ("engagement", "person"), ("participant", "person")):
        made["match"] = "name" if name == "business" else dialect.match
    if (entity, name) == ("engagement", "business"):
        made["split"] = "|" if dialect.delimiter != "|" else "/"
    if form := dialect.day if name == "left_on" else dialect.moment if name in DATES else "":
        made["format"] = form
    theirs = {dialect.words[word]: word for word in WORDED.get((entity, name), ()) if word in dialect.words}
    if words := {word: ours for word, ours in theirs.items() if word.strip().lower() != ours}:
        made["values"] = words
    return made if len(made) > 1 else column


def _rows(tables: Tables, connection: str, entity: str, dialect: Dialect) -> list[Row]:
    rows = [dict(row) for row in tables.of(connection, entity)]
    if entity == "engagement" and dialect.inline:
        rows = [row | _inline(tables.of(connection, "participant"), row["id"], tables, dialect) for row in rows]
    if entity == "participant" and dialect.inline:
        rows = [row for row in rows if not _inline(tables.of(connection, "participant"), row["engagement"], tables, dialect)]
    return [_pointed(row, entity, tables, dialect) for row in rows]


def _inline(participants: list[Row], engagement: str, tables: Tables, dialect: Dialect) -> Row:
    own = [row for row in participants if row["engagement"] == engagement]
    if len({row["took_part"] for row in own}) != 1 or any("name" in row for row in own):
        return {}
    return {"who": ";".join(_who(row["person"], tables, dialect) for row in own), "took_part": own[0]["took_part"]}


def _who(source_id: str, tables: Tables, dialect: Dialect) -> str:
    row = next(rows[source_id] for (_, entity), rows in tables.rows.items() if entity == "person" and source_id in rows)
    return str({"id": row["id"], "email": row["email"].upper(), "name": f"{row['first_name']} {row['last_name']}"}[dialect.match])


def _pointed(row: Row, entity: str, tables: Tables, dialect: Dialect) -> Row:
    if entity not in ("engagement", "participant") or dialect.match == "id":
        return row
    names = {key: held["name"] for (_, kind), rows in tables.rows.items() if kind == "business" for key, held in rows.items()}
    if row.get("person"):
        row["person"] = _who(row["person"], tables, dialect)
    if row.get("business"):
        parts = [names[key].replace(" Ltd", " LIMITED") for key in row["business"].split("|")]
        row["business"] = ("|" if dialect.delimiter != "|" else "/").join(parts)
    return row


def _cell(entity: str, name: str, value: Any, dialect: Dialect) -> Any:
    if value in WORDED.get((entity, name), ()):
        return dialect.words.get(value, value)
    if name in DATES and value:
        return _date(name, value, dialect)
    return value


def _date(name: str, value: str, dialect: Dialect) -> Any:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    at = at.astimezone(ZONE).replace(tzinfo=None) if at.tzinfo else at
    if dialect.kind == "xlsx":
        return at
    form = dialect.day if name == "left_on" else dialect.moment
    return at.strftime(form) if form else value


def _file(entity: str, rows: list[Row], dialect: Dialect) -> bytes:
    names = [*COLUMNS[entity], *(("who", "took_part") if entity == "engagement" else ())]
    table = [{dialect.header(entity, name): _cell(entity, name, row.get(name, ""), dialect) for name in names} for row in rows]
    heads = [dialect.header(entity, name) for name in names]
    if dialect.kind == "xlsx":
        return workbook([heads, *(list(row.values()) for row in table)])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator=dialect.newline)
    writer.writerows([heads, *(row.values() for row in table)])
    return out.getvalue().encode(dialect.encoding)


def workbook(rows: list[list[Any]]) -> bytes:
    """A workbook of one sheet; datetimes are real date cells, numbers are numbers, booleans are booleans."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy hh:mm", "strings_to_numbers": False})
    sheet = book.add_worksheet()
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if value != "":
                sheet.write(line, column, value)
    book.close()
    return out.getvalue()
