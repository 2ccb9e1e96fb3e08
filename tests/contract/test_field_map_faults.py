"""What a field map's own checks say: every fault at once, each with its line and what to write instead."""

import pytest

from mappings.field_map import FieldMapError, read
from tests.contract.harness import Place

GOOD = "business: {from: a.csv, id: Id, fields: {name: Name}}\n"
NO_FROM = "{entity} has no `from`; write `from:` and the file, table or path that holds the rows"
NO_ID = "{entity} has no `id`; name the column that holds it, or a list of columns that together are unique"
NO_FIELDS = "{entity} has no `fields`; write `fields:` and one line for each field, ours on the left, their column on the right"
ONE_TEXT = "must be one word or name, not a list or a mapping"


def of_business(field: str) -> str:
    return f"business:\n  from: a.csv\n  id: Id\n  fields:\n    name: Name\n    {field}\n"


def of_engagement(line: str) -> str:
    return f"engagement:\n  from: a.csv\n  id: Id\n  fields: {{kind: Kind}}\n  {line}\n"


FAULTS: list[tuple[str, str | bytes, list[str]]] = [
    ("an empty file", "", ["1: the file is empty; `placebridge init --from FOLDER` writes a first one"]),
    ("nothing but a remark", "# later\n", ["1: the file is empty; `placebridge init --from FOLDER` writes a first one"]),
    ("no YAML", "business:\n  from: [a.csv\n", ["3: this is no YAML (expected ',' or ']', but got '<stream end>'); check quotes, colons and the indent of this line"]),
    ("a tab", "business:\n\tfrom: a.csv\n", ["2: this is no YAML (found character '\\t' that cannot start any token); indent with spaces, not with a tab"]),
    ("two documents", f"{GOOD}---\n{GOOD}", ["2: this is no YAML (but found another document); leave the line `---` out"]),
    ("not UTF-8", "business: {from: caf\xe9.csv}".encode("latin-1"), ["1: this is no text in UTF-8; save the file as UTF-8"]),
    ("nested very deep", "{a: " * 3000 + "b" + "}" * 3000, ["1: this is nested far too deep to be a field map; begin anew from one that `placebridge init --from FOLDER` writes"]),
    ("a list of lists, very deep", "[" * 5000 + "]" * 5000, ["1: this is nested far too deep to be a field map; begin anew from one that `placebridge init --from FOLDER` writes"]),
    ("a list", "- business\n", ["1: here belongs a mapping of entities, as in `business:`"]),
    ("an entity nearly right", "busines: {from: a.csv, id: Id, fields: {name: Name}}", ["1: 'busines' is no entity; did you mean 'business'?"]),
    ("an entity that is none", GOOD + "invoice: {from: i.csv}\n", ["2: 'invoice' is no entity; write one of business, person, engagement, participant, connector"]),
    ("an entity twice", GOOD + GOOD, ["2: 'business' stands twice (first on line 1); keep one of them"]),
    ("an empty entity", "business:\n", ["1: here belongs a block with `from`, `id` and `fields`"]),
    ("an empty block", "business: {}\n", ["1: business is empty; it needs `from`, `id` and `fields`"]),
    ("an empty list of blocks", "business: []\n", ["1: business is an empty list; it needs a block with `from`"]),
    ("a block without anything that it needs", "person: {complete: no}\n", [f"1: {text.format(entity='person')}" for text in (NO_FROM, NO_ID, NO_FIELDS)]),
    ("a key nearly right", GOOD.replace("from", "form"), ["1: 'form' is no key of a block; did you mean 'from'?", f"1: {NO_FROM.format(entity='business')}"]),
    ("a merge key", GOOD.replace("{", "&a {", 1) + "person:\n  <<: *a\n", ["3: `<<` is not read here; write the lines out", "3: person is empty; it needs `from`, `id` and `fields`"]),
    ("an empty from", GOOD.replace("a.csv", "''"), ["1: `from` is empty; write a name, or leave the line out"]),
    ("from is a list", GOOD.replace("a.csv", "[a.csv, b.csv]"), [f"1: `from` {ONE_TEXT}"]),
    ("id is an empty list", GOOD.replace("Id", "[]"), ["1: `id` is an empty list; name a column, or the columns that together are unique"]),
    ("complete is neither yes nor no", GOOD.replace("id:", "complete: perhaps, id:"), ["1: `complete` is 'perhaps'; write yes (a row that is gone is a deletion) or no (an extract)"]),
    ("a field nearly right", of_business("potscode: Post"), ["6: 'potscode' is no field of business; did you mean 'postcode'?"]),
    ("a field twice", of_business("town: A\n    town: B"), ["7: 'town' stands twice (first on line 6); keep one of them"]),
    ("no name of a business", GOOD.replace("name: Name", "town: Town"), ["1: business has no `name`; every business needs one"]),
    ("no name of a person", "person: {from: p.csv, id: Id, fields: {email: Mail}}", ["1: person has no name; map `name`, or `first_name` and `last_name`"]),
    ("no engagement of a participant", "participant: {from: x.csv, fields: {person: Who}}", ["1: participant has no `engagement`; name the column that holds the engagement's id"]),
    ("nobody in a participant", "participant: {from: x.csv, fields: {engagement: Act}}", ["1: participant names nobody; map `person`, `email` or `name`"]),
    ("an empty column", of_business("town:"), ["6: `town` is empty; write a name, or leave the line out"]),
    ("a list for a column", of_business("address: [S1, S2]"), ["6: `address` is a list; to join columns write `address: {from: [First column, Second column]}`"]),
    ("both from and value", of_business("town: {from: Town, value: York}"), ["6: `town` needs either `from` (a column) or `value` (a word for every row)"]),
    ("neither from nor value", of_business("town: {default: York}"), ["6: `town` needs either `from` (a column) or `value` (a word for every row)"]),
    ("an empty list of columns", of_business("town: {from: []}"), ["6: `from` of `town` is an empty list; name a column"]),
    ("what cannot be said of a field", of_business("town: {from: Town, defualt: York}"), ["6: 'defualt' cannot be said of `town`; did you mean 'default'?"]),
    ("a word of values nearly right", of_business("status: {from: State, values: {Shut: closd}}"), ["6: 'closd' is none of our words for `status`; did you mean 'closed'?"]),
    ("a word of values that is none", of_business("status: {from: State, values: {Shut: gone}}"), ["6: 'gone' is none of our words for `status`; write one of active, closed"]),
    ("a word of values that is no yes or no", of_business("multi_site: {from: Multi, values: {J: ja}}"), ["6: 'ja' is none of our words for `multi_site`; write one of yes, true, 1, no, false, 0"]),
    ("their word twice in values", of_business("status: {from: State, values: {Shut: closed, SHUT: active}}"), ["6: 'SHUT' stands twice (first on line 6); keep one of them"]),
    ("values is a list", of_business("status: {from: State, values: [closed]}"), ["6: here belongs `values`: their word on the left, ours on the right"]),
    ("a value that is none of our words", of_business("status: {value: gone}"), ["6: 'gone' is none of our words for `status`; write one of active, closed"]),
    ("a default that is nobody's word", of_business("status: {from: State, values: {Shut: closed}, default: Open}"), ["6: 'Open' is none of our words for `status`; write one of active, closed"]),
    ("match on a field that points nowhere", of_business("town: {from: Town, match: name}"), ["6: `match` is for fields that point at another entity; `town` does not, so leave `match` out"]),
    ("a match nearly right", "person: {from: p.csv, id: Id, fields: {name: N, business: {from: B, match: nmae}}}", ["1: 'nmae' is nothing that a business can be matched by; did you mean 'name'?"]),
    ("a match that a person has not", of_engagement("participants: {from: Who, match: company_number}"), ["5: 'company_number' is nothing that a person can be matched by; write one of id, name, email"]),
    ("split on a field of one value", of_business("town: {from: Town, split: ';'}"), ["6: `split` is for fields that may hold several; `town` holds one value, so leave `split` out"]),
    ("an empty split", of_engagement("participants: {from: Who, split: ''}"), ['5: `split` is empty; write what stands between two of them in quotes, as in `split: ";"`']),
    ("format on a field that is no date", of_business("town: {from: Town, format: '%d/%m/%Y'}"), ["6: `format` is for dates and times; `town` is neither, so leave `format` out"]),
    ("a format in other letters", GOOD.replace("id:", "changed: {from: M, format: dd/mm/yyyy}, id:"), ["1: `format` is 'dd/mm/yyyy'; write it in strptime's letters, as in \"%d/%m/%Y %H:%M\""]),
    ("a format with an unknown letter", GOOD.replace("id:", "changed: {from: M, format: '%-d/%m/%Y'}, id:"), ["1: `format` is '%-d/%m/%Y', and %- is none of strptime's letters; day %d, month %m or %b, year %Y or %y, hour %H, minute %M (1/2/2026 fits %d/%m/%Y)"]),
    ("a format with a letter twice", GOOD.replace("id:", "changed: {from: M, format: '%d/%d/%Y'}, id:"), ["1: `format` is '%d/%d/%Y', in which a letter stands twice; keep one of them"]),
    ("a format without a year", GOOD.replace("id:", "changed: {from: M, format: '%d/%m'}, id:"), ["1: `format` is '%d/%m', which has no year; add %Y (2026) or %y (26)"]),
    ("participants of a business", GOOD.replace("id:", "participants: Who, id:"), ["1: `participants` belongs under engagement, not under business"]),
    ("participants without from", of_engagement("participants: {split: ';'}"), ["5: `participants` has no `from`; name the column that lists them"]),
    ("took_part is a column's name", of_engagement("participants: {from: Who, took_part: Outcome}"), ["5: 'outcome' is none of our words for `took_part` (for a column write `{from: column}`); write one of organised, attended, absent, declined, invited"]),
    ("took_part nearly right", of_engagement("participants: {from: Who, took_part: atended}"), ["5: 'atended' is none of our words for `took_part` (for a column write `{from: column}`); did you mean 'attended'?"]),
    ("every fault at once, in the order of the file", "business:\n  form: a.csv\n  id: Id\n  fields:\n    name: Name\n    twon: Town\nperson:\n  from: p.csv\n  id: Id\n  fields:\n    email: Mail\n", [
        "2: 'form' is no key of a block; did you mean 'from'?", f"2: {NO_FROM.format(entity='business')}",
        "6: 'twon' is no field of business; did you mean 'town'?", "11: person has no name; map `name`, or `first_name` and `last_name`"]),
]  # fmt: skip

