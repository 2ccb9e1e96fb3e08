"""`placebridge init`: what it guesses of the exports of eight CRMs, what it says, and that its maps always load."""

import csv
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from mappings.field_map import load
from mappings.vocabulary import ENTITIES, FIELDS
from placebridge.cli import app
from placebridge.faults import UserError
from placebridge.guessing.columns import Column, Sheet
from placebridge.guessing.dates import dates_of
from placebridge.guessing.entities import judge
from placebridge.guessing.folder import guess
from placebridge.guessing.sides import connection_name, side_of
from placebridge.guessing.wording import wording_of
from placebridge.guessing.words import header_words, our_word
from placebridge.settings import Settings

EXPORTS = Path(__file__).parent / "crm_exports"
AS_OF = ("--as-of", "2026-11-01")
DAY = datetime(2026, 11, 1, 10, 30)  # noqa: DTZ001 - cells know no zone


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def flags_of(config: Path, tmp_path: Path) -> dict[str, tuple[str, str]]:
    """The flags after one sync, by business."""
    done = run("sync", *AS_OF, "--config", str(config))
    assert done.exit_code == 0, done.output
    out = tmp_path / "flags.csv"
    done = run("flags", "--all", *AS_OF, "--config", str(config), "--out", str(out))
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8-sig", newline="") as lines:
        return {row["name"].lstrip("'"): (row["state"], row["reach"]) for row in csv.DictReader(lines)}


def expected(crm: str) -> dict[str, tuple[str, str]]:
    """The flags worked out by hand."""
    with (EXPORTS / crm / "expected.csv").open(encoding="utf-8", newline="") as lines:
        return {row["name"]: (row["state"], row["reach"]) for row in csv.DictReader(lines)}


