"""The suite passes a connector that is right, and each of its tests fails one that is wrong."""

import inspect
from collections.abc import Callable

import pytest
from pydantic import Field

from connector.conformance import BrokenContract, ConnectorSuite
from connector.kind import Kind, KindSettings
from tests.connector.conformance.memory import DEFECTS, KIND, MemoryWorld

FAILED = (pytest.fail.Exception, BrokenContract, KeyError)


class TestMemory(ConnectorSuite):
    kind = KIND

    def make(self, folder):
        return MemoryWorld()


def suite_test(name: str) -> Callable:
    return getattr(TestMemory(), name)


def filled(world: MemoryWorld) -> MemoryWorld:
    for entity in world.entities():
        for number in range(world.size):
            world.put(entity, world.new_id(entity, number), world.fields(entity, number))
    return world


@pytest.mark.leaks_on_purpose
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found(defect):
    with pytest.raises(FAILED):
        suite_test(DEFECTS[defect])(filled(MemoryWorld(defect)))


def test_every_test_of_the_suite_finds_something():
    tests = {name for name, _ in inspect.getmembers(ConnectorSuite, inspect.isfunction) if name.startswith("test_")}
    assert tests - set(DEFECTS.values()) == {"test_every_setting_says_what_to_write", "test_writing_back_works_or_is_refused"}


class Silent(KindSettings):
    """Says nothing of its setting."""

    key: str | None = None


class Open(KindSettings):
    """Holds a secret as a plain text."""

    api_key: str = Field(description="the key")


@pytest.mark.parametrize(("settings", "words"), [(Silent, "has no description"), (Open, "looks like a secret")])
def test_settings_are_looked_at(settings, words):
    class Wrong(TestMemory):
        kind = Kind(settings, KIND.open, "a system")

    with pytest.raises(pytest.fail.Exception, match=words):
        Wrong().test_every_setting_says_what_to_write()


def test_a_push_that_breaks_is_found():
    world = filled(MemoryWorld())
    connector = world.connector()
    connector.provision = lambda: 1 // 0
    world.connector = lambda: connector
    with pytest.raises(ZeroDivisionError):
        suite_test("test_writing_back_works_or_is_refused")(world)