GOOD_MAPS = [
    ("a byte order mark", ("\ufeff" + GOOD).encode()),
    ("UTF-16, which says so itself", GOOD.encode("utf-16")),
    ("Windows line ends", GOOD.replace("\n", "\r\n").encode()),
    ("an alias", b"business: {from: a.csv, id: &id Id, fields: {name: *id}}\n"),
    ("YAML's tags are text", b"business: {from: !!python/name:os.system a.csv, id: !!int Id, fields: {name: Name}}\n"),
    ("participants in a column and nothing else", of_engagement("participants: Who").encode()),
    ("only participants", b"participant: {from: x.csv, fields: {engagement: Act, person: Who}}\n"),
    ("match in capitals", b"person: {from: p.csv, id: Id, fields: {name: N, business: {from: B, match: Name}}}\n"),
    ("tags that are split", of_business("tags: {from: Tags, split: ','}").encode()),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_what_is_wrong(text: str | bytes, expected: list[str]) -> None:
    with pytest.raises(FieldMapError) as error:
        read(text, "map.yaml")
    assert [str(fault) for fault in error.value.faults] == [f"map.yaml, line {line}" for line in expected]


@pytest.mark.parametrize("text", [case[1] for case in GOOD_MAPS], ids=[case[0] for case in GOOD_MAPS])
def test_what_is_right(text: bytes) -> None:
    assert read(text, "map.yaml").blocks


@pytest.mark.parametrize("words", [("sync",), ("check",)])
def test_the_command_line_says_it_and_writes_nothing(place: Place, words: tuple[str, ...]) -> None:
    place.connect("council", "business: {form: a.csv}\n")
    done = place.run(*words)
    assert done.code == 2
    assert "council.yaml, line 1: 'form' is no key of a block; did you mean 'from'?" in done.err
    assert len(done.err.splitlines()) == 4


def test_a_column_that_is_not_there_is_said_with_those_that_are(place: Place) -> None:
    place.connect("council", GOOD.replace("Name", "Nmae"))
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\n")
    done = place.run("sync")
    assert done.code != 0
    assert "has no column 'Nmae'" in done.out + done.err
    assert "Name" in done.out + done.err
