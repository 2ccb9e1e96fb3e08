"""Views over HTTP: what opens them, what does not, and that the two formats hold the same rows."""

import base64
import csv
import io
import re
from datetime import date, timedelta

import httpx
import pytest

from jobs import data_tokens
from jobs.place import views
from review.roles import Role
from review.sign_in.limit import MOST, WITHIN
from review.site import Site
from store import bulk
from store.database import Database
from store.tables import Audit, DataToken
from store.views import VIEWS
from tests.review.harness import BEGINNING, Browser, Clock, signed_in, site_on
from tests.review.serving import served


def made(site: Site, name: str = "Power BI", ends_on: date | None = None) -> str:
    return data_tokens.make(site.store, name, ends_on, "ada", BEGINNING, site.today())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest) -> Site:
    return site_on(request.getfixturevalue("full_store" if request.param == "sqlite" else "full_on_postgres"))


@pytest.mark.parametrize("name", VIEWS)
def test_csv_and_json_hold_what_the_view_holds(site: Site, name: str) -> None:
    token, browser = made(site, f"of {name}"), Browser(site)
    rows = list(views.rows(site.store, name))
    told = browser.get(f"/data/{name}.json", headers=bearer(token))
    assert told.headers["content-type"] == "application/json"
    found = told.json()
    assert [list(row) for row in found] == [list(VIEWS[name].columns)] * len(rows)
    sheet = browser.get(f"/data/{name}.csv", headers=bearer(token))
    assert sheet.text.startswith("\ufeff")
    lines = list(csv.reader(io.StringIO(sheet.text.removeprefix("\ufeff"), newline="")))
    assert lines[0] == list(VIEWS[name].columns)
    assert lines[1:] == [["" if value is None else str(value) for value in row.values()] for row in found]
    assert bool(rows) is (name != "pb_resources")  # the plain town offers nothing


def test_an_instant_is_in_utc_and_a_day_is_a_day(site: Site) -> None:
    row = Browser(site).get("/data/pb_engagements.json", headers=bearer(made(site, "instants"))).json()[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["starts_at"])
    flag = Browser(site).get("/data/pb_flags.json", headers=bearer(made(site, "days"))).json()[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", flag["as_of"])


def test_a_view_of_a_site_with_nothing_in_it_is_an_empty_list(empty: Site) -> None:
    token = made(empty)
    assert Browser(empty).get("/data/pb_flags.json", headers=bearer(token)).json() == []
    assert Browser(empty).get("/data/pb_flags.csv", headers=bearer(token)).text.splitlines() == ["\ufeff" + ",".join(VIEWS["pb_flags"].columns)]


def test_no_cell_of_the_csv_is_a_formula(hostile: Site) -> None:
    sheet = Browser(hostile).get("/data/pb_businesses.csv", headers=bearer(made(hostile))).text.removeprefix("\ufeff")
    cells = [cell for line in csv.reader(io.StringIO(sheet, newline="")) for cell in line]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    told = Browser(hostile).get("/data/pb_businesses.json", headers=bearer(made(hostile, "as they are"))).json()
    assert any(row["name"].startswith("=HYPERLINK") for row in told)


OPENS = {
    "bearer": bearer,
    "bearer in small letters": lambda token: {"Authorization": f"bearer  {token} "},
    "basic": lambda token: basic("anybody", token),
    "basic without a user": lambda token: basic("", token),
}
SHUT = {
    "nothing": lambda token: {},
    "another token": lambda token: bearer("pbdata_" + "x" * 43),
    "half of it": lambda token: bearer(token[:-1]),
    "more than it": lambda token: bearer(token + "x"),
    "in other letters": lambda token: bearer(token.swapcase()),
    "as the user": lambda token: basic(token, ""),
    "as a cookie": lambda token: {"Cookie": f"token={token}; placebridge={token}"},
    "another scheme": lambda token: {"Authorization": f"Digest {token}"},
    "the bare token": lambda token: {"Authorization": token},
    "basic that is no base64": lambda token: {"Authorization": "Basic ???"},
    "basic that is no text": lambda token: {"Authorization": "Basic " + base64.b64encode(b"a:\xff\xfe").decode()},
    "nothing after bearer": lambda token: {"Authorization": "Bearer "},
    "very long": lambda token: bearer("x" * 10_000),
    "its hash": lambda token: bearer(data_tokens._hash(token)),
}


@pytest.mark.parametrize("how", OPENS)
def test_a_token_opens_by_bearer_and_by_basic(full: Site, how: str) -> None:
    assert Browser(full).get("/data/pb_places.json", headers=OPENS[how](made(full))).status_code == 200


@pytest.mark.parametrize("how", SHUT)
def test_nothing_else_opens(full: Site, how: str) -> None:
    token = made(full)
    answer = Browser(full).get("/data/pb_places.json", headers=SHUT[how](token))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="Placebridge data", Basic realm=')
    assert "set-cookie" not in answer.headers
    assert token not in answer.text


def test_a_token_in_the_address_opens_nothing(full: Site) -> None:
    token, browser = made(full), Browser(full)
    assert browser.get(f"/data/pb_places.json?token={token}&access_token={token}").status_code == 401


@pytest.mark.parametrize("role", Role)
def test_a_session_opens_no_view_and_a_token_no_page(full: Site, role: Role) -> None:
    assert signed_in(full, role).get("/data/pb_places.json").status_code == 401
    assert Browser(full).get("/businesses", headers=bearer(made(full))).headers["location"].startswith("/sign-in")
    assert Browser(full).get("/data", headers=bearer(made(full, "another"))).headers["location"].startswith("/sign-in")


def test_two_headers_open_nothing(full: Site) -> None:
    token = made(full)
    with served(full) as base, httpx.Client() as client:
        answer = client.get(f"{base}/data/pb_places.json", headers=[("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")])
    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["business", "pb_nothing", "PB_FLAGS", "pb_flags;DROP TABLE flag", "..%2fpb_flags", "%00"])
