"""`placebridge init`: a first config.env and field maps guessed from the headers of exports."""

import re
from pathlib import Path

import typer

from connector.contract import ConnectorError
from connector.files import Table, peek
from mappings.vocabulary import FIELDS
from placebridge.faults import UserError

ENDINGS = {".csv", ".tsv", ".txt", ".xlsx"}
ALSO: dict[str, tuple[str, ...]] = {
    "id": ("id", "ref", "reference", "account", "contact", "activity", "record id", "guid", "member ref"),
    "name": ("name", "account name", "company name", "organisation", "full name", "trading as", "business name", "company"),
    "company_number": ("company no", "company number", "crn", "companies house", "registration number", "reg no"),
    "postcode": ("post code", "zip", "zip postal code", "postal code"),
    "website": ("web", "url", "website"),
    "email": ("e mail", "mail", "email address"),
    "phone": ("telephone", "tel", "mobile", "business phone"),
    "first_name": ("first", "forename", "given name"),
    "last_name": ("last", "surname", "family name"),
    "title": ("job title", "position", "role"),
    "business": (
        "account",
        "company name id",
        "account id",
        "parentid",
        "organisation id",
        "member ref",
        "regarding",
        "regarding id",
        "business id",
        "company",
    ),
    "kind": ("type", "activity type", "what"),
    "starts_at": ("start", "when", "date", "start date", "starts"),
    "notes": ("description", "detail", "details", "comments"),
    "subject": ("title", "summary", "topic"),
    "status": ("state", "activity status", "contact status"),
    "left_on": ("left", "left date", "leaver date"),
    "do_not_contact": ("dnc", "do not contact", "opt out"),
    "employees": ("staff", "headcount", "number of employees"),
}
"""What exports call our fields."""
HINTS = {
    "participant": ("participation", "attendee", "attendance", "participant"),
    "person": ("contact", "people", "person"),
    "engagement": ("activit", "meeting", "touch", "event", "call", "appointment", "engagement", "visit"),
    "business": ("account", "member", "business", "compan", "organisation", "client"),
}


def init(folder: Path | None, into: Path) -> None:
    """Writes config.env and a field map for each CRM's folder; overwrites nothing. Raises UserError where there are no exports."""
    config = into / "config.env"
    if config.exists():
        raise UserError(f"{config} is there already and is left as it is; give another folder with --into")
    into.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Written by `placebridge init`; every setting stands in config.example.env.",
        "PLACEBRIDGE_DATABASE_URL=sqlite:///placebridge.db",
    ]
    lines.append("PLACEBRIDGE_TIMEZONE=Europe/London")
    for place in _folders(folder) if folder else []:
        name = re.sub(r"\W+", "_", place.name.lower()).strip("_") or "crm"
        mapping = into / f"{name}.yaml"
        if mapping.exists():
            raise UserError(f"{mapping} is there already and is left as it is; give another folder with --into")
        mapping.write_text(_field_map(place), encoding="utf-8")
        key = f"PLACEBRIDGE_CONNECTIONS__{name.upper()}__"
        side = "council" if "council" in name else "business"
        lines += ["", f"{key}KIND=files", f"{key}SIDE={side}", f"{key}PATH={place.resolve()}", f"{key}MAPPING={mapping.name}"]
        typer.echo(f"{mapping}: guessed from {place}; read it, and correct what is wrong")
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    typer.echo(f"{config} is written. Next: placebridge check --config {config}, then placebridge sync --dry-run --config {config}")


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}")
    inner = sorted(place for place in folder.iterdir() if place.is_dir() and _exports(place))
    found = [folder] if _exports(folder) else inner
    if not found:
        raise UserError(f"{folder} holds no CSV, TSV or XLSX file; put a CRM's exports there, or in a sub-folder for each CRM")
    return found


def _exports(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~")))


def _field_map(folder: Path) -> str:
    text = "# Guessed from the headers: ours on the left, the column on the right, and how many rows of the sample fill it.\n"
    blocks: dict[str, list[str]] = {}
    for path in _exports(folder):
        try:
            tables = peek(path)
        except ConnectorError as fault:
            text += f"# {fault}\n"
            continue
        for table in tables:
            entity = next((found for found, hints in HINTS.items() if any(hint in table.name.lower() for hint in hints)), "business")
            blocks.setdefault(entity, []).append(_block(entity, table))
    for entity in FIELDS:
        if entity in blocks:
            text += f"{entity}:\n" + "".join(blocks[entity])
    return text


def _block(entity: str, table: Table) -> str:
    plain = {column: re.sub(r"[\W_]+", " ", column).strip().lower() for column in table.columns}
    taken: set[str] = set()
    lines = [f"  - from: {_quoted(table.name)}"]
    wanted = ("id", *FIELDS[entity])
    for field in wanted:
        known = (field, field.replace("_", " "), *ALSO.get(field, ()))
        column = next((name for name, said in plain.items() if name not in taken and said in known), None)
        if field == "id" and entity == "participant":
            continue
        if field == "id":
            column = column or (table.columns[0] if table.columns else "")
            lines += [f"    id: {_quoted(column)}", "    fields:"]
        elif column:
            lines.append(f"      {field}: {_quoted(column)}  # {_filled(table, column)}")
        if column:
            taken.add(column)
    if entity == "participant":
        lines.insert(1, "    fields:")
    rest = [column for column in table.columns if column not in taken]
    lines += [f"      # not used: {_quoted(column)}  ({_filled(table, column)})" for column in rest]
    return "\n".join(lines) + "\n"


def _filled(table: Table, column: str) -> str:
    index = table.columns.index(column)
    filled = sum(row[index] not in {None, ""} for row in table.rows)
    return f"{100 * filled // max(len(table.rows), 1)} % filled"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
