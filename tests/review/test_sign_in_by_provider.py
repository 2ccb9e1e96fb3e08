"""Signing in by a real OpenID provider, over HTTP: the whole flow, and what must not let anybody in."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import select

from connector.http.secrets import Secret
from jobs import colleagues
from review.roles import Role
from review.sign_in.provider import Provider
from review.sign_in.registered import Registered
from store import bulk
from store.database import Database
from store.tables import Audit, SiteSession
from tests.review.harness import Browser, Response, site_on
from tests.review.oidc.peer import SECRET, NoProvider, Peer, serving

audit, held = bulk.table_of(Audit), bulk.table_of(SiteSession)
RIGHTS = {f"Placebridge.{role.value.title()}": frozenset({role}) for role in Role}


def registered(peer: Peer, **changed: object) -> Registered:
    said: dict[str, object] = {"issuer": peer.issuer, "client_id": "placebridge", "secret": Secret(SECRET), "roles": RIGHTS}
    return Registered(**(said | changed))  # type: ignore[arg-type]


def by(store: Database, peer: Peer, **changed: object) -> Browser:
    """A browser on a site whose people sign in by that provider."""
    site = site_on(
        store, try_out_code=None, provider=Provider(registered(peer, **changed)), url=peer.site, now=lambda: datetime.now(UTC), hosts=None
    )
    return Browser(site, peer.site)


def start(browser: Browser, wanted: str = "/") -> str:
    answer = browser.get(f"/sign-in/start?{urlencode({'next': wanted})}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come_back(browser: Browser, address: str) -> Response:
    split = urlsplit(address)
    return browser.get(f"{split.path}?{split.query}")


def sign_in(browser: Browser, peer: Peer, person: str, wanted: str = "/") -> Response:
    return come_back(browser, peer.let_in(start(browser, wanted), person))


def changed(address: str, **values: str) -> str:
    split = urlsplit(address)
    return f"{split.path}?{urlencode({**dict(parse_qsl(split.query)), **values})}"


def is_out(browser: Browser) -> bool:
    return browser.get("/businesses").headers.get("location", "").startswith("/sign-in?")


def test_somebody_signs_in_and_is_led_to_the_page_that_they_wanted(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    asked = browser.get("/businesses?page=1")
    assert asked.headers["location"] == "/sign-in?next=%2Fbusinesses%3Fpage%3D1"
    assert "/sign-in/start?next=%2Fbusinesses%3Fpage%3D1" in browser.get(asked.headers["location"]).text
    answer = sign_in(browser, openid, "olive", "/businesses?page=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/businesses?page=1")
    page = browser.get("/businesses?page=1")
    assert page.status_code == 200
    assert "Signed in as Olive Officer (officer)" in page.text


def test_the_request_has_pkce_state_and_nonce_and_no_secret(store: Database, openid: Peer) -> None:
    asked = {name: value[0] for name, value in parse_qs(urlsplit(start(by(store, openid))).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{openid.site}/sign-in/back"
    assert len(asked["code_challenge"]) == 43
    assert min(len(asked["state"]), len(asked["nonce"])) >= 43
    assert "secret" not in str(asked)


def test_a_client_without_a_secret_signs_in_too(store: Database, openid: Peer) -> None:
    assert sign_in(by(store, openid, client_id="public", secret=None), openid, "vera").headers.get("location") == "/"


def test_a_wrong_secret_lets_nobody_in(store: Database, openid: Peer) -> None:
    browser = by(store, openid, secret=Secret("another-one"))
    assert sign_in(browser, openid, "vera").status_code == 403
    assert is_out(browser)


def test_who_came_is_kept_and_the_audit_names_ids_only(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    sign_in(browser, openid, "adam")
    browser.post("/sign-out")
    with store.reading() as connection:
        lines = [(row.who, row.action, row.target, row.detail) for row in connection.execute(select(audit).order_by(audit.c.id))]
        assert colleagues.names_of(connection, ["adam", "nobody"]) == {"adam": "Adam Admin"}
        assert colleagues.who_came_since(connection, datetime(2020, 1, 1, tzinfo=UTC))[0].email == "adam@council.example"
    assert lines == [("adam", "sign in", "adam", "admin"), ("adam", "sign out", "adam", "")]
    assert "Adam" not in str(lines)


def test_somebody_without_a_role_is_told_so_and_is_not_signed_in(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    answer = sign_in(browser, openid, "norma")
    assert answer.status_code == 403
    assert "You have no role here" in answer.text
    assert is_out(browser)
    with store.reading() as connection:
        assert [row.action for row in connection.execute(select(audit))] == ["sign in refused"]


def test_names_and_roles_may_come_from_userinfo_alone(store: Database) -> None:
    try:
        with serving(in_token=False) as peer:
            browser = by(store, peer)
            sign_in(browser, peer, "vera")
            assert "Signed in as Vera Viewer (viewer)" in browser.get("/businesses").text
    except NoProvider as fault:
        pytest.skip(str(fault))


def test_a_code_counts_once(store: Database, openid: Peer) -> None:
    browser, other = by(store, openid), by(store, openid)
    back = openid.let_in(start(browser), "olive")
    assert come_back(browser, back).status_code == 303
    browser.client.cookies.clear()
    assert come_back(browser, back).status_code == 400
    theirs = openid.let_in(start(other), "olive")
    stolen = dict(parse_qsl(urlsplit(back).query))["code"]
    assert come_back(other, changed(theirs, code=stolen)).status_code == 403
    assert is_out(other)


def test_an_answer_to_anothers_sign_in_lets_nobody_in(store: Database, openid: Peer) -> None:
    attacker, victim = by(store, openid), by(store, openid)
    back = openid.let_in(start(attacker), "adam")
    start(victim)
    for address in (back, changed(back, state="made-up"), changed(back, state="")):
        assert come_back(victim, address).status_code == 400
    assert is_out(victim)


def test_a_code_of_another_sign_in_of_the_same_browser_lets_nobody_in(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    first, second = openid.let_in(start(browser), "olive"), openid.let_in(start(browser), "adam")
    mixed = changed(second, code=dict(parse_qsl(urlsplit(first).query))["code"])
    assert come_back(browser, mixed).status_code == 403
    assert is_out(browser)


def test_an_answer_of_another_issuer_lets_nobody_in(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    back = openid.let_in(start(browser), "olive")
    assert come_back(browser, changed(back, iss="https://evil.example")).status_code == 403
    assert is_out(browser)


def test_a_refusal_of_the_provider_is_said_without_repeating_what_it_wrote(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    state = dict(parse_qsl(urlsplit(start(browser)).query))["state"]
    answer = browser.get(f"/sign-in/back?{urlencode({'state': state, 'error': 'access_denied', 'error_description': '<b>boo'})}")
    assert answer.status_code == 403
    assert "access_denied" in answer.text
    assert "boo" not in answer.text


def test_two_tabs_can_sign_in_at_the_same_time(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    first, second = start(browser, "/businesses?page=1"), start(browser, "/businesses?page=2")
    assert come_back(browser, openid.let_in(first, "olive")).headers["location"] == "/businesses?page=1"
    assert come_back(browser, openid.let_in(second, "olive")).status_code == 303


def test_the_session_is_a_new_one(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    address = start(browser)
    before = browser.client.cookies["placebridge"]
    come_back(browser, openid.let_in(address, "olive"))
    after = browser.client.cookies["placebridge"]
    assert before != after
    browser.client.cookies.clear()
    browser.client.cookies.set("placebridge", before)
    assert is_out(browser)


def test_signing_out_ends_it_here_and_leads_to_the_provider_and_back(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    sign_in(browser, openid, "olive")
    token = browser.client.cookies["placebridge"]
    answer = browser.post("/sign-out")
    elsewhere = answer.headers["refresh"].removeprefix("0; url=")
    assert elsewhere.startswith(f"{openid.issuer}/session/end?")
    asked = dict(parse_qsl(urlsplit(elsewhere).query))
    assert asked["post_logout_redirect_uri"] == f"{openid.site}/sign-out/done"
    assert asked["id_token_hint"].count(".") == 2
    assert "Signed in as" not in answer.text
    browser.client.cookies.set("placebridge", token)
    assert is_out(browser)
    browser.client.cookies.clear()
    assert "You have signed out" in browser.get("/sign-out/done").text


def test_a_provider_that_is_down_is_a_clear_page(store: Database, openid: Peer) -> None:
    gone = Peer("http://127.0.0.1:9", openid.site)
    answer = by(store, gone).get("/sign-in/start")
    assert answer.status_code == 503
    assert "The sign-in service cannot be reached" in answer.text


def test_a_provider_that_goes_down_in_the_midst_is_a_clear_page(store: Database) -> None:
    try:
        with serving() as peer:
            browser = by(store, peer)
            back = peer.let_in(start(browser), "olive")
    except NoProvider as fault:
        pytest.skip(str(fault))
    answer = come_back(browser, back)
    assert answer.status_code == 503
    assert is_out(browser)


def test_the_code_for_trying_out_is_off(store: Database, openid: Peer) -> None:
    browser = by(store, openid)
    start(browser)
    assert browser.post("/sign-in", {"code": "abcd-efgh-jkmn", "role": "admin"}).status_code in {403, 404}
    assert is_out(browser)


def test_a_session_of_the_trial_does_not_hold_where_a_provider_is_set(store: Database, openid: Peer) -> None:
    trial = Browser(site_on(store, now=lambda: datetime.now(UTC), hosts=None), openid.site)
    trial.sign_in("admin")
    work = by(store, openid)
    work.client.cookies.set("placebridge", trial.client.cookies["placebridge"])
    assert is_out(work)