def test_what_is_no_view_is_not_there(full: Site, name: str) -> None:
    answer = Browser(full).get(f"/data/{name}.json", headers=bearer(made(full)))
    assert answer.status_code == 404
    assert "<" not in answer.text or "There is no such page" in answer.text


def test_a_withdrawn_token_opens_nothing_and_its_name_is_free_again(full: Site) -> None:
    token = made(full)
    browser = signed_in(full, Role.ADMIN)
    assert browser.post("/data", {"withdraw": "1"}).status_code == 303
    assert Browser(full).get("/data/pb_places.json", headers=bearer(token)).status_code == 401
    assert "Withdrawn" in browser.get("/data").text
    assert made(full) != token


def test_a_token_opens_until_the_end_of_its_last_day(store: Database) -> None:
    site = site_on(store)
    token = made(site, ends_on=site.today() + timedelta(days=1))
    clock = site.now
    assert isinstance(clock, Clock)
    for opens in (200, 200, 401):
        assert Browser(site).get("/data/pb_flags.json", headers=bearer(token)).status_code == opens
        clock.turn(timedelta(days=1))
    assert made(site) != token, "its name is free again"


def test_a_last_day_is_asked_for_and_shown(full: Site) -> None:
    browser, day = signed_in(full, Role.ADMIN), full.today()
    for told, said in (((31, 2, day.year), "31 2 2026 is no day"), ((1, 1, day.year), "That day has passed")):
        answer = browser.post("/data", {"name": "Excel", **_as_fields(*told)})
        assert answer.status_code == 422
        assert 'href="#ends-day"' in answer.text
        assert said in answer.text
        assert 'value="Excel"' in answer.text
    assert data_tokens.tokens(full.store) == []
    shown = browser.post("/data", {"name": "Excel", **_as_fields(day.day, day.month, day.year)}).text
    token = re.search(r'id="token">([^<]+)<', shown)
    assert token
    assert "Its last day is 2 November 2026." in shown
    clock = full.now
    assert isinstance(clock, Clock)
    clock.turn(timedelta(days=1))
    assert Browser(full).get("/data/pb_flags.csv", headers=bearer(token[1])).status_code == 401
    later = signed_in(full, Role.ADMIN).get("/data").text
    assert "Over</strong>" in later
    assert "Its last day was 2 November 2026." in later


def _as_fields(day: int, month: int, year: int) -> dict[str, str]:
    return {"ends-day": str(day), "ends-month": str(month), "ends-year": str(year)}


