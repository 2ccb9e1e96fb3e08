"""CSV and TSV files: encodings, delimiters, line ends, quotes, and the rows that are no data."""

import codecs

import pytest

ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be with a mark"]


def encoded(text, encoding):
    return codecs.BOM_UTF16_BE + text.encode("utf-16-be") if encoding.endswith("mark") else text.encode(encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_spelling_of_a_table_reads_alike(folder, encoding, delimiter, end):
    lines = [("Id", "Name", "Note"), ("1", "Zoë’s Café", ""), ("2", f'"one{end}two{delimiter} ""three"""', "x"), ("", "£5", "y")]
    folder.write("a.csv", encoded(end.join(delimiter.join(line) for line in lines), encoding))
    assert folder.read("a.csv").rows == [("1", "Zoë’s Café"), ("2", f'one{end}two{delimiter} "three"'), ("", "£5")]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("sep=;\nId;Name\n1;A,B\n", [("1", "A,B")], id="the sep line of Excel"),
        pytest.param('"sep=\t"\nId\tName\n1\tA\n', [("1", "A")], id="a quoted sep line"),
        pytest.param("Id,Name,,,,\n1,A,,,,\n2,B,,,,\n", [("1", "A"), ("2", "B")], id="trailing empty columns"),
        pytest.param("Id,Name\n1,A,,\n2,B,,,\n", [("1", "A"), ("2", "B")], id="trailing empty cells"),
        pytest.param("Id,Name,,\n1\n2,B,\n", [("1", None), ("2", "B")], id="short rows"),
        pytest.param("Id,Name\n1,A\n,\n  ,\t\n,,,,\n\n\n", [("1", "A")], id="trailing empty rows"),
        pytest.param("\n\nId,Name\n\n1,A\n", [("1", "A")], id="empty lines above and below the header"),
        pytest.param("All accounts\nrun on 3 May,,\n\nId,Name\n1,A\n", [("1", "A")], id="title lines above the header"),
        pytest.param("\u00a0Id,Name\u00a0\n1,A\n", [("1", "A")], id="non-breaking spaces round a header"),
        pytest.param("ID,name\n1,A\n", [("1", "A")], id="a header in another case"),
        pytest.param("ID,Id,NAME,Name\nx,1,y,A\n", [("1", "A")], id="the exact header wins"),
        pytest.param("Id,Name\n1,A\nId,Name\n2,B\nId,Name,\n", [("1", "A"), ("2", "B")], id="the header again"),
        pytest.param("Id,Name\n1,Total Fitness\nTotal,2\n", [("1", "Total Fitness")], id="a totals line"),
        pytest.param("Id,Name,N\n1,A,5\nGrand total:,,5\n2 records,,\n", [("1", "A")], id="more totals lines"),
        pytest.param("Id,Name\nTotal,Energies\n", [("Total", "Energies")], id="a business called Total"),
        pytest.param('Id, "Name"\n1, "A, B"\n', [("1", "A, B")], id="a space before the quote"),
        pytest.param(
            "Id,Name\n1,A\0B and the rest of a long name" + " and more" * 20 + "\n",
            [("1", "AB and the rest of a long name" + " and more" * 20)],
            id="NUL characters",
        ),
        pytest.param("Id,Name\n001,=1+1\n", [("001", "=1+1")], id="text stays text"),
        pytest.param("Name,Id\r\nA,1\r\n", [("1", "A")], id="columns in another order"),
        pytest.param("Id,Name\n", [], id="a header only"),
        pytest.param("Id,Name", [], id="a header without a line end"),
    ],
)
def test_what_programs_write_round_a_table(folder, text, rows):
    folder.write("a.csv", text)
    read = folder.read("a.csv")
    assert (read.rows, read.skipped) == (rows, [])


def test_non_breaking_spaces_inside_a_header_are_spaces(folder):
    folder.write("a.csv", "Account\u00a0Id,  Account \u00a0 Name\n1,A\n")
    assert folder.read("a.csv", "Account Id", "Account Name").rows == [("1", "A")]


