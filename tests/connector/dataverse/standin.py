"""A stand-in for a Dataverse organisation and for Microsoft's sign-in, from Microsoft's own pages; each method cites its page."""

from email.utils import formatdate
from urllib.parse import parse_qs

from tests.connector.dataverse.queries import Queries
from tests.connector.dataverse.world import World
from tests.connector.sites import Reply, query

USER, ORGANISATION, UNIT = (f"00000000-0000-0000-0000-00000000000{n}" for n in "123")
TENANT, CLIENT, SECRET = "council.example.org", "11111111-2222-3333-4444-555555555555", "standin~secret.1"
API = "/api/data/v9.2/"


class DataverseStandin(World):
    """A Site. `put`, `delete` and `merge` change its world; the attributes below its behaviour."""

    def __init__(self, clock, scheme: str = "http") -> None:
        super().__init__(clock)
        self.scheme = scheme
        self.page_size = 5000
        """The most rows of a page: https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/page-results"""
        self.token_life, self.tokens = 3599, {}
        self.refusal: tuple[str, int] | None = None
        """What the sign-in answers: an OAuth error and an AADSTS code."""
        self.depths = {table.privilege: "Global" for table in self.tables.values() if table.privilege}
        """How far the role's privileges reach; a privilege that is not there is not held."""
        self.own_rows: set[str] = set()
        """The ids that a role which does not reach the whole organisation sees."""
        self.member = True
        self.expire_days, self.expired_status = 7, 400
        self.empty_when_unchanged = False
        """`An empty JSON response is returned if no table changes have occurred` (the page on change tracking), in so many words."""
        self.limit, self.window, self.sent = 6000, 300.0, []
        self.put("systemuser", USER, {"fullname": "# Placebridge"})
        self.put("organization", ORGANISATION, {"name": "Example Council"})
        self.queries = Queries(self)

    def __call__(self, asked) -> Reply:
        reply = self._answer(asked)
        reply.headers = {"Date": formatdate(self.clock.now(), usegmt=True), **reply.headers}
        return reply

    def issue(self) -> str:
        """A token as from the sign-in."""
        token = f"token-{len(self.tokens) + 1}"
        self.tokens[token] = self.clock.now() + self.token_life
        return token

    def revoke(self) -> None:
        self.tokens = dict.fromkeys(self.tokens, 0.0)

    def _answer(self, asked) -> Reply:
        if asked.path.endswith("/oauth2/v2.0/token"):
            return self._sign_in(asked)
        if self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "), 0.0) <= self.clock.now():
            return Reply(401, None, {"WWW-Authenticate": "Bearer"})
        if not self.member:
            return problem(403, "0x80072560", "The user is not a member of the organization.")
        wait = self._throttled()
        if wait:
            words = f"Number of requests exceeded the limit of {self.limit} over time window of {self.window:.0f} seconds."
            return problem(429, "0x80072322", words, {"Retry-After": str(wait)})
        reply = self._routed(asked)
        reply.headers = {"OData-Version": "4.0", "x-ms-ratelimit-burst-remaining-xrm-requests": str(self.limit - len(self.sent)), **reply.headers}
        return reply

    def _sign_in(self, asked) -> Reply:
        """https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#get-a-token and, for what a refusal
        looks like, https://learn.microsoft.com/entra/identity-platform/reference-error-codes"""
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        scope = f"{self._base(asked)}/.default"
        if self.refusal is None and asked.path != f"/{TENANT}/oauth2/v2.0/token":
            return _refused("invalid_request", 90002, 400)
        if self.refusal is None and form.get("client_id") != CLIENT:
            return _refused("unauthorized_client", 700016, 400)
        if self.refusal is None and form.get("client_secret") != SECRET:
            return _refused("invalid_client", 7000215, 401)
        if self.refusal is not None:
            return _refused(*self.refusal, 401)
        if form.get("grant_type") != "client_credentials" or form.get("scope") != scope:
            return _refused("invalid_scope", 70011, 400)
        return Reply(200, {"token_type": "Bearer", "expires_in": self.token_life, "access_token": self.issue()})

    def _throttled(self) -> int:
        """Seconds to wait, by requests in a sliding window: https://learn.microsoft.com/power-apps/developer/data-platform/api-limits"""
        now = self.clock.now()
        self.sent = [moment for moment in self.sent if moment > now - self.window]
        if len(self.sent) >= self.limit:
            return int(self.sent[0] + self.window - now) + 1
        self.sent.append(now)
        return 0

    def _routed(self, asked) -> Reply:
        path = asked.path.removeprefix(API)
        if not asked.path.startswith(API) or asked.method != "GET":
            return problem(404, "0x8006088a", "Resource not found.")
        if path == "WhoAmI":
            return self._who()
        if path.startswith("EntityDefinitions"):
            return self.queries.definitions(path, query(asked))
        if "RetrieveUserPrivilegeByPrivilegeName" in path:
            return self._privilege(path)
        if path.endswith(")"):
            return self.queries.one(path, query(asked))
        return self.queries.rows(path, asked, self._base(asked))

    def _who(self) -> Reply:
        """https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/whoami"""
        return Reply(200, {"BusinessUnitId": UNIT, "UserId": USER, "OrganizationId": ORGANISATION})

    def _privilege(self, path: str) -> Reply:
        """https://learn.microsoft.com/power-apps/developer/data-platform/security-roles-privileges (check whether a user has a privilege)"""
        name = path.partition("PrivilegeName='")[2].partition("'")[0]
        held = [{"Depth": self.depths[name], "PrivilegeId": UNIT, "BusinessUnitId": UNIT, "PrivilegeName": name}] if name in self.depths else []
        return Reply(200, {"RolePrivileges": held})

    def _base(self, asked) -> str:
        return f"{self.scheme}://{asked.headers['host']}"


def problem(status: int, code: str, message: str, headers: dict | None = None) -> Reply:
    """https://learn.microsoft.com/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors#parse-errors-from-the-response"""
    return Reply(status, {"error": {"code": code, "message": message}}, headers or {})


def _refused(error: str, code: int, status: int) -> Reply:
    described = f"AADSTS{code}: the words of Microsoft for application 'Placebridge'. Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333"
    return Reply(status, {"error": error, "error_description": described, "error_codes": [code], "trace_id": "0000aaaa"})

