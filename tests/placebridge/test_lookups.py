"""Lookups on the command line: check, sync, dry run, explain, and what becomes of answers when a lookup is renamed or removed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from placebridge.connection_settings import own_fields
from tests.connector.companies_house.standin import CompaniesHouseSite
from tests.connector.http.servers import HurriedClock, Server
from tests.connector.postcodes.standin import PostcodesSite
from tests.connector.sites import serve
from tests.placebridge.two_crms import DAY, TwoCrms

KEY = "a-very-secret-key"


@pytest.fixture
def companies() -> CompaniesHouseSite:
    """Every firm of the small world; firm 3 is dissolved."""
    site = CompaniesHouseSite(HurriedClock(), key=KEY)
    for number in range(24):
        site.put("companies", f"{4_100_000 + number * 917:08}", {"company_name": f"FIRM {number} LIMITED"})
        site.put("officers", f"{4_100_000 + number * 917:08}/o{number}", {"name": f"QUILL, Dana{number}"})
    site.put("companies", "04102751", {"company_status": "dissolved", "date_of_cessation": "2026-03-03"})
    return site


@pytest.fixture
def house(companies: CompaniesHouseSite) -> Iterator[Server]:
    found = serve(companies)
    yield found
    found.close()


@pytest.fixture
def postcodes() -> Iterator[Server]:
    site = PostcodesSite()
    site.put("postcodes", "SW1A 0AA", {"admin_district": "Elsewhere"})
    for number in range(1, 10):
        site.put("postcodes", f"ZX{number} 1AB", {"admin_district": "Thornley Vale", "codes": {"admin_district": "E07000999"}})
    found = serve(site)
    yield found
    found.close()


@pytest.fixture
def town(crms: TwoCrms, house: Server, postcodes: Server) -> TwoCrms:
    """The two CRMs and both registers."""
    _configure(crms, house, postcodes)
    return crms


def _configure(crms: TwoCrms, house: Server, postcodes: Server, key: str = KEY, register: str = "REGISTER") -> None:
    start = f"PLACEBRIDGE_CONNECTIONS__{register}__"
    also = f"{start}KIND=companies_house\n{start}SIDE=register\n{start}API_KEY={key}\n{start}URL={house.url}\n"
    start = "PLACEBRIDGE_CONNECTIONS__POSTCODES__"
    crms.configure("council", "chamber", also=f"{also}{start}KIND=postcodes\n{start}SIDE=register\n{start}URL={postcodes.url}\n")


def test_a_sync_asks_them_and_tells_how_many(town: TwoCrms) -> None:
    done = town.sync()
    assert done.code == 0, done
    assert "register: 24 answers read, 24 added, 0 changed, 0 removed" in done.said
    assert "postcodes: 9 answers read, 9 added, 0 changed, 0 removed" in done.said
    places = {row["place"] for row in town.flags().values()}
    assert places == {"Thornley Vale"}
    again = town.sync()
    assert "register: nothing to ask" in again.said
    assert "Nothing has changed since the last sync." in again.said
    runs = {row["connection"]: row for row in town.rows("runs", "--limit", "100") if row["read"]}
    assert (runs["register"]["outcome"], runs["register"]["read"], runs["register"]["added"]) == ("done", 24, 24)


def test_a_lookup_alone_is_synced_by_its_name(town: TwoCrms, house: Server) -> None:
    town.sync("council", "chamber")
    assert house.asked == []
    done = town.sync("register")
    assert done.code == 0, done
    assert "register: 24 answers read" in done.said
    assert "council:" not in done.said
    assert "there is no connection 'nowhere'; known are chamber, council, postcodes, register" in town.sync("nowhere").said


def test_a_dry_run_asks_nobody(town: TwoCrms, house: Server, postcodes: Server) -> None:
    done = town.sync("--dry-run")
    assert done.code == 0, done
    assert "it would be asked about 24" in done.said
    assert "it would be asked about 9" in done.said
    assert house.asked == postcodes.asked == []


def test_a_key_that_is_refused_leaves_the_rest_in(town: TwoCrms, house: Server, postcodes: Server) -> None:
    _configure(town, house, postcodes, key="wrong-key")
    done = town.sync()
    assert done.code == 3
    assert "the service refuses the sign-in (answer 401)" in done.said
    assert "wrong-key" not in done.said
    assert town.flags()
    checked = {(row["connection"], row["check"]): row for row in town.rows_of("check")}
    assert checked["register", "sign-in"]["ok"] == "no"
    assert checked["postcodes", "service"]["ok"] == "yes"
    assert "wrong-key" not in str(checked)


def test_check_covers_one_by_its_name(town: TwoCrms) -> None:
    rows = town.rows("check", "register")
    assert {row["connection"] for row in rows} == {"", "register"}
    assert {row["check"]: row["ok"] for row in rows if row["connection"]} == {"sign-in": "yes", "limit": "yes", "clock": "yes", "schedule": "yes"}


def test_explain_shows_what_companies_house_says(town: TwoCrms) -> None:
    town.sync()
    said = town("explain", "04102751", "--as-of", DAY).said
    assert "FIRM 3 LIMITED: dissolved on 3 March 2026" in said
    assert "Dana3 Quill (director since 4 March 2019), not one to approach" in said
    assert "Dana4 Quill (director since 4 March 2019) Engagements" in town("explain", "04103668", "--as-of", DAY).said
    assert "Companies House, as of" in said.partition("Why:")[2].partition("Approach:")[0]


def test_who_is_not_to_be_contacted_is_no_officer_to_approach(town: TwoCrms, companies: CompaniesHouseSite) -> None:
    companies.put("officers", "04100000/lee", {"name": "LEE0, Ann0 Mary"})
    town.sync()
    said = town("explain", "04100000", "--as-of", DAY).said
    assert "Ann0 Mary Lee0 (director since 4 March 2019), not one to approach" in said
    assert "Mary" not in said.partition("Approach:")[2].partition("Priority:")[0]


def test_answers_go_with_the_lookup_and_all_is_as_if_it_had_never_been_there(town: TwoCrms, house: Server, postcodes: Server) -> None:
    town.configure("council", "chamber")
    town.sync()
    plain = town.flags()
    _configure(town, house, postcodes)
    town.sync()
    assert town.flags() != plain
    town.configure("council", "chamber")
    assert "What was read of it (24 answers) stays" in town.sync().said
    removed = town("connection", "remove", "register", "--yes")
    assert "Removing register removes 24 answers" in removed.said
    assert town("connection", "remove", "postcodes", "--yes").code == 0
    assert town.flags() == plain
    assert town.tables()["lookup_answer"] == []


def test_a_lookup_that_is_renamed_keeps_its_answers(town: TwoCrms, house: Server, postcodes: Server) -> None:
    town.sync()
    asked = len(house.asked)
    assert town("connection", "rename", "register", "companies").code == 0
    _configure(town, house, postcodes, register="COMPANIES")
    assert "companies: nothing to ask" in town.sync().said
    assert len(house.asked) == asked
    assert "Removing companies removes 24 answers" in town("connection", "remove", "companies", "--yes").said


@pytest.mark.parametrize(("kind", "page"), [("companies_house", "companies-house.md"), ("postcodes", "postcodes.md")])
def test_each_setting_is_documented(kind: str, page: str) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / page).read_text(encoding="utf-8")
    assert [name for name in own_fields(kind) if name != "secret_expires" and f"`{name.upper()}`" not in text] == []


@pytest.mark.parametrize(("line", "said"), [
    ("KIND=companies_house", "API_KEY is missing; write the key of a live application"),
    ("KIND=companies_house\nAPI_KEY=x\nMAPPING=council.yaml", "MAPPING is no setting"),
    ("KIND=companies_house\nAPI_KEY=x\nKEEP_DAYS=0", "KEEP_DAYS cannot be used; write after how many days"),
    ("KIND=postcodes\nURI=x", "URI is no setting; did you mean URL?"),
])  # fmt: skip
def test_settings_with_a_mistake(crms: TwoCrms, line: str, said: str) -> None:
    start = "PLACEBRIDGE_CONNECTIONS__REGISTER__"
    crms.configure("council", also="".join(f"{start}{one}\n" for one in [*line.split("\n"), "SIDE=register"]))
    done = crms("sync")
    assert done.code == 2
    assert said in done.said
