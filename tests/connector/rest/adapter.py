"""A stand-in of one style, as the suites know a system: next links, OAuth, a list of deletions."""

from connector.contract import Entity
from connector.kinds import kind_of
from tests.connector.hostile.bends import Bends
from tests.connector.rest.standin import SECRETS, Standin
from tests.connector.rest.styles import said
from tests.connector.worlds import HttpWorld


class RestWorld(HttpWorld):
    """Firms, three to a page."""

    kind = kind_of("rest")
    bends = Bends(rows=(("rows",),), following=(("links", "next"),), ordered=True)
    options = said("next", "oauth", "flag")

    def make_site(self, clock):
        return Standin(clock, paging="next", sign_in="oauth")

    def settings(self):
        return {"url": f"{self.server.url}/api/", "client_id": "app", "client_secret": SECRETS["client_secret"]}

    def entities(self):
        return [Entity("business", "firms", ("id", "name", "changed"), "changed", ("id",))]

    def put(self, entity, source_id, fields):
        self.site.put(entity.source, source_id, fields)

    def delete(self, entity, source_id):
        self.site.delete(entity.source, source_id)

    def break_sign_in(self):
        self.site.sign_in = "header"

    def secrets(self):
        return [SECRETS["client_secret"], "oauth-1"]


WORLD = RestWorld
