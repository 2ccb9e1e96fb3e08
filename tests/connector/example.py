"""The connector that `placebridge connector new` writes, as one of ours: what is given to others stands the same tests."""

import atexit
import importlib
import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path

from connector.contract import Entity
from placebridge.new_connector import new
from tests.connector.hostile.bends import Bends
from tests.connector.sites import Reply
from tests.connector.worlds import HttpWorld


def _written() -> Path:
    above = Path(tempfile.mkdtemp(prefix="placebridge-example-"))
    atexit.register(shutil.rmtree, above, ignore_errors=True)
    with redirect_stdout(StringIO()):
        new("example", above / "example")
    return above / "example"


FOLDER = _written()
sys.path.append(str(FOLDER))
KIND = importlib.import_module("placebridge_example.kind").KIND
_spec = spec_from_file_location("placebridge_example_standin", FOLDER / "tests/standin.py")
standin = module_from_spec(_spec)
_spec.loader.exec_module(standin)


class Site(standin.StandIn):
    """The stand-in as a site."""

    def __call__(self, asked):
        return Reply(*self.answer(asked.method, asked.target, asked.headers, asked.body))


class ExampleWorld(HttpWorld):
    kind = KIND
    bends = Bends(rows=(("records",), ("gone",)), following=(("next",),))

    def make_site(self, clock):
        return Site(clock)

    def settings(self):
        return {"url": self.server.url, "client_id": standin.CLIENT, "secret": standin.SECRET}

    def entities(self):
        return [
            Entity("business", "companies", ("id", "changed", "name", "town"), changed="changed", ids=("id",)),
            Entity("person", "people", ("id", "name", "email"), ids=("id",)),
        ]

    def put(self, entity, source_id, fields):
        self.site.put(entity.source, source_id, fields)

    def delete(self, entity, source_id):
        self.site.delete(entity.source, source_id)

    def merge(self, entity, loser, survivor):
        self.site.delete(entity.source, loser, into=survivor)

    def break_sign_in(self):
        self.site.secret = "another"
        self.site.expire_tokens()

    def secrets(self):
        return [standin.SECRET, standin.TOKEN]


WORLD = ExampleWorld