def squeezed(text: str) -> str:
    """The lines that a sync reads, without comments."""
    lines = [line.split("  #")[0].rstrip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(line.strip() for line in lines if line)


# Two real CRMs, through a field map written by hand


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("crm", ["creme", "tryton"])
def test_a_real_crms_exports_through_a_written_map(crm: str, form: str, tmp_path: Path) -> None:
    key = "PLACEBRIDGE_CONNECTIONS__COUNCIL__"
    config = tmp_path / "config.env"
    config.write_text(
        f"{key}KIND=files\n{key}SIDE=council\n{key}PATH='{EXPORTS / crm / form}'\n{key}MAPPING='{EXPORTS / crm / 'field-map.yaml'}'\n"
    )
    assert flags_of(config, tmp_path) == expected(crm)


# Eight CRMs, with nothing corrected by hand

GUESSED = [
    ("creme/csv", "creme"),
    ("creme/xlsx", "creme"),
    ("dynamics/xlsx", "dynamics"),
    ("salesforce/csv", "salesforce"),
    ("hubspot/csv", "hubspot"),
    ("zoho/csv", "zoho"),
    ("suitecrm/csv", "suitecrm"),
    ("civicrm/csv", "civicrm"),
]


@pytest.mark.parametrize(("folder", "crm"), GUESSED)
def test_from_exports_to_flags_without_a_hand_on_the_map(folder: str, crm: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    done = run("init", "--from", str(EXPORTS / folder), "--into", str(mine))
    assert done.exit_code == 0, done.output
    assert (mine / "placebridge.db").exists()
    done = run("check", "--config", str(mine / "config.env"))
    assert done.exit_code == 0, done.output
    assert flags_of(mine / "config.env", tmp_path) == expected(crm)


LINES = {
    "creme/csv": [
        "id: Name", "id: [Last name, First name]", "title: Position", 'business: {from: is an employee of, match: name, split: "/"}',
        "left_on: Left on", "do_not_contact: Do not contact", "kind: {from: Activity type, values: {Gathering: event, Phone call: call}}",
        'business: {from: "(activity) has for subject", match: name, split: "/"}', "changed: Last modification",
        '- {from: "(activity) has as participant", match: name, split: "/"}', "postcode: Billing address - Zip code",
    ],
    "dynamics/xlsx": [
        'id: "(Do Not Modify) Account"', 'id: "(Do Not Modify) Contact"', 'id: "(Do Not Modify) Activity"',
        'changed: "(Do Not Modify) Modified On"', "name: Account Name", "first_name: First Name", "title: Job Title",
        "business: {from: Company Name, match: name}", "status: {from: Status, values: {Inactive: left}}", "starts_at: Start Date",
        "kind: {from: Activity Type, values: {Appointment: meeting, Campaign Response: mailing, Phone Call: call}}",
        "status: {from: Activity Status, values: {Canceled: cancelled, Completed: done, Scheduled: planned}}",
        "business: {from: Regarding, match: name}", '- {from: Required Attendees, match: name, split: ";"}',
    ],
    "salesforce/csv": [
        "id: Account ID", "id: Contact ID", "id: Activity ID", 'changed: {from: Last Modified Date, format: "%d/%m/%Y"}', "business: Account ID",
        "kind: {from: Type, values: {Mass Email: mailing, Site Visit: visit}}", 'starts_at: {from: Date, format: "%d/%m/%Y"}',
        "business: {from: Company / Account, match: name}", "- {from: Contact, match: name}", "owner: Assigned", "notes: Full Comments",
        "title: Title", "address: Billing Street",
    ],
    "hubspot/csv": [
        "id: Record ID", 'business: {from: Associated Company IDs, split: ";"}', "starts_at: Meeting start time", "kind: {value: meeting}",
        "status: {from: Meeting outcome, values: {CANCELED: cancelled, COMPLETED: done, SCHEDULED: planned}}", "kind: {value: call}",
        "direction: Call direction", "starts_at: Activity date", "status: {from: Call outcome, values: {Connected: done, No answer: cancelled}}",
        '- {from: Associated Contact IDs, split: ";"}', "website: Company Domain Name",
    ],
    "zoho/csv": [
        "id: Record Id", "business: Account Name.id", "starts_at: From", "starts_at: Call Start Time", "business: Related To.id",
        "- {from: Contact Name.id}", "subject: Title", "owner: Host", "changed: Modified Time", "postcode: Billing Code",
    ],
    "suitecrm/csv": [
        "id: ID", 'changed: {from: Date Modified, format: "%d/%m/%Y %H:%M"}', 'starts_at: {from: Start Date, format: "%d/%m/%Y %H:%M"}',
        "status: {from: Status, values: {Held: done, Not Held: cancelled}}", "business: {from: Related to, match: name}",
        '- {from: Contacts, match: name, split: ","}', "direction: Direction",
    ],
    "civicrm/csv": [
        "id: Contact ID", "name: Organization Name", "business: Current Employer ID", "starts_at: Activity Date",
        "kind: {from: Activity Type, values: {Bulk Email: mailing, Inbound Email: email, Phone Call: call, Site visit: visit}}",
        'business: {from: Target Contact ID, split: ","}', '- {from: Target Contact ID, split: ","}',
    ],
    "tryton/csv": [
        "id: Code", "name: Name", 'title: "Relations/Type"', 'business: {from: "Relations/To", match: name}',
        'left_on: {from: "Relations/End Date", format: "%d/%m/%Y"}', 'town: "Addresses/City"',
    ],
}  # fmt: skip


@pytest.mark.parametrize("folder", LINES)
def test_the_lines_of_the_map(folder: str) -> None:
    lines = squeezed(guess("crm", EXPORTS / folder).text).splitlines()
    missing = [line for line in LINES[folder] if line not in lines]
    assert not missing, "\n".join(lines)


@pytest.mark.parametrize("folder", LINES)
def test_no_value_of_a_row_is_written_or_said(folder: str, tmp_path: Path) -> None:
    """No cell of a column of names, addresses or texts stands in the map or on the screen."""
    made = guess("crm", EXPORTS / folder)
    said = run("init", "--from", str(EXPORTS / folder), "--into", str(tmp_path / "mine")).output + made.text
    personal = {"name", "first_name", "last_name", "email", "phone", "subject", "notes", "postcode", "address"}
    columns = [line.columns[0] for block in made.blocks for line in block.lines if line.key in personal and line.columns]
    cells = {text for column in columns for text in column.texts if len(text) > 3}
    assert len(cells) > 30
    assert [cell for cell in cells if re.search(rf"\b{re.escape(cell)}\b", said)] == []


def test_what_is_said_on_the_screen(tmp_path: Path) -> None:
    (tmp_path / "ex" / "chamber").mkdir(parents=True)
    shutil.copytree(EXPORTS / "dynamics" / "xlsx", tmp_path / "ex" / "council")
    shutil.copy(EXPORTS / "zoho" / "csv" / "Accounts_001.csv", tmp_path / "ex" / "chamber" / "members.csv")
    (tmp_path / "ex" / "chamber" / "broken.xlsx").write_bytes(b"PK\x03\x04 half a workbook")
    (tmp_path / "ex" / "chamber" / "Deals.csv").write_text("Deal Name,Amount,Stage\nX,1,Won\n")
    (tmp_path / "ex" / "chamber" / "old.xls").write_bytes(b"old")
    done = run("init", "--from", str(tmp_path / "ex"), "--into", str(tmp_path / "mine"))
    assert done.exit_code == 0, done.output
    for words in (
        "members.csv: business, 10 rows",
        "not read: broken.xlsx",
        "not read: Deals.csv",
        "old.xls: files of this kind",
        "placebridge check",
    ):
        assert words in done.output, words
    config = (tmp_path / "mine" / "config.env").read_text()
    assert "PLACEBRIDGE_CONNECTIONS__CHAMBER__SIDE=business" in config
    assert "PLACEBRIDGE_CONNECTIONS__COUNCIL__SIDE=council" in config


def test_an_existing_config_or_map_is_left_alone(tmp_path: Path) -> None:
    for name in ("config.env", "csv.yaml"):
        mine = tmp_path / name
        mine.mkdir()
        (mine / name).write_text("mine\n")
        done = run("init", "--from", str(EXPORTS / "zoho" / "csv"), "--into", str(mine))
        assert isinstance(done.exception, UserError)
        assert name in str(done.exception)
        assert [path.name for path in mine.iterdir()] == [name]
        assert (mine / name).read_text() == "mine\n"


@pytest.mark.parametrize(("file", "message"), [("", "holds no CSV, TSV or XLSX file"), ("a.ods", r"\.ods: save it as \.xlsx")])
def test_a_folder_without_exports(file: str, message: str, tmp_path: Path) -> None:
    folder = tmp_path / "ex"
    folder.mkdir()
    if file:
        (folder / file).write_text("x")
    done = run("init", "--from", str(folder), "--into", str(tmp_path / "mine"))
    assert isinstance(done.exception, UserError)
    with pytest.raises(UserError, match=message):
        raise done.exception
    assert not (tmp_path / "mine").exists()


def test_without_a_folder_a_config_to_fill_in(tmp_path: Path) -> None:
    done = run("init", "--into", str(tmp_path / "mine"))
    assert done.exit_code == 0, done.output
    text = (tmp_path / "mine" / "config.env").read_text()
    assert all(f"PLACEBRIDGE_{name.upper()}" in text for name in Settings.model_fields)
    assert (tmp_path / "mine" / "placebridge.db").exists()
    assert "init --from FOLDER" in done.output


def test_a_table_that_lacks_what_a_map_needs_is_written_to_finish(tmp_path: Path) -> None:
    folder = tmp_path / "ex"
    folder.mkdir()
    (folder / "contacts.csv").write_text("Contact ID,Email,Job Title\n1,a@b.example,Owner\n")
    done = run("init", "--from", str(folder), "--into", str(tmp_path / "mine"))
    assert isinstance(done.exception, UserError)
    assert "no column is the name of the person" in (tmp_path / "mine" / "ex.yaml.unfinished").read_text()
    assert "no column is the name of the person" in done.output


def test_a_file_without_a_header_line_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("Ann,Lee,ann@firm.example\nBen,Ray,ben@firm.example\n")
    made = guess("crm", tmp_path)
    assert "is the header line missing?" in made.text
    assert "Ann" not in made.text
    assert "firm.example" not in made.text


@pytest.mark.parametrize(
    ("cells", "form", "remark"),
    [
        (["2026-11-01", "2026-11-02T10:30"], None, ""),
        (["01/11/2026", "25/11/2026"], "%d/%m/%Y", ""),
        (["01/11/2026", "02/11/2026"], "%d/%m/%Y", "assumed"),
        (["01/11/2026 10:30", "11/25/2026 09:00"], "%m/%d/%Y %H:%M", "proves"),
        (["1 Nov 2026", "25 Dec 2026"], "%d %b %Y", ""),
        (["11/25/2026 9:05 AM"], "%m/%d/%Y %I:%M %p", "proves"),
        (["25-Nov-26", "01-Dec-26"], "%d-%b-%y", ""),
        ([DAY], None, ""),
    ],
)
def test_date_formats(cells: list[object], form: str | None, remark: str) -> None:
    dates = dates_of(Column("Date", tuple(cells)))  # type: ignore[arg-type]
    assert (dates.form, dates.share) == (form, 1.0)
    assert remark in dates.remark
    assert bool(remark) == bool(dates.remark)


@pytest.mark.parametrize(
    ("headers", "title", "entity"),
    [
        ("Account,Account Name", "accounts", "business"),
        ("Name,Phone,Email,Company", "people", "person"),
        ("First Name,Last Name,Account Name", "export 3", "person"),
        ("Organisation,Company Number,Postcode", "Sheet1", "business"),
        ("Type,Subject,Start,Regarding", "export", "engagement"),
        ("Activity ID,Contact ID,Attendance", "export", "participant"),
        ("Opportunity Name,Amount,Close Date", "opportunities", ""),
        ("a,b,c", "anything", ""),
    ],
)
def test_which_entity_a_table_is(headers: str, title: str, entity: str) -> None:
    sheet = Sheet(f"{title}.csv", tuple(Column(name, ()) for name in headers.split(",")), 0)
    assert judge(sheet).entity == entity


@pytest.mark.parametrize(
    ("what", "theirs", "ours"),
    [
        ("kind", "Phone Call", "call"), ("kind", "Appointment", "meeting"), ("kind", "Site visit", "visit"), ("kind", "Mailshot", "mailing"),
        ("kind", "Email campaign", "mailing"), ("kind", "Networking event", "event"), ("kind", "Quarterly review meeting", "meeting"), ("kind", "Wibble", None),
        ("engagement status", "Not Held", "cancelled"), ("engagement status", "Completed", "done"), ("direction", "Incoming", "inbound"),
        ("business status", "Inactive", "closed"), ("person status", "Inactive", "left"), ("yes or no", "Do Not Allow", "yes"), ("took_part", "No show", "absent"),
    ],
)  # fmt: skip
def test_words(what: str, theirs: str, ours: str | None) -> None:
    assert our_word(what, theirs) == ours


def test_words_that_nobody_placed_are_listed_unless_they_are_somebodys_name() -> None:
    kinds = Column("Type", ("Meeting", "Meeting", "Wibble"))
    assert wording_of("engagement", "kind", kinds).unknown == ("Wibble",)
    assert wording_of("engagement", "kind", Column("Type", (*kinds.cells, "Call Ann Lee")), frozenset({"ann lee"})).unknown == ()
    assert wording_of("engagement", "kind", Column("Type", ("Meeting", "ring 01632 960100"))).values == {}


@pytest.mark.parametrize(
    ("folder", "files", "side", "assumed"),
    [
        ("Thornley Council", [], "council", False), ("Chamber of Commerce", [], "business", False), ("exports", ["members"], "council", True),
        ("exports", ["chamber contacts"], "business", False), ("dynamics", ["accounts"], "council", True), ("business network", [], "business", False),
    ],
)  # fmt: skip
def test_sides(folder: str, files: list[str], side: str, assumed: bool, tmp_path: Path) -> None:
    found = side_of(tmp_path / folder, files)
    assert (found.word, found.assumed) == (side, assumed)


@pytest.mark.parametrize(("folder", "name"), [("My CRM (new)", "my_crm_new"), ("a__b", "a_b"), ("Zoë's", "zo_s"), ("---", "crm")])
def test_connection_names(folder: str, name: str, tmp_path: Path) -> None:
    assert connection_name(tmp_path / folder) == name
    assert connection_name(tmp_path / folder, [name]) == f"{name}_2"


def test_parts_of_one_list_are_one_block(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("Account,Account Name\nA1,Acme\n")
    for month in (1, 2):
        (tmp_path / f"activities-{month}.csv").write_text(
            f"Activity,Type,Subject,Start,Account\nT{month},Meeting,Hello,0{month}/11/2026,A1\n"
        )
    (tmp_path / "accounts copy.xlsx").write_bytes(b"")
    made = guess("crm", tmp_path)
    assert 'from: "activities-*.csv"' in made.text
    assert "complete: no" not in made.text
    assert "accounts copy.xlsx" in made.text


def test_a_months_export_deletes_nothing(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("Account,Account Name\nA1,Acme\n")
    (tmp_path / "activities 2026-10.csv").write_text("Activity,Type,Subject,Start,Account\nT1,Meeting,Hello,01/10/2026,A1\n")
    assert "complete: no" in squeezed(guess("crm", tmp_path).text)


def test_low_shares_are_left_for_the_reader(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("Account,Account Name\nA1,Acme\nA2,Bolt\n")
    rows = "".join(f"C{number},Ann,Lee{number},Owner,Z{number}\n" for number in range(9)) + "C9,Ann,Ray,Owner,A1\n"
    (tmp_path / "contacts.csv").write_text("Contact ID,First Name,Last Name,Job Title,Account\n" + rows)
    text = guess("crm", tmp_path).text
    assert "# business: Account" in text
    assert "doubtful: only 10% of its cells name one in the table of businesses" in text


# Whatever the headers, the map loads

KNOWN = sorted({word for entity in ENTITIES for field in (*FIELDS[entity], "id", "changed") for word in header_words(entity, field)})
HEADERS = st.lists(st.one_of(st.sampled_from(KNOWN), st.sampled_from(KNOWN).map(str.title), st.text(max_size=12)), min_size=1, max_size=12)
CELLS = st.one_of(
    st.none(), st.text(max_size=8), st.integers(-5, 99), st.booleans(), st.sampled_from(["Meeting", "Acme Ltd", "a@b.example", "Ann Lee", "A1", "01/11/2026"]),
    st.integers(0, 500).map(lambda days: DAY + timedelta(days=days)), st.integers(0, 9).map(str),
)  # fmt: skip
TABLES = st.lists(
    st.tuples(st.sampled_from(["accounts", "contacts", "activities", "attendees", "x", "lists"]), HEADERS, st.lists(st.lists(CELLS, max_size=12), max_size=6)),
    min_size=1, max_size=3, unique_by=lambda table: table[0],
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(TABLES)
def test_any_tables_give_a_map_that_loads(
    tmp_path_factory: pytest.TempPathFactory, tables: list[tuple[str, list[str], list[list[object]]]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for title, headers, rows in tables:
        _save(folder / f"{title}.xlsx", headers, rows)
    made = guess("crm", folder)
    if made.valid:
        (folder / "map.yaml").write_text(made.text, encoding="utf-8")
        field_map = load(folder / "map.yaml")
        columns = {block.source: {column.name for column in block.sheet.columns} for block in made.blocks}
        for blocks in field_map.blocks.values():
            assert all(set(block.columns()) <= columns[block.source] for block in blocks)
    else:
        assert all(block.missing for block in made.blocks)


def _save(path: Path, headers: list[str], rows: list[list[object]]) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row[: len(headers)]):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write(number, column, cell)
