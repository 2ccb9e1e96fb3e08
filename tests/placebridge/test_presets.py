"""The field maps that ship: each loads, is recognised by its CRM's headers, and reads a small export in that CRM's shape with no hand on it."""

import csv
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from mappings.field_map import read
from placebridge.guessing import presets
from tests.placebridge.commands import Commands

LONDON = ZoneInfo("Europe/London")
AS_OF = ("--as-of", "2026-11-01")
FIRMS = ["Quarndon Dairies Ltd", "Marbury & Söhne Ltd", "Tarvin Castings Ltd"]
FLAGS = {FIRMS[0]: ("engaged", "leader"), FIRMS[1]: ("leader_not_engaged", "staff_only"), FIRMS[2]: ("no_leader_known", "staff_only")}
"""Ann met the council; Ben's clerk did, Ben only has an appointment to come; of Tarvin nobody is known but a receptionist who was rung."""

Row = list[object]
Tables = dict[str, list[Row]]


def workbook(path: Path, rows: list[Row]) -> None:
    """As Export to Excel writes it: a table with real dates, its first three columns hidden."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy hh:mm"}) as book:
        sheet = book.add_worksheet(path.stem)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        sheet.set_column(0, 2, None, None, {"hidden": True})
        sheet.add_table(0, 0, len(rows) - 1, len(rows[0]) - 1, {"columns": [{"header": str(name)} for name in rows[0]]})


def text(path: Path, rows: list[Row], bom: bool = True, quoted: int = csv.QUOTE_MINIMAL) -> None:
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        csv.writer(file, quoting=quoted).writerows(rows)  # type: ignore[arg-type]


def dynamics(folder: Path) -> None:
    hidden = ["(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On"]
    told: Row = ["kq3M/ro8==", datetime(2026, 10, 20, 9, 15)]  # noqa: DTZ001 - cells know no zone
    when = [datetime(2026, month, 4, 10, 30) for month in range(1, 13)]  # noqa: DTZ001
    tables: Tables = {
        "Active Accounts": [
            ["(Do Not Modify) Account", *hidden, "Account Name", "Main Phone", "Address 1: ZIP/Postal Code", "Status", "Company Number"],
            *([f"a-{n}", *told, firm, "01632 960001", f"ZX{n} 1AA", "Active", f"0000000{n}"] for n, firm in enumerate(FIRMS, 1)),
        ],
        "All Contacts": [
            ["(Do Not Modify) Contact", *hidden, "Full Name", "First Name", "Last Name", "Job Title", "Company Name", "Email", "Status"],
            ["c-1", *told, "Ann Abara", "Ann", "Abara", "Managing Director", FIRMS[0], "ann@example.org", "Active"],
            ["c-2", *told, "Ben Hobbs", "Ben", "Hobbs", "Chief Executive", FIRMS[1], "ben@example.org", "Active"],
            ["c-3", *told, "Cleo Ford", "Cleo", "Ford", "Office Clerk", FIRMS[1], "cleo@example.org", "Active"],
            ["c-4", *told, "Dan Reed", "Dan", "Reed", "Receptionist", FIRMS[2], "dan@example.org", "Active"],
        ],
        "My Appointments": [
            ["(Do Not Modify) Appointment", *hidden, "Subject", "Regarding", "Start Time", "Status", "Required Attendees", "Optional Attendees"],
            ["m-1", *told, "Skills plan", FIRMS[0], when[8], "Completed", "Ann Abara", ""],
            ["m-2", *told, "Rates", FIRMS[1], when[9], "Completed", "Cleo Ford", "Ben Hobbs"],
            ["m-3", *told, "Next year", FIRMS[1], when[11], "Open", "Ben Hobbs", ""],
        ],
        "My Phone Calls": [
            ["(Do Not Modify) Phone Call", *hidden, "Subject", "Regarding", "Actual End", "Activity Status", "Call To", "Direction"],
            ["p-1", *told, "Gas works", FIRMS[2], when[7], "Completed", "Dan Reed", "Outgoing"],
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        workbook(folder / f"{name}.xlsx", rows)


def salesforce_report(folder: Path) -> None:
    """Dates as a UK user's locale writes them, fifteen letters to an id, all cells quoted."""
    tables: Tables = {
        "report1761": [
            ["Account ID", "Account Name", "Account Owner", "Billing Zip/Postal Code", "Last Modified Date"],
            *([f"001A00000000{n}Aa", firm, "Kim Officer", f"ZX{n} 1AA", "20/10/2026"] for n, firm in enumerate(FIRMS, 1)),
        ],
        "report1762": [
            ["First Name", "Last Name", "Title", "Account Name", "Account ID", "Email", "Contact ID"],
            ["Ann", "Abara", "Managing Director", FIRMS[0], "001A000000001Aa", "ann@example.org", "003A000000001Aa"],
            ["Ben", "Hobbs", "Chief Executive", FIRMS[1], "001A000000002Aa", "ben@example.org", "003A000000002Aa"],
            ["Cleo", "Ford", "Office Clerk", FIRMS[1], "001A000000002Aa", "cleo@example.org", "003A000000003Aa"],
            ["Dan", "Reed", "Receptionist", FIRMS[2], "001A000000003Aa", "dan@example.org", "003A000000004Aa"],
        ],
        "report1763": [
            ["Subject", "Date", "Status", "Assigned", "Contact", "Company / Account", "Type", "Task", "Activity ID"],
            ["Skills plan", "04/09/2026", "Completed", "Kim Officer", "Ann Abara", FIRMS[0], "Meeting", "0", "00UA000000001Aa"],
            ["Rates", "04/10/2026", "Completed", "Kim Officer", "Cleo Ford", FIRMS[1], "Site Visit", "0", "00UA000000002Aa"],
            ["Next year", "04/12/2026", "Not Started", "Kim Officer", "Ben Hobbs", FIRMS[1], "Meeting", "1", "00TA000000003Aa"],
            ["Gas works", "04/08/2026", "Completed", "Kim Officer", "Dan Reed", FIRMS[2], "Call", "1", "00TA000000004Aa"],
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        text(folder / f"{name}.csv", rows, bom=False, quoted=csv.QUOTE_ALL)


def salesforce_data_export(folder: Path) -> None:
    """API names, times in UTC, eighteen letters to an id, and a file that is none of ours."""
    stamp = "2026-10-20T09:15:00.000Z"
    tables: Tables = {
        "Account": [
            ["Id", "IsDeleted", "MasterRecordId", "Name", "Type", "ParentId", "BillingStreet", "BillingCity", "BillingPostalCode", "Phone", "LastModifiedDate", "SystemModstamp"],
            *([f"001A00000000{n}AaQAC", "0", "", firm, "", "", "3 Mill Lane", "Thornley", f"ZX{n} 1AA", "", stamp, stamp] for n, firm in enumerate(FIRMS, 1)),
        ],
        "Contact": [
            ["Id", "IsDeleted", "MasterRecordId", "AccountId", "LastName", "FirstName", "Name", "Title", "Email", "HasOptedOutOfEmail", "SystemModstamp"],
            ["003A000000001AaQAC", "0", "", "001A000000001AaQAC", "Abara", "Ann", "Ann Abara", "Managing Director", "ann@example.org", "0", stamp],
            ["003A000000002AaQAC", "0", "", "001A000000002AaQAC", "Hobbs", "Ben", "Ben Hobbs", "Chief Executive", "ben@example.org", "1", stamp],
            ["003A000000003AaQAC", "0", "", "001A000000002AaQAC", "Ford", "Cleo", "Cleo Ford", "Office Clerk", "cleo@example.org", "0", stamp],
            ["003A000000004AaQAC", "0", "", "001A000000003AaQAC", "Reed", "Dan", "Dan Reed", "Receptionist", "dan@example.org", "0", stamp],
        ],
        "Event": [
            ["Id", "WhoId", "WhatId", "Subject", "Location", "StartDateTime", "EndDateTime", "Description", "AccountId", "Type", "SystemModstamp"],
            ["00UA000000001AaQAC", "003A000000001AaQAC", "006A000000001AaQAC", "Skills plan", "", "2026-09-04T09:30:00.000Z", "", "", "001A000000001AaQAC", "", stamp],
            ["00UA000000002AaQAC", "003A000000003AaQAC", "", "Rates", "", "2026-10-04T09:30:00.000Z", "", "", "001A000000002AaQAC", "Meeting", stamp],
        ],
        "Task": [
            ["Id", "WhoId", "WhatId", "Subject", "ActivityDate", "Status", "Priority", "Description", "AccountId", "Type", "CallType", "SystemModstamp"],
            ["00TA000000003AaQAC", "003A000000002AaQAC", "", "Next year", "2026-12-04", "Not Started", "Normal", "", "001A000000002AaQAC", "Meeting", "", stamp],
            ["00TA000000004AaQAC", "003A000000004AaQAC", "", "Gas works", "2026-08-04", "Completed", "Normal", "", "001A000000003AaQAC", "Call", "Outbound", stamp],
            ["00TA000000005AaQAC", "003A000000002AaQAC", "", "Look up rates", "2026-08-05", "Completed", "Normal", "", "001A000000002AaQAC", "", "", stamp],
        ],
        "Opportunity": [["Id", "Name", "StageName", "CloseDate", "SystemModstamp"], ["006A000000001AaQAC", "Grant", "Open", "2026-12-01", stamp]],
    }  # fmt: skip
    for name, rows in tables.items():
        text(folder / f"{name}.csv", rows, bom=False, quoted=csv.QUOTE_ALL)


def hubspot(folder: Path, company: str = "Record ID", contact: str = "Record ID", employer: str = "Associated Company IDs") -> None:
    """UTF-8 with a byte order mark; several ids in a cell with a semicolon between."""
    tables: Tables = {
        "hubspot-crm-exports-all-companies-2026-11-01": [
            [company, "Company name", "Company Domain Name", "Phone Number", "Postal Code", "Company owner"],
            *([str(900 + n), firm, f"example-{n}.org", "01632 960001", f"ZX{n} 1AA", "Kim Officer"] for n, firm in enumerate(FIRMS, 1)),
        ],
        "hubspot-crm-exports-all-contacts-2026-11-01": [
            [contact, "First Name", "Last Name", "Email", "Job Title", "Contact owner", "Unsubscribed from all email", employer],
            ["1", "Ann", "Abara", "ann@example.org", "Managing Director", "Kim Officer", "false", "901"],
            ["2", "Ben", "Hobbs", "ben@example.org", "Chief Executive", "Kim Officer", "true", "902"],
            ["3", "Cleo", "Ford", "cleo@example.org", "Office Clerk", "Kim Officer", "", "902"],
            ["4", "Dan", "Reed", "dan@example.org", "Receptionist", "Kim Officer", "", "903"],
        ],
        "hubspot-crm-exports-meetings-2026-11-01": [
            ["Record ID", "Meeting name", "Meeting start time", "Meeting outcome", "Activity assigned to", "Associated Contact IDs", "Associated Company IDs"],
            ["51", "Skills plan", "2026-09-04 10:30", "Completed", "Kim Officer", "1", "901"],
            ["52", "Rates", "2026-10-04 10:30", "COMPLETED", "Kim Officer", "3", "902"],
            ["53", "Next year", "2026-12-04 10:30", "SCHEDULED", "Kim Officer", "2;3", "902"],
        ],
        "hubspot-crm-exports-calls-2026-11-01": [
            ["Record ID", "Call Title", "Activity date", "Call outcome", "Call direction", "Associated Contact IDs", "Associated Company IDs"],
            ["61", "Gas works", "2026-08-04 10:30", "Connected", "OUTBOUND", "4", "903"],
            ["62", "Rates", "2026-08-05 10:30", "No answer", "OUTBOUND", "2", "902"],
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        text(folder / f"{name}.csv", rows)


def hubspot_two_objects(folder: Path) -> None:
    hubspot(folder, "Record ID - Company", "Record ID - Contact", "Associated Company IDs (Primary)")


EXPORTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "dynamics-365": ("dynamics-365", dynamics),
    "salesforce-report": ("salesforce-report", salesforce_report),
    "salesforce-data-export": ("salesforce-data-export", salesforce_data_export),
    "hubspot": ("hubspot", hubspot),
    "hubspot, other headers": ("hubspot", hubspot_two_objects),
}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("case", EXPORTS)
def test_an_export_in_the_crms_shape_is_read_with_no_hand_on_the_map(tmp_path: Path, placebridge: Commands, case: str) -> None:
    preset, write = EXPORTS[case]
    folder = tmp_path / "exported"
    folder.mkdir()
    write(folder)
    placebridge.folder = tmp_path
    done = placebridge("init", "--from", "exported", "--into", "mine")
    assert done.code == 0, done.said
    assert done.said.count(f"by the preset {preset}") == len(list(folder.iterdir())) - (preset == "salesforce-data-export")
    assert "for you to decide" not in done.said
    config = ("--config", "mine/config.env")
    done = placebridge("check", *config)
    assert done.code == 0, done.said
    assert placebridge("sync", *AS_OF, *config).code == 0
    placebridge("flags", "--all", *AS_OF, *config, "--out", "flags.csv")
    assert {row["name"]: (row["state"], row["reach"]) for row in table(tmp_path / "flags.csv")} == FLAGS
    assert placebridge("rejects", *config, "--format", "json").out.strip() == "[]"
    placebridge("export", "people", "people.csv", *config)
    people = table(tmp_path / "people.csv")
    assert sorted(row["level"] for row in people)[-2:] == ["top_leader", "top_leader"]
    assert all(row["business_id"] for row in people)
    assert len(people) == 4
    placebridge("export", "engagements", "engagements.csv", *config)
    met = [row for row in table(tmp_path / "engagements.csv") if row["qualifies"] == "yes"]
    assert sorted(str(datetime.fromisoformat(row["starts_at"]).astimezone(LONDON).date()) for row in met) == ["2026-08-04", "2026-09-04", "2026-10-04"]
    assert len({row["business_id"] for row in met}) == 3


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_is_a_field_map_and_is_written_by_its_name(tmp_path: Path, placebridge: Commands, name: str) -> None:
    placebridge.folder = tmp_path
    done = placebridge("init", "--preset", name, "--into", "new")
    assert done.code == 0, done.said
    assert [path.name for path in (tmp_path / "new").iterdir()] == [f"{name}.yaml"]
    found = read((tmp_path / "new" / f"{name}.yaml").read_text(encoding="utf-8"), name)
    assert set(found.blocks) == {"business", "person", "engagement"}
    again = placebridge("init", "--preset", name, "--into", "new")
    assert (again.code, "is there already and is left as it is" in again.said) == (2, True)


def test_a_preset_that_there_is_not(tmp_path: Path, placebridge: Commands) -> None:
    done = placebridge("init", "--preset", "tractivity")
    assert done.code == 2
    assert "there is no preset 'tractivity'; there are dynamics-365 (Dynamics 365, Export to Excel); salesforce-report" in done.said
    done = placebridge("init", "--preset", "hubspot", "--from", "exports")
    assert (done.code, "not both" in done.said) == (2, True)


def test_every_file_has_its_signatures_and_every_signature_its_block() -> None:
    shipped = {file.name.removesuffix(".yaml") for file in files("mappings.presets").iterdir() if file.name.endswith(".yaml")}
    assert shipped - {"signatures"} == set(presets.names())
    for name in presets.names():
        blocks = [block.source for blocks in read(presets.text_of(name), name).blocks.values() for block in blocks]
        assert sorted(known.block["from"] for known in presets.all_known() if known.preset == name) == sorted(blocks)


def test_what_a_councils_own_columns_say_is_guessed_beside_the_preset(tmp_path: Path, placebridge: Commands) -> None:
    folder = tmp_path / "exported"
    folder.mkdir()
    dynamics(folder)
    placebridge.folder = tmp_path
    placebridge("init", "--from", "exported", "--into", "mine")
    assert "      company_number: Company Number" in (tmp_path / "mine/exported.yaml").read_text()


@pytest.mark.parametrize("crm", ["zoho", "suitecrm", "civicrm", "creme", "tryton"])
def test_another_crms_export_is_taken_for_none_of_them(tmp_path: Path, placebridge: Commands, crm: str) -> None:
    placebridge.folder = tmp_path
    done = placebridge("init", "--from", str(Path(__file__).parent / "crm_exports" / crm / "csv"), "--into", "mine")
    assert "guessed from" in done.said
    assert "by the preset" not in done.said
