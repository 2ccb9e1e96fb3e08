"""Workbooks: values as people see them, the programs that write them, and those that are broken or hostile."""

import re
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import workbook_xml as books
import xlsxwriter
from workbook_xml import HEADER, MAIN, rows, sheet

from connector.files import FilesConnector, peek

D = datetime  # cells know no zone


def values(folder, *cells, **options):
    books.write(folder.path / "a.xlsx", sheet(rows(*cells)), **options)
    return [row[1] for row in folder.read("a.xlsx").rows]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param('<c r="@" s="5"><v>1234</v></c>', "00001234", id="eaten zeros"),
        pytest.param('<c r="@" s="12"><v>7.0</v></c>', "0007", id="eaten zeros of a fraction"),
        pytest.param('<c r="@" s="5"><v>123456789</v></c>', "123456789", id="longer than its format"),
        pytest.param('<c r="@" s="5"><v>12.5</v></c>', 12.5, id="no whole number"),
        pytest.param('<c r="@" s="5"><v>-5</v></c>', -5, id="below zero"),
        pytest.param('<c r="@" s="5" t="str"><v>00AB</v></c>', "00AB", id="text in a padded format"),
        pytest.param('<c r="@" s="9"><v>5</v></c>', 5, id="a format with words"),
        pytest.param('<c r="@" s="11"><v>1234.5</v></c>', 1234.5, id="a format with commas"),
        pytest.param('<c r="@"><v>12.0</v></c>', 12, id="whole without .0"),
        pytest.param('<c r="@"><v>1.5E3</v></c>', 1500, id="whole with an exponent"),
        pytest.param('<c r="@"><v>0.1</v></c>', 0.1, id="a fraction"),
        pytest.param('<c r="@"><v>123456789012345678</v></c>', 123456789012345678, id="a long id"),
        pytest.param('<c r="@"><v>1e30</v></c>', 1e30, id="no exact number"),
        pytest.param('<c r="@" s="1"><v>45000</v></c>', date(2023, 3, 15), id="a date"),
        pytest.param('<c r="@" s="7"><v>45000</v></c>', date(2023, 3, 15), id="a date in a format of its own"),
        pytest.param('<c r="@" s="10"><v>45000</v></c>', date(2023, 3, 15), id="a date in words"),
        pytest.param('<c r="@" s="1"><v>45000.25</v></c>', D(2023, 3, 15, 6), id="a date with a time behind it"),
        pytest.param('<c r="@" s="2"><v>45000.5</v></c>', D(2023, 3, 15, 12), id="a moment"),
        pytest.param('<c r="@" s="2"><v>45000</v></c>', D(2023, 3, 15), id="a moment at midnight"),
        pytest.param('<c r="@" s="2"><v>45305.888888888891</v></c>', D(2024, 1, 14, 21, 20), id="a moment without noise"),
        pytest.param('<c r="@" s="3"><v>0.5</v></c>', "12:00", id="a time"),
        pytest.param('<c r="@" s="8"><v>0.395844907407407</v></c>', "09:30:01", id="a time with seconds"),
        pytest.param('<c r="@" s="4"><v>1.5</v></c>', "36:00", id="elapsed"),
        pytest.param('<c r="@" s="6"><v>-0.75</v></c>', "-18:00", id="elapsed backwards"),
        pytest.param('<c r="@" t="d"><v>2026-01-02</v></c>', date(2026, 1, 2), id="an ISO date"),
        pytest.param('<c r="@" t="d"><v>2026-01-02T03:04:05</v></c>', D(2026, 1, 2, 3, 4, 5), id="an ISO moment"),
        pytest.param('<c r="@" t="b"><v>1</v></c>', True, id="yes"),
        pytest.param('<c r="@" t="b"><v>0</v></c>', False, id="no"),
        pytest.param('<c r="@" t="str"><f>A1&amp;"x"</f><v>a &amp; b</v></c>', "a & b", id="a formula's value"),
        pytest.param('<c r="@"><f>1+1</f><v>2</v></c>', 2, id="a formula's number"),
        pytest.param('<c r="@"><f>1+1</f></c>', None, id="a formula never calculated"),
        pytest.param('<c r="@" t="inlineStr"><is><t>a &lt; b</t></is></c>', "a < b", id="an inline text"),
        pytest.param('<c r="@" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c>', "a b", id="inline rich"),
        pytest.param('<c r="@" t="s"><v>2</v></c>', "Rich & co", id="a rich text without its reading"),
        pytest.param('<c r="@" t="s"><v>3</v></c>', "one\ntwo_x0041_", id="escapes of Excel"),
        pytest.param('<c r="@" t="str"><v>#N/A</v></c>', "#N/A", id="a text like an error"),
        pytest.param('<c r="@" s="1"/>', None, id="formatted but empty"),
        pytest.param("", None, id="not there"),
        pytest.param('<c r="@" s="99"><v>3</v></c>', 3, id="a style that is not there"),
    ],
)
def test_a_cell_is_read_as_people_see_it(folder, cell, value):
    texts = [
        '<si><r><t>Ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">ch &amp; co</t></r><rPh sb="0" eb="1"><t>READING</t></rPh></si>',
        "<si><t>one_x000D_\ntwo_x005F_x0041_</t></si>",
    ]
    (read,) = values(folder, cell, texts=texts)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="@" t="e"><v>#N/A</v></c>',
        '<c r="@" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        '<c r="@" s="1"><v>99999999</v></c>',
        '<c r="@" s="1"><v>-400</v></c>',
        '<c r="@"><v>1e999</v></c>',
    ],
)
def test_an_error_is_empty_and_counted(folder, cell):
    books.write(folder.path / "a.xlsx", sheet(rows(cell, '<c r="@"><v>1</v></c>', cell)))
    read = folder.read("a.xlsx", page_rows=1)
    assert [row[1] for row in read.rows] == [None, 1, None]
    assert read.notes == ["a.xlsx: 2 cells hold an error such as #N/A and are read as empty"]
    assert folder.read("a.xlsx", "Id").notes == []


