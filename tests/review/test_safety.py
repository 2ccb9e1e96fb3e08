"""What somebody who means harm tries at the door: leading people elsewhere, other people's files, stolen cookies, too much of everything."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from review import body, sessions
from review.page import local_path
from review.roles import Role
from review.sign_in.limit import MOST, WITHIN
from review.site import Site
from store import bulk
from store.database import Database
from store.tables import SiteSession
from tests.review.harness import CODE, Browser, Clock, signed_in, site_on

ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example",
    "https://evil.example", "https:evil.example", "http:/evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example",
    "/ /evil.example", "\u2028//evil.example", "@evil.example", ".evil.example", "/\x7f/evil.example", "", "?x", "#x",
    "/businesses\r\nSet-Cookie: a=b", "http://[", "//[", "/\u00a0//evil.example\\",
]  # fmt: skip
HERE = ["/", "/businesses", "/businesses?page=2&x=%2F%2Fevil.example", "/businesses/b1#people", "/%2F/evil.example", "/é"]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(empty: Site, wanted: str) -> None:
    browser = Browser(empty)
    assert browser.sign_in(Role.OFFICER, wanted).headers["location"] == "/"
    assert browser.get(f"/sign-in?next={quote(wanted)}").headers["location"] == "/"


def test_a_nul_is_refused(empty: Site) -> None:
    browser = Browser(empty)
    assert browser.sign_in(Role.OFFICER, "/\x00/evil.example").status_code == 400
    assert browser.get("/sign-in?next=%00").status_code == 400


@pytest.mark.parametrize("wanted", HERE)
def test_it_leads_to_the_page_that_was_wanted(empty: Site, wanted: str) -> None:
    assert Browser(empty).sign_in(Role.OFFICER, wanted).headers["location"] == quote(wanted, safe="/:?&=%#")


@given(st.text(alphabet=st.sampled_from("/\\:@?#.%\t\n\r evil2Fhtps"), max_size=20))
@example("/\\/evil")
def test_a_path_of_ours_stays_here_as_browsers_read_it(text: str) -> None:
    found = local_path(text)
    if found is not None:
        as_read = "".join(letter for letter in found.strip() if letter not in "\t\n\r").replace("\\", "/")
        assert as_read == found
        assert as_read.startswith("/")
        assert not as_read.startswith("//")


TRAVERSALS = [
    "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/%2e%2e%2f%2e%2e%2fpyproject.toml", "/static/....//app.py",
    "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/..%5capp.py", "/static/start.js%00.html", "/static/", "/static",
    "/static/%c0%ae%c0%ae/app.py", "/static/../templates/base.html",
]  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_other_file_is_served(empty: Site, path: str) -> None:
    browser = Browser(empty, raises=False)
    answer = browser.client.get(f"http://localhost{path}")
    assert answer.status_code in {404, 405, 307}
    assert "import" not in answer.text
    assert "root:" not in answer.text


IDS = ["..%2f..%2fetc%2fpasswd", "%00", "%27%20OR%201=1--", "%F0%9F%92%A9", "x" * 3000, "%ff%fe", "{{7*7}}", "%0d%0aSet-Cookie:%20a=b", "-1", "99999999999999999999"]


@pytest.mark.parametrize("odd", IDS)
def test_an_odd_id_is_a_page_that_is_not_there(full: Site, odd: str) -> None:
    browser = signed_in(full, Role.VIEWER)
    answer = browser.get(f"/businesses/{odd}")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "set-cookie" not in answer.headers
    assert "49" not in answer.text.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e9", "9" * 400, "%00", "٣", "1&page=2"])
def test_an_odd_page_number_is_no_fault(full: Site, page: str) -> None:
    assert signed_in(full, Role.VIEWER).get(f"/businesses?page={page}").status_code in {200, 303, 400, 404}


def test_the_cookie_is_for_this_site_alone_and_for_no_script(empty: Site) -> None:
    said = Browser(empty).sign_in(Role.VIEWER).headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/" in said
    assert "domain" not in said
    assert "secure" not in said


@pytest.mark.parametrize(("prefix", "name"), [("", "__Host-placebridge"), ("/business", "__Secure-placebridge")])
def test_over_https_cookie_and_site_are_for_https_alone(empty: Site, prefix: str, name: str) -> None:
    site = site_on(empty.store, secure=True, prefix=prefix, url=f"https://crm.council.example{prefix}")
    browser = Browser(site, "https://crm.council.example")
    answer = browser.sign_in(Role.VIEWER)
    said = answer.headers["set-cookie"]
    assert said.startswith(f"{name}=")
    assert "secure" in said.lower()
    assert f"path={prefix or '/'};" in f"{said.lower()};"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert browser.get(f"{prefix}/businesses").status_code == 200


def stripping(app: ASGIApp) -> ASGIApp:
    """A proxy that takes the prefix off."""

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix("/business") or "/"
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    return proxy


@pytest.mark.parametrize("proxy", [None, stripping])
def test_a_proxys_prefix_works_whether_it_is_stripped_or_not(full: Site, proxy: Callable[[ASGIApp], ASGIApp] | None) -> None:
    browser = Browser(site_on(full.store, prefix="/business", url="http://localhost/business"), before=proxy)
    asked = browser.get("/business/businesses?page=1")
    assert asked.headers["location"] == "/business/sign-in?next=%2Fbusinesses%3Fpage%3D1"
    answer = browser.post("/business/sign-in", {"code": CODE, "role": "viewer", "next": "/businesses?page=1"})
    assert answer.headers["location"] == "/business/businesses?page=1"
    text = browser.get("/business/businesses").text
    assert 'href="/business/businesses/' in text
    assert 'href="/businesses' not in text
    assert 'src="/business/static/' in text
    assert browser.get("/business/static/start.js").status_code == 200


HOSTS = {
    "crm.council.example": True, "CRM.Council.Example": True, "crm.council.example:443": True, "localhost": True, "localhost:8085": True,
    "127.0.0.1:8085": True, "[::1]:8085": True, "evil.example": False, "crm.council.example.evil.example": False, "evil.example:8085": False,
    "localhost.evil.example": False, "localhost@evil.example": False, "[": False, "": False, "127.0.0.1.evil.example": False, "0.0.0.0": False,
}  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_the_site_answers_under_its_own_names_only(empty: Site, host: str) -> None:
    browser = Browser(site_on(empty.store, url="https://crm.council.example"))
    for path in ("/accessibility", "/static/start.js"):
        answer = browser.get(path, headers={"Host": host})
        assert (answer.status_code == 200) is HOSTS[host]
        assert answer.status_code in {200, 421}


def test_no_address_comes_from_what_a_browser_says_of_itself(empty: Site) -> None:
    browser = Browser(site_on(empty.store, hosts=None))
    answer = browser.get("/businesses", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"})
    assert answer.headers["location"] == "/sign-in?next=%2Fbusinesses"
    assert "evil" not in browser.get("/sign-in", headers={"Host": "evil.example", "X-Forwarded-Proto": "https"}).text


def test_wrong_codes_are_slowed_down_and_the_right_one_too_until_later(store: Database) -> None:
    site = site_on(store)
    browser = Browser(site)
    for _ in range(MOST):
        assert browser.post("/sign-in", {"code": "aaaa-aaaa-aaaa", "role": "admin"}).status_code == 422
    assert browser.sign_in(Role.ADMIN).headers["location"] == "/"
    assert browser.get("/businesses").headers["location"].startswith("/sign-in")
    clock = site.now
    assert isinstance(clock, Clock)
    clock.turn(WITHIN + timedelta(seconds=1))
    browser.sign_in(Role.ADMIN)
    assert browser.get("/businesses").status_code == 200


@pytest.mark.parametrize("code", ["", "a", "é", CODE[:-1], CODE + "x", "A" * 100_000])
def test_a_wrong_code_lets_nobody_in(empty: Site, code: str) -> None:
    browser = Browser(empty)
    answer = browser.post("/sign-in", {"code": code, "role": "admin"})
    assert answer.status_code == 422
    assert "Enter the code" in answer.text


@pytest.mark.parametrize("role", ["", "root", "ADMIN", "viewer admin"])
def test_a_role_that_is_none_lets_nobody_in(empty: Site, role: str) -> None:
    browser = Browser(empty)
    assert browser.post("/sign-in", {"code": CODE, "role": role}).status_code == 422
    assert browser.get("/businesses").status_code == 303


def test_a_session_known_before_signing_in_is_worth_nothing_afterwards(store: Database) -> None:
    site = site_on(store)
    victim, attacker = Browser(site), Browser(site)
    victim.get("/sign-in")
    planted = victim.client.cookies["placebridge"]
    victim.sign_in(Role.ADMIN)
    attacker.client.cookies.set("placebridge", planted)
    assert attacker.get("/businesses").status_code == 303
    assert victim.client.cookies["placebridge"] != planted


def test_signing_out_ends_the_session_itself(store: Database) -> None:
    site = site_on(store)
    browser, thief = signed_in(site, Role.OFFICER), Browser(site)
    thief.client.cookies.set("placebridge", browser.client.cookies["placebridge"])
    assert thief.get("/businesses").status_code == 200
    assert browser.post("/sign-out").headers["location"] == "/sign-out/done"
    assert thief.get("/businesses").status_code == 303
    assert browser.get("/businesses").status_code == 303


ENDS = {
    "idle": ([sessions.IDLE], False),
    "just not idle": ([sessions.IDLE - timedelta(seconds=1)], True),
    "used all the time": ([timedelta(hours=1)] * 11, True),
    "used for too long": ([timedelta(hours=1)] * 12, False),
    "used in between": ([timedelta(minutes=90)] * 2, True),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_session_ends(store: Database, name: str) -> None:
    turns, holds = ENDS[name]
    site = site_on(store)
    browser = signed_in(site, Role.OFFICER)
    clock, answer = site.now, None
    assert isinstance(clock, Clock)
    for turn in turns:
        clock.turn(turn)
        answer = browser.get("/businesses")
    assert answer is not None
    assert (answer.status_code == 200) is holds


def test_the_database_does_not_hold_what_a_cookie_holds(full: Site) -> None:
    browser = signed_in(full, Role.OFFICER)
    with full.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM site_session").all()
    assert rows
    assert browser.client.cookies["placebridge"] not in repr(rows)


def test_browsers_that_only_look_at_the_door_fill_no_table(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_BEGUN", 5)
    site, held = site_on(store), bulk.table_of(SiteSession)
    signed = signed_in(site, Role.VIEWER)
    for _ in range(12):
        Browser(site).get("/sign-in")
    with store.reading() as connection:
        assert len(connection.execute(held.select()).all()) <= 6
    assert signed.get("/businesses").status_code == 200


def test_more_than_may_be_sent_is_a_clear_page(full: Site) -> None:
    browser = signed_in(full, Role.OFFICER)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    large = browser.client.post("/sign-out", content=b"csrf=x&a=" + b"a" * (body.LARGEST_FORM + 1), headers=kind)
    assert (large.status_code, "That is too large" in large.text) == (413, True)
    dripped = browser.client.post("/sign-out", content=(b"a" * 65536 for _ in range(64)), headers=kind)
    assert dripped.status_code in {400, 413}
    assert browser.get("/businesses").status_code == 200


UNREADABLE = {
    "a long field": b"csrf=x&note=" + b"a" * 300_000,
    "many fields": b"&".join(b"a=%d" % number for number in range(6_000)),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_form_with_too_much_in_it_is_a_clear_page(full: Site, name: str) -> None:
    browser = signed_in(full, Role.OFFICER)
    answer = browser.client.post("/sign-out", content=UNREADABLE[name], headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, "That cannot be read" in answer.text) == (400, True)


def test_a_file_where_none_is_wanted_and_a_torn_form_are_clear_pages(full: Site) -> None:
    browser = signed_in(full, Role.OFFICER)
    assert browser.client.post("/sign-out", data={"csrf": browser.csrf()}, files={"f": b"x"}).status_code == 400
    torn = {"Content-Type": "multipart/form-data; boundary=x"}
    assert browser.client.post("/sign-out", content=b"--y\r\nnonsense", headers=torn).status_code in {400, 403}
    assert browser.client.post("/sign-out", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 403
    assert browser.get("/businesses").status_code == 200


def test_a_database_that_breaks_off_is_a_clear_page_without_a_traceback(full: Site) -> None:
    browser = signed_in(full, Role.OFFICER)
    with full.store.connect() as connection:
        connection.exec_driver_sql("DROP TABLE flag")
    answer = browser.get("/businesses")
    assert answer.status_code == 503
    assert "The database cannot be reached" in answer.text
    assert "Traceback" not in answer.text
    assert "flag" not in answer.text.split("<main")[1]
