"""Ways to sign in: what is sent, when a token is fetched anew, and what a refusal says."""

from base64 import b64decode
from urllib.parse import parse_qs

import pytest

from connector.contract import StopConnection
from connector.http import Call, OAuth, Patience, Secret, bearer, client_credentials, key_header, user_and_password

SECRET = "secret-of-a-test-1"


@pytest.mark.parametrize(("sign_in", "name", "value"), [
    (bearer("abc.def"), "authorization", "Bearer abc.def"),
    (key_header("X-Api-Key", "k1"), "x-api-key", "k1"),
    (user_and_password("Zoë", "p:w"), "authorization", "Basic Wm/DqzpwOnc="),
    (user_and_password("key", ""), "authorization", "Basic a2V5Og=="),
])  # fmt: skip
def test_a_fixed_header_goes_with_each_request(sign_in, name, value, serve, door_to):
    server = serve(lambda asked, peer: peer.answer(200, {}))
    door_to(server.url, sign_in).send(Call("rows", "contacts"))
    assert server.asked[0].headers[name] == value
    assert "p:w" in b64decode("Wm/DqzpwOnc=").decode()


def test_a_fixed_token_that_is_refused_is_not_sent_again(serve, door_to, ends):
    server = serve(lambda asked, peer: peer.answer(401, {}))
    kind, message = ends(door_to(server.url, bearer("abc")))
    assert (kind, len(server.asked)) == ("StopConnection", 1)
    assert "has not expired" in message


class Service:
    """A CRM and its sign-in, one server each."""

    def __init__(self, serve, **told):
        self.told, self.valid, self.refused, self.answers = {"expires_in": 3600, "token_type": "Bearer"} | told, set(), 0, []
        self.sign_in, self.crm = serve(self._sign_in), serve(self._crm)

    def _sign_in(self, asked, peer):
        if self.answers:
            return peer.answer(*self.answers.pop(0))
        token = f"token-{len(self.valid)}"
        self.valid = {*self.valid, token}
        return peer.answer(200, {"access_token": token} | self.told)

    def _crm(self, asked, peer):
        if self.refused or asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.valid:
            self.refused = max(0, self.refused - 1)
            return peer.answer(401, {})
        return peer.answer(200, {})

    def oauth(self, clock, **given):
        return client_credentials(f"{self.sign_in.url}/token", "client 1", Secret(SECRET), scope="https://crm/.default", clock=clock, **given)

    def tokens(self):
        return [asked.headers["authorization"] for asked in self.crm.asked]


def test_one_token_serves_until_shortly_before_it_expires(serve, door_to, clock):
    service = Service(serve)
    door = door_to(service.crm.url, service.oauth(clock))
    for pause in (0, 3000, 500, 50):
        clock.sleep(pause)
        door.send(Call("rows", "contacts"))
    assert service.tokens() == ["Bearer token-0"] * 3 + ["Bearer token-1"]
    form = parse_qs(service.sign_in.asked[0].body.decode())
    assert form == {"grant_type": ["client_credentials"], "client_id": ["client 1"], "client_secret": [SECRET], "scope": ["https://crm/.default"]}
    assert service.sign_in.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert not any(SECRET in asked.target for asked in service.sign_in.asked)


@pytest.mark.parametrize("life", ["3600", 3600.0, None, "soon"])
def test_a_life_in_any_spelling(life, serve, door_to, clock):
    service = Service(serve, expires_in=life)
    door = door_to(service.crm.url, service.oauth(clock))
    door.send(Call("rows", "contacts"))
    clock.sleep(3000)
    door.send(Call("rows", "contacts"))
    assert len(service.sign_in.asked) == 1


def test_a_token_that_is_refused_is_fetched_once_more(serve, door_to, clock):
    service = Service(serve)
    door = door_to(service.crm.url, service.oauth(clock))
    door.send(Call("rows", "contacts"))
    service.refused = 1
    door.send(Call("rows", "contacts", "POST", json={}))
    assert service.tokens() == ["Bearer token-0", "Bearer token-0", "Bearer token-1"]
    assert clock.slept == 0


def test_a_sign_in_that_is_refused_twice_stops_the_connection(serve, door_to, clock, ends):
    service = Service(serve)
    service.refused = 99
    assert ends(door_to(service.crm.url, service.oauth(clock)))[0] == "StopConnection"
    assert service.tokens() == ["Bearer token-0", "Bearer token-1"]