def test_dates_may_count_from_1904(folder):
    cells = ['<c r="@" s="1"><v>43538</v></c>', '<c r="@" s="2"><v>43538.5</v></c>', '<c r="@" s="4"><v>1.5</v></c>']
    assert values(folder, *cells, book_before='<workbookPr date1904="1"/>') == [date(2023, 3, 15), D(2023, 3, 15, 12), "36:00"]


PREFIXED = (
    f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="B1" t="s"><x:v>1</x:v></x:c></x:row>'
    '<x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c><x:c r="B2" t="inlineStr"><x:is><x:t>one</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>'
)
BARE = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>1</v></c><c t="inlineStr"><is><t>one</t></is></c></row><row><c/><c/></row>'
ONE = HEADER + '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="inlineStr"><is><t>one</t></is></c></row>'


@pytest.mark.parametrize(
    ("xml", "options"),
    [
        pytest.param(PREFIXED, {}, id="a prefix on every tag"),
        pytest.param(sheet(BARE), {}, id="no places"),
        pytest.param(sheet(ONE, before='<dimension ref="A1"/>'), {}, id="a dimension too small"),
        pytest.param(sheet(ONE, before='<dimension ref="A1:XFD1048576"/>'), {}, id="a dimension too large"),
        pytest.param(
            sheet(ONE, namespace=books.STRICT),
            {"namespace": books.STRICT, "links": "http://purl.oclc.org/ooxml/officeDocument/relationships"},
            id="strict",
        ),
        pytest.param(sheet(ONE, after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'), {}, id="merged cells"),
        pytest.param('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + sheet(ONE), {}, id="a declaration"),
        pytest.param("\ufeff" + sheet(ONE), {}, id="a byte order mark"),
        pytest.param(sheet(ONE), {"compression": zipfile.ZIP_STORED}, id="not compressed"),
        pytest.param(
            sheet(ONE + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 5000))), {}, id="formatted to the end"
        ),
        pytest.param(sheet(ONE + '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'), {}, id="a stray cell in the last corner"),
        pytest.param(sheet(ONE.replace("</row>", '<c r="ZZZZZZ1"><v>2</v></c></row>', 1)), {}, id="a column beyond the last"),
        pytest.param(sheet(ONE + '<row r="99999999"><c r="A99999999"><v>2</v></c></row>'), {}, id="a row beyond the last"),
    ],
)
def test_any_program_may_have_written_it(folder, xml, options):
    books.write(folder.path / "a.xlsx", xml, **options)
    assert folder.read("a.xlsx").rows == [(1, "one")]


def book(path, **sheets):
    """A workbook by xlsxwriter; a name that starts with `hidden` is hidden."""
    with xlsxwriter.Workbook(str(path)) as written:
        for name, table in sheets.items():
            page = written.add_worksheet(name)
            for number, row in enumerate(table):
                page.write_row(number, 0, row)
            if name.startswith("hidden") and len(sheets) > 1:
                page.hide()
        next(page for page in written.worksheets() if not page.hidden).activate()


TABLE = [["Id", "Name"], [1, "one"]]


def test_what_is_no_data_is_left_out(folder):
    table = [["Report"], [], ["Id", "Name", "Staff"], [1, "A", 5], ["Id", "Name", "Staff"], [], [2, "Total Ltd"], ["Total", None, 5], [" "]]
    book(folder.path / "a.xlsx", S=table)
    read = folder.read("a.xlsx", page_rows=1)
    assert read.rows == [(1, "A"), (2, "Total Ltd")]
    assert read.notes == ["a.xlsx: 1 row that repeats the header was left out", "a.xlsx: 1 totals line was left out"]


def test_a_title_wider_than_the_table_costs_no_row(folder):
    book(folder.path / "a.xlsx", S=[[None] * 20 + ["printed 3 May"], ["Id", "Name"], [1, "one"], [2, "two"]])
    assert folder.read("a.xlsx").rows == [(1, "one"), (2, "two")]


@pytest.mark.parametrize(
    ("sheets", "source", "found"),
    [
        ({"Cover": [["Hello"]], "Data": TABLE}, "a.xlsx", "Data"),
        ({"hidden": TABLE, "Data": TABLE}, "a.xlsx", "Data"),
        ({"hidden": TABLE, "Cover": [["Hello"]]}, "a.xlsx", "hidden"),
        ({"One": TABLE, "Two": TABLE}, "a.xlsx#Two", "Two"),
        ({"One": TABLE, "Two": TABLE}, "a.xlsx#two ", "Two"),
        ({"Two": TABLE, "two b": TABLE}, "*.xlsx#two B", "two b"),
    ],
)
def test_the_sheet_is_the_first_that_fits_or_the_one_named(folder, sheets, source, found):
    book(folder.path / "a.xlsx", **sheets)
    (finding,) = FilesConnector(folder.path).check([folder.entity(source)])
    assert finding.detail.endswith(f"sheet '{found}'")
    assert folder.read(source).rows == [(1, "one")]


def test_a_sheet_that_is_not_there_names_those_that_are(folder):
    book(folder.path / "a.xlsx", One=TABLE, Two=TABLE)
    assert folder.fault("a.xlsx#Three") == ("StopEntity", "a.xlsx has no sheet 'Three'; its sheets are: 'One', 'Two'")
    folder.write("b.csv")
    assert folder.fault("b.csv#One")[1].startswith("no file matches b.csv#One")


def test_a_column_that_no_sheet_has_names_the_nearest(folder):
    book(folder.path / "a.xlsx", One=[["Other"], [1]], Two=[["Id", "Nmae"], [1, "secret"]])
    assert folder.fault("a.xlsx") == ("StopEntity", "a.xlsx#Two has no column 'Name'; did you mean 'Nmae'? Its columns are: 'Id', 'Nmae'")


def test_an_empty_workbook_says_so(folder):
    book(folder.path / "a.xlsx", One=[])
    assert folder.fault("a.xlsx") == ("StopEntity", "a.xlsx is empty, not even a header; export it again")


def lying(path):
    """A workbook whose texts unpack to more than it says."""
    books.write(path, sheet(ONE), texts=["<si><t>bomb</t></si>"] * 100_000)
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/sharedStrings.xml").file_size.to_bytes(4, "little")
    path.write_bytes(raw.replace(size, (500).to_bytes(4, "little")))


def with_part(path, name, content=b"x"):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)


