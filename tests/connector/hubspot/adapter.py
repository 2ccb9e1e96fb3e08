"""HubSpot's world for the conformance suite and the hostile seeds."""

from connector.contract import Entity
from connector.hubspot.kind import KIND
from tests.connector.hostile.bends import Bends
from tests.connector.hubspot.standin import HubSpotStandIn
from tests.connector.worlds import HttpWorld

TOKEN = "pat-eu1-good"
ROOMS = "2-5"
"""A custom object that meetings are associated with and that no entity reads."""
LINK = f"associations.{ROOMS}"
ENTITIES = [
    Entity("business", "companies", ("hs_object_id", "hs_lastmodifieddate", "name", "city"), "hs_lastmodifieddate", ("hs_object_id",)),
    Entity("person", "contacts", ("hs_object_id", "firstname", "email"), ids=("hs_object_id",)),
    Entity("engagement", "meetings", ("hs_object_id", "hs_meeting_title", LINK), ids=("hs_object_id",)),
]


class HubSpotWorld(HttpWorld):
    kind = KIND
    bends = Bends(rows=(("results",),), following=(("paging", "next", "after"),), links=False)

    def make_site(self, clock):
        site = HubSpotStandIn(clock)
        site.page_size, site.merge_keeps_id = 3, True
        site.declare(ROOMS)
        for entity in ENTITIES:
            site.declare(entity.source, **{column: column for column in entity.columns if "." not in column})
        return site

    def settings(self):
        return {"url": self.server.url, "token": TOKEN, "page_rows": 3, "whole_read_days": 30}

    def entities(self):
        return ENTITIES

    def new_id(self, entity, number):
        return str(100 + number)

    def fields(self, entity, number):
        own = {*entity.ids, entity.changed}
        return {column: str(500 + number) if column == LINK else f"{column} {number}" for column in entity.columns if column not in own}

    def put(self, entity, source_id, fields):
        self.site.put(entity.source, source_id, {name: value for name, value in fields.items() if name != LINK})
        self._empty(entity, source_id)
        if room := fields.get(LINK):
            self.site.put(ROOMS, room, {})
            self.site.associate(entity.source, source_id, ROOMS, room)

    def delete(self, entity, source_id):
        self.site.delete(entity.source, source_id)

    def merge(self, entity, loser, survivor):
        """The suite wants the survivor's cells to stay, and HubSpot would give it the loser's associations."""
        self._empty(entity, loser)
        self.site.merge(entity.source, loser, survivor)

    def _empty(self, entity, source_id):
        for held in list(self.site.links.get((entity.source, source_id, ROOMS), {})):
            self.site.dissociate(entity.source, source_id, ROOMS, held)

    def break_sign_in(self):
        self.site.tokens.clear()

    def secrets(self):
        return [TOKEN]


WORLD = HubSpotWorld
