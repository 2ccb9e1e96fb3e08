"""Every story of the flags contract, told by every dialect: whatever a CRM calls things, the state is the same."""

from pathlib import Path

import pytest

from tests.contract.dialects import DIALECTS, Dialect, write
from tests.contract.flag_stories import STORIES
from tests.contract.harness import Place
from tests.contract.story import BEFORE, DAY, Story, tell_all


class World:
    """All stories in one place, synced as of two days."""

    def __init__(self, place: Place, dialect: Dialect) -> None:
        first, later = tell_all(STORIES)
        for tables, day in ((first, BEFORE), (later, DAY)):
            write(place, tables, dialect)
            place.sync(day)
        self.place, self.dialect = place, dialect
        self.where = {key: connection for (connection, entity), rows in later.rows.items() if entity == "business" for key in rows}
        self.days = {day: place.flags(day) for day in {case.day for case in STORIES}}

    def state(self, number: int, firm: str, day: str) -> str:
        source_id = f"{number:03}-{firm}"
        row = self.days[day].get(self.place.links.get((self.where[source_id], source_id), ""))
        return f"{row['state']} {row['reach']}" if row else "-"

    def states(self, number: int, case: Story) -> dict[str, str]:
        return {firm: self.state(number, firm, case.day) for firm in case.expected}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, template: Path) -> World:
    return World(Place(tmp_path_factory.mktemp("world"), template), DIALECTS[0])


@pytest.mark.parametrize(("number", "case"), list(enumerate(STORIES)), ids=[case.title for case in STORIES])
def test_story(plain: World, number: int, case: Story) -> None:
    assert plain.states(number, case) == case.expected


@pytest.mark.parametrize("dialect", DIALECTS[1:], ids=lambda dialect: dialect.name)
def test_every_story_in_another_dialect(tmp_path: Path, template: Path, dialect: Dialect) -> None:
    world = World(Place(tmp_path, template), dialect)
    told = [(number, case) for number, case in enumerate(STORIES) if dialect.match == "id" or not case.by_id]
    wrong = {case.title: found for number, case in told if (found := world.states(number, case)) != case.expected}
    assert wrong == {}


def test_titles_are_one_each() -> None:
    titles = [case.title for case in STORIES]
    assert sorted(set(titles)) == sorted(titles)
