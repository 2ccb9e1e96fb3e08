"""Which sector at the table an organisation belongs to: labelled cases, an order of trust, and a council's own file."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.sectors import TRUST, Organisation, Sectors

SECTORS = Sectors.load()
CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "organisations.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def organisation(name: str, facts: str) -> Organisation:
    said: dict[str, list[str]] = defaultdict(list)
    for fact in facts.split(";"):
        key, _, value = fact.strip().partition("=")
        said[key].append(value)
    words = tuple((field, value) for field in ("sector", "industry", "tag") for value in said[field])
    one = {key: (said[key] or [""])[0] for key in ("charity", "number", "type")}
    return Organisation(name, words, one["charity"], one["number"], one["type"], tuple(said["sic"]))


@pytest.mark.parametrize(("name", "facts", "sector", "trust"), CASES, ids=[f"{case[0]} {case[1]}".strip() for case in CASES])
def test_an_organisation_has_its_sector(name: str, facts: str, sector: str, trust: str) -> None:
    seat = SECTORS.of(organisation(name, facts))
    assert (seat.sector, seat.trust) == (sector, trust), seat.because


def test_there_are_cases_of_every_sector_and_trust() -> None:
    assert {case[2] for case in CASES} == set(SECTORS.ids)
    assert {case[3] for case in CASES} == set(TRUST)
    assert len(CASES) > 60


@pytest.mark.parametrize(
    ("of", "because"),
    [
        (Organisation("Northford Combined Authority"), "the name: combined authority"),
        (Organisation("X", (("sector", "Further Education"),)), "the CRM's sector: Further Education"),
        (Organisation("X", sic_codes=("24100", "85421")), "Companies House, SIC 85421: First-degree level higher education"),
        (Organisation("X", charity_number=" 1012345 "), "charity number 1012345"),
        (Organisation("X", company_number="CE001234"), "its company number begins with CE"),
        (Organisation("X", company_type="charitable-incorporated-organisation"), "Companies House: charitable incorporated organisation"),
        (Organisation("X Ltd"), "nothing says otherwise"),
    ],
)
def test_it_says_what_earned_it(of: Organisation, because: str) -> None:
    assert SECTORS.of(of).because == because


def test_what_is_more_trusted_goes_first() -> None:
    everything = Organisation("Northford NHS Trust", (("sector", "Further education"),), "1012345", "CE001234", "", ("84110",))
    assert SECTORS.of(everything).trust == "crm"
    assert SECTORS.of(Organisation("Northford NHS Trust", (), "1012345", "CE001234", "", ("84110",))).trust == "name"
    assert SECTORS.of(Organisation("Northford", (), "1012345", "", "", ("84110",))).sector == "local_government"
    assert SECTORS.of(Organisation("Northford", (("sector", "Health"),), "1012345")).sector == "community"


@given(st.text(), st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_whatever_stands_in_the_fields_it_has_one_sector_and_a_reason(name: str, word: str, number: str, codes: list[str]) -> None:
    seat = SECTORS.of(Organisation(name, (("sector", word),), number, number, word, tuple(codes)))
    assert seat.sector in SECTORS.ids
    assert seat.trust in TRUST
    assert seat.because


@given(st.sampled_from(CASES), st.sampled_from([str.upper, str.lower, str.title]))
def test_case_never_matters(case: list[str], change: object) -> None:
    plain = SECTORS.of(organisation(case[0], case[1]))
    assert SECTORS.of(organisation(change(case[0]), case[1])).sector == plain.sector  # type: ignore[operator]


def test_a_council_adds_its_own_words(tmp_path: Path) -> None:
    file = tmp_path / "sectors.yaml"
    file.write_text(
        'not_names: vale (spa|gym)\nsectors:\n  education:\n    words: learning anchor\n    names: skills campus\n    sic: {"85590": Other}\n'
    )
    own = Sectors.load(file)
    assert own.of(Organisation("Vale Skills Campus Ltd")).sector == "education"
    assert own.of(Organisation("X", (("industry", "Learning anchor"),))).sector == "education"
    assert own.of(Organisation("X Ltd", sic_codes=("85590",))).sector == "education"
    assert own.of(Organisation("University of Northford")).sector == "education"
    assert own.version != SECTORS.version


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sectors: {educaton: {words: x}}", "'educaton' is no sector; did you mean 'education'?"),
        ("sectors: {education: {word: x}}", "'word' is no key of a sector; did you mean 'words'?"),
        ("sectors: {education: {words: [x]}}", "`words` must be one text with commas"),
        ("sectors: {education: {sic: {'8542': x}}}", "'8542' is no SIC code; write its five digits in quotes"),
        ("sectors: {education: {names: '(a|b'}}", "'(a|b' cannot be read; check its brackets"),
        ("sektors: {}", "'sektors' is no part of the sectors file; did you mean 'sectors'?"),
        ("", "the file is empty; write `sectors:`"),
    ],
)
def test_a_fault_of_a_councils_file_says_its_line_and_what_to_write(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "sectors.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"sectors\.yaml, line 1: ") as fault:
        Sectors.load(file)
    assert message in str(fault.value)
