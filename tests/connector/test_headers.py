"""Which columns a header gives, and what is said of those that it lacks."""

import pytest

HEADER = "Account Id,Account Name,Status,Status,EMAIL,Email address\n"


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Account Id", "1"),
        ("account id", "1"),
        ("ACCOUNT  NAME", "A"),
        ("Status", "x"),
        ("Status (2)", "y"),
        ("Email", "e"),
        ("EMAIL", "e"),
    ],
)
def test_a_column_is_found_by_its_name(folder, column, cell):
    folder.write("a.csv", HEADER + "1,A,x,y,e,f\n")
    assert folder.read("a.csv", column).rows == [(cell,)]


def test_columns_of_one_name_are_told(folder):
    folder.write("a.csv", HEADER + "1,A,x,y,e,f\n")
    assert folder.read("a.csv", "Status").notes == [
        "a.csv: 2 columns are called Status; the first is read (write 'Status (2)' for the second)"
    ]
    assert folder.read("a.csv", "Account Id").notes == []


def test_one_column_may_be_wanted_twice_by_other_names(folder):
    folder.write("a.csv", "Id\n7\n")
    assert folder.read("a.csv", "Id", "ID").rows == [("7", "7")]


@pytest.mark.parametrize(
    ("header", "columns", "says"),
    [
        ("Id,Nmae", ["Id", "Name"], "a.csv has no column 'Name'; did you mean 'Nmae'? Its columns are: 'Id', 'Nmae'"),
        ("Id,Town", ["Id", "Name"], "a.csv has no column 'Name'. Its columns are: 'Id', 'Town'"),
        ("Id,Twon", ["Town", "Name"], "a.csv has no column 'Town'; did you mean 'Twon'? It has no column 'Name'."),
        ("ID,id,Name", ["Id"], "a.csv has several columns like 'Id' ('ID', 'id'): write one of them exactly."),
        ("Id,Name", ["Name (2)"], "a.csv has no column 'Name (2)'; did you mean 'Name'?"),
    ],
)
def test_a_column_that_is_not_there_names_the_nearest(folder, header, columns, says):
    folder.write("a.csv", header + "\n1" + ",A" * header.count(",") + "\n")
    kind, message = folder.fault("a.csv", *columns)
    assert kind == "StopEntity"
    assert message.startswith(says)


def test_a_file_without_a_header_shows_nobodys_data(folder):
    folder.write("a.csv", "17,Jo Smith,jo@example.org\n18,Al Khan,al@example.org\n")
    _kind, message = folder.fault("a.csv")
    assert message.endswith("is its header line missing? The header must be in the first 20 rows")
    assert "Smith" not in message
    assert "jo@" not in message


@pytest.mark.parametrize(("above", "there"), [(19, True), (20, False)])
def test_a_header_is_looked_for_in_the_first_twenty_rows(folder, above, there):
    folder.write("a.csv", "title,\n" * above + "Id,Name\n1,A\n")
    if there:
        assert folder.read("a.csv").rows == [("1", "A")]
    else:
        assert "no column 'Id'" in folder.fault("a.csv")[1]


def test_the_faults_of_all_files_are_told_at_once(folder):
    for number in range(7):
        folder.write(f"a{number}.csv", "Id\n1\n")
    lines = folder.fault("a*.csv")[1].splitlines()
    assert [line[:6] for line in lines[:5]] == [f"a{number}.csv" for number in range(5)]
    assert lines[5:] == ["2 more files have faults"]
