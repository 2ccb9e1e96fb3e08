"""Salesforce's stand-in as the suites know a system."""

from connector.contract import Entity
from connector.kinds import kind_of
from tests.connector.hostile.bends import Bends
from tests.connector.salesforce.standin import Organisation
from tests.connector.worlds import HttpWorld

SECRET = "s3cret-of-the-app"


class SalesforceWorld(HttpWorld):
    """Accounts and contacts, three to a page, in the order that was asked for."""

    kind = kind_of("salesforce")
    bends = Bends(rows=(("records",),), following=(("nextRecordsUrl",),), ordered=True)

    def make_site(self, clock):
        organisation = Organisation(clock)
        organisation.page_size, organisation.client_secret = 3, SECRET
        return organisation

    def settings(self):
        return {"url": self.server.url, "client_id": "app", "client_secret": SECRET}

    def entities(self):
        return [
            Entity("business", "Account", ("Id", "Name", "Phone", "SystemModstamp"), "SystemModstamp", ("Id",)),
            Entity("person", "Contact", ("Id", "Title", "Email"), None, ("Id",)),
        ]

    def put(self, entity, source_id, fields):
        self.site.put(entity.source, source_id, fields)

    def delete(self, entity, source_id):
        self.site.delete(entity.source, source_id)

    def merge(self, entity, loser, survivor):
        self.site.merge(entity.source, loser, survivor)

    def break_sign_in(self):
        self.site.client_secret = "another"
        self.site.tokens.clear()

    def secrets(self):
        return [SECRET, *(f"00D!token{number}" for number in range(1, 4))]


WORLD = SalesforceWorld
