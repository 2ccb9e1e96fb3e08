"""Dataverse's stand-in as the suites know a system."""

from connector.contract import Entity
from connector.kinds import kind_of
from tests.connector.dataverse.standin import CLIENT, SECRET, TENANT, DataverseStandin
from tests.connector.hostile.bends import Bends
from tests.connector.worlds import HttpWorld


class Standin(DataverseStandin):
    """The stand-in, with the layer's word for a token that is good no more."""

    def expire_tokens(self):
        self.revoke()


class DataverseWorld(HttpWorld):
    """Accounts and contacts, three to a page."""

    kind = kind_of("dataverse")
    bends = Bends(rows=(("value",),), following=(("@odata.nextLink",),))

    def make_site(self, clock):
        site = Standin(clock)
        site.page_size = 3
        return site

    def settings(self):
        return {"url": self.server.url, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET, "login_url": self.server.url}

    def entities(self):
        return [
            Entity("business", "accounts", ("accountid", "name", "telephone1"), ids=("accountid",)),
            Entity("person", "contacts", ("contactid", "lastname", "jobtitle", "modifiedon"), "modifiedon", ("contactid",)),
        ]

    def new_id(self, entity, number):
        return f"00000000-0000-0000-0000-{number + 1000:012d}"

    def put(self, entity, source_id, fields):
        self.site.put(entity.source, source_id, fields)

    def delete(self, entity, source_id):
        self.site.delete(entity.source, source_id)

    def break_sign_in(self):
        self.site.refusal = ("invalid_client", 7000215)
        self.site.revoke()

    def secrets(self):
        return [SECRET, *self.site.tokens]


WORLD = DataverseWorld