def test_signing_in_again_happens_once_a_call_whatever_comes_between(serve, door_to, clock, ends):
    service, statuses = Service(serve), iter([401, 503, 401, 401, 401])
    crm = serve(lambda asked, peer: peer.answer(next(statuses), {}))
    assert ends(door_to(crm.url, service.oauth(clock)))[0] == "StopConnection"
    assert (len(crm.asked), len(service.sign_in.asked)) == (3, 2)


@pytest.mark.parametrize(("answer", "words"), [
    ((401, {"error": "invalid_client", "error_description": f"no {SECRET}"}), "whether the secret has expired (invalid_client)"),
    ((400, {"error": SECRET}), "correct the sign-in settings"),
    ((400, b"<html>"), "correct the sign-in settings"),
    ((400, [1]), "correct the sign-in settings"),
    ((200, {}), "access_token is missing"),
    ((200, {"access_token": 5}), "access_token is a whole number and not a text"),
    ((200, {"access_token": "a\nb"}), "line break"),
    ((200, {"access_token": "a", "token_type": "mac"}), "other than Bearer"),
    ((403, {}), "403"), ((302, {}), "has moved"),
])  # fmt: skip
def test_what_a_refusal_says(answer, words, serve, door_to, clock, ends):
    service = Service(serve)
    service.answers = [answer]
    _, message = ends(door_to(service.crm.url, service.oauth(clock)))
    assert words in message
    assert SECRET not in message
    assert service.crm.asked == []


def test_a_vendor_s_refusal_in_the_connector_s_words(serve, door_to, clock, ends):
    service = Service(serve)
    service.answers = [(401, {"error": "invalid_client", "error_codes": [7000222]})]

    def explain(answer):
        return "the client secret has expired (AADSTS7000222)" if 7000222 in answer.data["error_codes"] else None

    assert "expired (AADSTS7000222)" in ends(door_to(service.crm.url, service.oauth(clock, explain=explain)))[1]


def test_a_sign_in_that_fails_for_a_moment_is_tried_again_within_the_call_s_time(serve, door_to, clock, ends):
    service = Service(serve)
    service.answers = [(503, {}), (429, {})]
    door_to(service.crm.url, service.oauth(clock)).send(Call("rows", "contacts"))
    service.answers = [(503, {})] * 99
    began = clock.ticks()
    patience = Patience(attempts=50, seconds=60, first=5)
    assert ends(door_to(service.crm.url, service.oauth(clock), patience=patience))[0] == "TryLater"
    assert clock.ticks() - began <= 61


def test_a_sign_in_late_in_a_call_has_what_is_left_of_its_time(serve, door_to, clock, ends):
    service, patience = Service(serve), Patience(attempts=50, seconds=60, first=5)
    answers = [(429, {"Retry_After": "50"}), (401, {})]

    def handle(asked, peer):
        status, headers = answers.pop(0)
        if not answers:
            service.answers = [(503, {})] * 99
        peer.answer(status, {}, **headers)

    began = clock.ticks()
    assert ends(door_to(serve(handle).url, service.oauth(clock), patience=patience))[0] == "TryLater"
    assert 50 <= clock.ticks() - began <= 61


def test_what_the_token_s_answer_tells(serve, door_to, clock):
    service = Service(serve, instance_url="https://council.my.salesforce.com", expires_in=None)
    oauth = service.oauth(clock, keep=("instance_url",))
    door = door_to(service.crm.url, oauth, also=("*.my.salesforce.com",))
    door.sign_in()
    assert oauth.told == {"instance_url": "https://council.my.salesforce.com"}
    service.told["instance_url"] = "https://evil.example.org"
    oauth.renew()
    door.sign_in()
    with pytest.raises(StopConnection, match=r"evil\.example\.org"):
        door.send(Call(f"{oauth.told['instance_url']}/services/data", "contacts"))


def test_a_form_may_be_made_anew_for_each_sign_in(serve, door_to, clock):
    service, signed = Service(serve, expires_in=10), iter(["first", "second"])
    oauth = OAuth(f"{service.sign_in.url}/token", lambda: {"assertion": Secret(next(signed))}, clock=clock)
    door = door_to(service.crm.url, oauth)
    for pause in (0, 10):
        clock.sleep(pause)
        door.send(Call("rows", "contacts"))
    assert [asked.body for asked in service.sign_in.asked] == [b"assertion=first", b"assertion=second"]


def test_a_sign_in_goes_over_tls_or_to_this_machine(serve, door_to, clock, ends):
    server = serve(lambda asked, peer: peer.answer(200, {}))
    oauth = client_credentials("http://login.example.org/token", "c", Secret(SECRET), clock=clock)
    assert "plain http" in ends(door_to(server.url, oauth))[1]