def test_one_column_may_hold_any_delimiter(folder):
    folder.write("a.csv", "Name\nSmith, Jones; and | Co\nB\n")
    assert folder.read("a.csv", "Name").rows == [("Smith, Jones; and | Co",), ("B",)]


@pytest.mark.parametrize(
    ("text", "rows", "where"),
    [
        pytest.param('Id,Name\n1,A\n2,"B" C\n3,D\n', ["1", "2", "3"], [], id="a quote inside is mended"),
        pytest.param('Id,Name\n1,A\n2,"B\n3,"C"\n4,D\n', ["1", "3", "4"], ["a.csv line 3"], id="a quote not closed"),
        pytest.param("Id,Name\n1,A\n2,B,C\n3,D\n", ["1", "3"], ["a.csv line 3"], id="a stray delimiter"),
        pytest.param('Id,Name\n1,"x\ny"\n2,B,C\n3,D\n', ["1", "3"], ["a.csv line 4"], id="lines in quotes are counted"),
    ],
)
def test_a_broken_row_is_named_and_the_rest_goes_on(folder, text, rows, where):
    folder.write("a.csv", text)
    read = folder.read("a.csv")
    assert ([row[0] for row in read.rows], [place for place, _reason in read.skipped]) == (rows, where)


def test_left_out_rows_are_counted_in_a_note(folder):
    folder.write("a.csv", "Id,Name\n1,A\nId,Name\nId,Name\nTotal,2\n")
    assert folder.read("a.csv", page_rows=1).notes == [
        "a.csv: 2 rows that repeat the header were left out",
        "a.csv: 1 totals line was left out",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "a.csv is empty, not even a header; export it again"),
        (b"\xef\xbb\xbf \n\n", "a.csv is empty, not even a header; export it again"),
        (b"Id,Name\n1,ok \xc3\xa9 \xc3\xa8\n2,bad \xff\n", "a.csv line 3 holds bytes that are not UTF-8, though the rest is"),
        (b"\xef\xbb\xbfId,Name\n1,bad \xff\n", "a.csv line 2 holds bytes that are not UTF-8, though the file is marked so"),
        (b"Id,Name\n1,bad \x81\n", "a.csv line 2 holds bytes that are neither UTF-8 nor Windows-1252"),
        (codecs.BOM_UTF16_LE + b"I\x00d\x00,\x00\x00\xd8,\x00", "a.csv is marked as UTF-16 but is damaged"),
        ("Id,Name\n1,A\n".encode("utf-16-le"), "a.csv is not text (it may be another kind of file, or UTF-16 without its mark)"),
        (b"%PDF-1.7\x00\x01", "a.csv is a PDF"),
        (b"<html><table>", "a.csv is a web page or XML"),
        (b"\x1f\x8b\x08\x00", "a.csv is not text"),
        (b'Id,Name\n1,"never closed ' + b"x" * 5_000_000, "a.csv line 2: a quote opens in this row and is never closed"),
        (b"Id,Name\n" + b'1,"a" b"\n2,c\n' * 200, "more than 100 rows have broken quotes"),
    ],
)
def test_a_file_that_is_no_table_says_what_to_do(folder, content, says):
    folder.write("a.csv", content)
    kind, message = folder.fault("a.csv")
    assert kind == "StopEntity"
    assert says in message


def test_a_windows_file_that_may_be_garbled_says_so(folder):
    folder.write("a.csv", "Id,Name\n1,Zoë\n2,Café\n".encode("cp1252") + b"3,\xc3\xa9\n")
    read = folder.read("a.csv")
    assert read.rows[0] == ("1", "Zoë")
    assert read.notes == [
        "a.csv is read as Windows-1252, but 1 place looks like UTF-8 (line 4); if names there are garbled, save it as CSV UTF-8"
    ]
