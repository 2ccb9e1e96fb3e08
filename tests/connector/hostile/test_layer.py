"""The layer does what it says, and what is wrong with a connector shows itself under it."""

import logging

import pytest

from connector.contract import Page, StopEntity
from tests.connector.example import KIND, ExampleWorld
from tests.connector.hostile.layer import PLOTS
from tests.connector.hostile.mishaps import JSON_SPOILS, LATE, REFUSALS, SPOILS
from tests.connector.hostile.running import run

SEEDS = range(30)


class Wrapped:
    """The example's connector with something wrong about it."""

    def __init__(self, inner, world):
        self.inner, self.world = inner, world

    def pull(self, entity, cursor):
        yield from self.inner.pull(entity, cursor)


class Leaking(Wrapped):
    def pull(self, entity, cursor):
        for page in self.inner.pull(entity, cursor):
            if page.notes or cursor:
                raise KeyError(entity.source)
            yield page


class Talking(Wrapped):
    def pull(self, entity, cursor):
        logging.getLogger("talking").debug("with the secret %s", self.world.secrets()[0])
        yield from self.inner.pull(entity, cursor)


class TellingCells(Wrapped):
    def pull(self, entity, cursor):
        for page in self.inner.pull(entity, cursor):
            logging.getLogger("talking").debug("read %s", page.rows)
            yield page


class Losing(Wrapped):
    """Takes the rows of a page that came after a resumed start for known."""

    def pull(self, entity, cursor):
        for number, page in enumerate(self.inner.pull(entity, cursor)):
            yield Page(**{**vars(page), "rows": page.rows[1:]}) if cursor and cursor["following"] and not number else page


class Stubborn(Wrapped):
    """Goes on from no cursor of a middle page."""

    def pull(self, entity, cursor):
        if (cursor or {}).get("following"):
            raise StopEntity("the link is not good")
        yield from self.inner.pull(entity, cursor)


DEFECTS = {
    Leaking: "KeyError leaks", Talking: "a secret in a log line", TellingCells: "a cell of a row", Losing: "lost", Stubborn: "no end though",
}  # fmt: skip


@pytest.mark.leaks_on_purpose
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_a_defect_shows_itself(defect):
    class Wrong(ExampleWorld):
        def connector(self):
            return defect(super().connector(), self)

    found = next((outcome.broken for outcome in (run(Wrong, seed) for seed in SEEDS) if outcome.broken), [])
    assert any(DEFECTS[defect] in words for words in found), found


@pytest.fixture
def temper(tmp_path):
    """What a seed makes of the layer."""

    def ask(seed):
        world = ExampleWorld(tmp_path)
        world.layer.rage(seed)
        world.close()
        return world.layer.plot, world.layer.badness, world.layer.random.random()

    return ask


def test_every_mishap_and_plot_is_met(temper):
    first = {temper(seed)[0]: seed for seed in reversed(SEEDS)}
    assert first.keys() == set(PLOTS)
    met = {name for seed in first.values() for name in run(ExampleWorld, seed).met}
    bent = {f"plot: {plot}" for plot in PLOTS} - {"plot: none", "plot: moved"}
    assert {*REFUSALS, *SPOILS, *JSON_SPOILS, *LATE, *bent} - met == set()


def test_a_seed_always_does_the_same(temper):
    assert [temper(seed) for seed in SEEDS] == [temper(seed) for seed in SEEDS]


def test_the_layer_is_calm_until_it_is_told(tmp_path):
    world = ExampleWorld(tmp_path)
    (entity, *_) = world.entities()
    world.put(entity, "id-1", world.fields(entity, 1))
    assert [len(page.rows) for page in world.connector().pull(entity, None)] == [1]
    assert (world.layer.met, world.kind) == ([], KIND)
    world.close()