def with_password(path):
    books.write(path, sheet(ONE))
    raw = bytearray(path.read_bytes())
    for at in (match.start() for match in re.finditer(b"PK\x01\x02", bytes(raw))):
        raw[at + 8] |= 1
    path.write_bytes(raw)


DAMAGED = "is a damaged workbook; open it in Excel and save it again as .xlsx"
HALF = "is a damaged or half-written workbook; open it in Excel and save it"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda path: path.write_bytes(b""), "is empty, not even a header", id="empty"),
        pytest.param(lambda path: path.write_bytes(b"Id,Name\n1,A\n"), "is not a workbook, whatever its name says", id="text"),
        pytest.param(lambda path: path.write_bytes(OLE), "is an old Excel file (.xls); open it in Excel and save it", id="xls"),
        pytest.param(
            lambda path: path.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le")), "is protected with a password", id="password"
        ),
        pytest.param(with_password, "is protected with a password; save it without one", id="password of a ZIP"),
        pytest.param(lambda path: with_part(path, "xl/workbook.bin"), "is a workbook of another kind (binary or OpenDocument)", id="xlsb"),
        pytest.param(lambda path: with_part(path, "content.xml"), "is a workbook of another kind (binary or OpenDocument)", id="ods"),
        pytest.param(lambda path: with_part(path, "a.csv"), "is a ZIP archive; unpack it", id="zip"),
        pytest.param(lambda path: (book(path, S=TABLE), path.write_bytes(path.read_bytes()[:-200])), HALF, id="half written"),
        pytest.param(lambda path: with_part(path, "xl/workbook.xml", b"<workbook"), DAMAGED, id="no XML"),
        pytest.param(lambda path: books.write(path, sheet(ONE)[:-60]), DAMAGED, id="a sheet cut off"),
        pytest.param(lambda path: books.write(path, sheet(rows('<c r="@" t="s"><v>99</v></c>'))), DAMAGED, id="a text that is not there"),
        pytest.param(
            lambda path: books.write(path, "<!DOCTYPE w [<!ENTITY a 'x'>]>" + sheet(rows('<c r="@" t="str"><v>&a;</v></c>'))),
            DAMAGED,
            id="entities",
        ),
        pytest.param(
            lambda path: books.write(path, sheet('<row r="3"><c r="A3" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>')),
            DAMAGED,
            id="rows out of order",
        ),
        pytest.param(lying, DAMAGED, id="a size that lies"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_what_to_do(folder, make, says):
    make(folder.path / "a.xlsx")
    kind, message = folder.fault("a.xlsx")
    assert kind == "StopEntity"
    assert message.startswith(f"a.xlsx {says}")


def test_any_byte_may_be_broken(folder):
    """Each broken workbook reads as it did or ends in the message; none brings the program down."""
    path = folder.path / "a.xlsx"
    books.write(path, sheet(ONE), compression=zipfile.ZIP_STORED)
    whole = path.read_bytes()
    for at in range(0, len(whole), 37):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        (finding,) = FilesConnector(folder.path).check([folder.entity("a.xlsx")])
        assert finding.ok or finding.detail.startswith("a.xlsx")


def test_peek_tells_the_tables_of_a_file(folder):
    book(
        folder.path / "a.xlsx",
        hidden=[["X"], [1]],
        People=[["Staff list"], ["Id", "Name", "Name"], [1, "A", date(2026, 1, 2).isoformat()]],
        Empty=[],
    )
    tables = peek(folder.path / "a.xlsx")
    assert [(table.name, table.columns, table.rows) for table in tables] == [
        ("a.xlsx#People", ("Id", "Name", "Name (2)"), [(1, "A", "2026-01-02")]),
        ("a.xlsx#hidden", ("X",), [(1,)]),
    ]


def test_peek_samples(folder):
    book(folder.path / "a.xlsx", S=[["Id"], *[[number] for number in range(50)]])
    (table,) = peek(folder.path / "a.xlsx", rows=10)
    assert (table.name, table.count) == ("a.xlsx", 10)


def test_a_time_and_a_duration_written_by_a_program(folder):
    with xlsxwriter.Workbook(str(folder.path / "a.xlsx")) as written:
        page = written.add_worksheet()
        page.write_row(0, 0, ["Id", "Name"])
        page.write_datetime(1, 0, time(9, 30), written.add_format({"num_format": "h:mm AM/PM"}))
        page.write_datetime(1, 1, timedelta(hours=49, minutes=5), written.add_format({"num_format": "[hh]:mm:ss"}))
    assert folder.read("a.xlsx").rows == [("09:30", "49:05")]