def test_the_page_shows_a_token_once_and_the_database_never_holds_it(full: Site) -> None:
    browser = signed_in(full, Role.ADMIN)
    shown = browser.post("/data", {"name": "  Power BI of   the economy team "})
    token = re.search(r'id="token">([^<]+)<', shown.text)
    assert token, shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert Browser(full).get("/data/pb_flags.csv", headers=bearer(token[1])).status_code == 200
    again = browser.get("/data").text
    assert token[1] not in again
    assert "Power BI of the economy team" in again
    assert "Last used 2 November 2026 10:00" in again
    with full.store.reading() as connection:
        dump = "".join(str(connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in ("data_token", "audit", "site_session"))
    assert token[1] not in dump


def test_what_is_done_with_tokens_is_in_the_audit_without_their_names(full: Site) -> None:
    browser = signed_in(full, Role.ADMIN)
    shown = browser.post("/data", {"name": "Somebody's Excel"}).text
    token = re.search(r'id="token">([^<]+)<', shown)
    assert token
    Browser(full).get("/data/pb_flags.csv", headers=bearer(token[1]))
    browser.post("/data", {"withdraw": "1"})
    table = bulk.table_of(Audit)
    with full.store.reading() as connection:
        rows = [(row.who, row.action, row.target, row.detail) for row in connection.execute(table.select().order_by(table.c.id)) if row.action.startswith("data")]
    assert rows == [
        ("trying-out-admin", "data token made", "1", ""), ("data token 1", "data read", "pb_flags", ""),
        ("trying-out-admin", "data token withdrawn", "1", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_that_says_nothing_or_too_much_is_asked_for_again(full: Site, name: str) -> None:
    answer = signed_in(full, Role.ADMIN).post("/data", {"name": name})
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert data_tokens.tokens(full.store) == []


def test_sending_the_form_twice_makes_one_token(full: Site) -> None:
    browser = signed_in(full, Role.ADMIN)
    browser.post("/data", {"name": "Excel"})
    assert browser.post("/data", {"name": "Excel"}).status_code == 422
    assert len(data_tokens.tokens(full.store)) == 1


def test_wrong_tokens_are_slowed_down_and_signing_in_is_not(store: Database) -> None:
    site = site_on(store)
    token, browser = made(site), Browser(site)
    for _ in range(MOST):
        assert browser.get("/data/pb_flags.json", headers=bearer("pbdata_wrong")).status_code == 401
    late = browser.get("/data/pb_flags.json", headers=bearer(token))
    assert (late.status_code, late.headers["retry-after"]) == (429, "600")
    assert browser.sign_in(Role.VIEWER).headers["location"] == "/"
    assert browser.get("/businesses").status_code == 200
    clock = site.now
    assert isinstance(clock, Clock)
    clock.turn(WITHIN + timedelta(seconds=1))
    assert browser.get("/data/pb_flags.json", headers=bearer(token)).status_code == 200


def test_asking_without_a_token_counts_against_nobody(full: Site) -> None:
    browser, token = Browser(full), made(full)
    for _ in range(MOST + 5):
        browser.get("/data/pb_flags.json")
    assert browser.get("/data/pb_flags.json", headers=bearer(token)).status_code == 200


def test_a_database_that_breaks_off_is_told_by_the_status(full: Site) -> None:
    token = made(full)
    with full.store.connect() as connection:
        connection.exec_driver_sql("DROP VIEW pb_flags")
    answer = Browser(full).get("/data/pb_flags.json", headers=bearer(token))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "Traceback" not in answer.text


def test_it_is_streamed_by_a_real_server(site: Site) -> None:
    token = made(site, "a real server")
    with served(site) as base:
        answer = httpx.get(f"{base}/data/pb_engagements.json", auth=("excel", token))
    assert len(answer.json()) == len(list(views.rows(site.store, "pb_engagements")))


def test_a_token_is_kept_by_its_hash_alone() -> None:
    assert set(bulk.table_of(DataToken).c.keys()) == {
        "id", "name", "token_hash", "made_by", "made_at", "ends_on", "last_used_at", "withdrawn_by", "withdrawn_at"
    }  # fmt: skip
