"""The suite. Its tests ask a connector what Placebridge relies on; what fails says what to do."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from connector.conformance.hearing import Heard, everything_of
from connector.conformance.state import State, as_text
from connector.conformance.world import World
from connector.contract import Connector, ConnectorError, Cursor, Entity, Finding, NotYet, StopConnection, StopEntity, Value
from connector.kind import Kind

MINUTE = 60.0
UNKNOWN = "no_such_thing_here"
NONSENSE: tuple[Cursor, ...] = ({}, {"anything": [1]}, {"cursor": UNKNOWN, "page": -1, "since": "some day"})
DAMAGE: tuple[object, ...] = (None, UNKNOWN, -7)
SECRET_WORDS = ("secret", "password", "token", "api_key")
Table = dict[str, dict[str, Value]]
"""The rows that there should be: cells by column, by source_id."""


class ConnectorSuite:
    """Subclass it as `class TestMine(ConnectorSuite)` with `kind` and `make`; pytest runs the tests below."""

    kind: ClassVar[Kind[Any]]

    def make(self, folder: Path) -> World:
        """A world of its own for each test; the folder is empty and may be written to."""
        raise NotImplementedError("write make(): it returns your World")

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[World]:
        """The system, filled."""
        world = self.make(tmp_path)
        for entity in world.entities():
            demand(bool(entity.ids), entity, "give the entity `ids`: rows are told apart by them")
            for number in range(world.size):
                world.put(entity, world.new_id(entity, number), world.fields(entity, number))
        world.advance(MINUTE)
        yield world
        world.close()

    def test_a_whole_read_gives_every_row_with_its_cells(self, world: World) -> None:
        for entity in world.entities():
            whole = read(world, State(entity))
            compare(whole, filled(world, entity), "a whole read")
            demand(whole.pages > 2, entity, f"{world.size} rows came in {whole.pages} pages: make pages smaller, so that paging is tried")

    def test_a_whole_read_gives_every_row_once_while_nothing_changes(self, world: World) -> None:
        for entity in world.entities():
            state, rows = State(entity), 0
            for page in world.connector().pull(entity, None):
                state.apply(page)
                rows += len(page.rows)
            demand(rows == len(state.rows), entity, f"{rows} rows came for {len(state.rows)} ids: give each row once")

    def test_a_whole_read_is_a_snapshot(self, world: World) -> None:
        for entity in world.entities():
            last = list(world.connector().pull(entity, None))[-1]
            demand(last.snapshot, entity, "the last page of a whole read says snapshot=False: what it leaves out would never be found gone")

    def test_a_read_goes_on_after_any_page(self, world: World) -> None:
        for entity in world.entities():
            pages = read(world, State(entity)).pages
            for stop in range(1, pages):
                state = State(entity)
                state.read(world.connector(), pages=stop)
                read(world, state)
                compare(state, filled(world, entity), f"a read that was stopped after page {stop} and went on with another connector")

    def test_a_read_after_no_change_loses_nothing(self, world: World) -> None:
        for entity in world.entities():
            state = read(world, State(entity))
            for _again in range(2):
                world.advance(MINUTE)
                read(world, state)
                compare(state, filled(world, entity), "another read, nothing having changed")
            demand(not state.deleted, entity, f"{sorted(state.deleted)} are said to be deleted, and nothing was")

    def test_what_changed_is_in_the_next_read(self, world: World) -> None:
        for entity in world.entities():
            state, expected = read(world, State(entity)), filled(world, entity)
            for number in (0, world.size - 1, world.size):
                put(world, entity, expected, number, number + 1000)
            world.advance(MINUTE)
            read(world, state)
            compare(state, expected, "a read after two rows changed and one was created")

    def test_what_was_deleted_is_gone_after_the_next_read(self, world: World) -> None:
        for entity in world.entities():
            state, expected = read(world, State(entity)), filled(world, entity)
            for number in (0, world.size // 2):
                delete(world, entity, expected, number)
            world.advance(MINUTE)
            read(world, state)
            compare(state, expected, "a read after two rows were deleted")

    def test_a_row_that_was_deleted_and_came_back_is_there(self, world: World) -> None:
        for entity in world.entities():
            state, expected = read(world, State(entity)), filled(world, entity)
            delete(world, entity, expected, 1)
            world.advance(MINUTE)
            put(world, entity, expected, 1, 2001)
            world.advance(MINUTE)
            read(world, state)
            compare(state, expected, "a read after a row was deleted and created again with its id")

    def test_what_changes_while_it_is_read_is_in_the_next_read(self, world: World) -> None:
        for entity in world.entities():
            state, expected = State(entity), filled(world, entity)
            state.read(world.connector(), pages=1)
            for number in range(world.size):
                put(world, entity, expected, number, number + 3000)
            delete(world, entity, expected, 2)
            put(world, entity, expected, world.size, world.size)
            world.advance(MINUTE)
            read(world, state)
            world.advance(MINUTE)
            read(world, state)
            compare(state, expected, "a read after one during which rows changed (go back to when that one began, not to its end)")

    def test_a_merge_arrives(self, world: World) -> None:
        if not world.offers("merge"):
            pytest.skip("this world has no merges")
        for entity in world.entities():
            state, expected = read(world, State(entity)), filled(world, entity)
            loser, survivor = world.new_id(entity, 1), world.new_id(entity, 2)
            into = world.merge(entity, loser, survivor) or survivor
            expected[into] = expected.pop(survivor)
            del expected[loser]
            world.advance(MINUTE)
            read(world, state)
            compare(state, expected, "a read after a merge")
            for gone in {loser, survivor} - {into}:
                told = state.merged.get(gone)
                demand(told == into, entity, f"that {gone} was merged into {into} was not told: give it as Merge(loser, survivor)")

    def test_a_cursor_of_nonsense_is_a_whole_read_with_a_note(self, world: World) -> None:
        for entity in world.entities():
            for cursor in NONSENSE:
                state = State(entity)
                state.cursor = cursor
                read(world, state)
                compare(state, filled(world, entity), f"a read from the cursor {cursor}, which is none (take it for None)")
                demand(bool(state.notes), entity, f"the cursor {cursor} is none, and no page has a note: say that all is read again")
                first = next(iter(world.connector().pull(entity, cursor)))
                demand(first.restarted, entity, f"the cursor {cursor} is none: set `restarted` on the first page, as the read begins anew")

    def test_a_damaged_cursor_stops_nothing(self, world: World) -> None:
        for entity in world.entities():
            begun, whole = State(entity), State(entity)
            begun.read(world.connector(), pages=1)
            read(world, whole)
            for cursor in damaged(begun.cursor, whole.cursor):
                state = State(entity)
                state.rows, state.cursor = dict(whole.rows), cursor
                try:
                    read(world, state)
                except ConnectorError as error:
                    demand(False, entity, f"a cursor with a damaged part stops the read for ever ({error}): take it for None, with a note")

    def test_a_column_that_is_not_there_is_named(self, world: World) -> None:
        for entity in world.entities():
            wrong = replace(entity, columns=(*entity.columns, UNKNOWN))
            error = fault(world.connector(), wrong)
            if error is None:
                said = [one.detail for one in checked(world, [wrong]) if not one.ok]
                demand(any(UNKNOWN in words for words in said), entity, "a column that is not there is told neither by pull nor by check")
                continue
            demand(isinstance(error, StopEntity), entity, f"a column that is not there raises {type(error).__name__}: raise StopEntity")
            demand(UNKNOWN in str(error), entity, f"the message names no column: '{error}'")

    def test_a_source_that_is_not_there_stops_the_entity_alone(self, world: World) -> None:
        for entity in world.entities():
            error = fault(world.connector(), replace(entity, source=UNKNOWN))
            demand(isinstance(error, StopEntity), entity, f"a source that is not there ends in {type(error).__name__}: raise StopEntity")

    def test_check_has_a_good_word_for_each_entity(self, world: World) -> None:
        entities = world.entities()
        findings = checked(world, entities)
        bad = [f"{one.check}: {one.detail}" for one in findings if not one.ok]
        demand(not bad, None, f"check finds faults where there are none: {bad}")
        for entity in entities:
            demand(any(entity.source in one.check + one.detail for one in findings), entity, "check says nothing of it: name its source")

    def test_check_reports_a_source_that_is_not_there(self, world: World) -> None:
        for entity in world.entities():
            findings = checked(world, [replace(entity, source=UNKNOWN)])
            demand(any(not one.ok for one in findings), entity, "check finds no fault with a source that is not there")

    def test_a_sign_in_that_is_refused_stops_the_connection(self, world: World) -> None:
        if not world.offers("break_sign_in"):
            pytest.skip("this world has no sign-in")
        world.break_sign_in()
        for entity in world.entities():
            error = fault(world.connector(), entity)
            demand(isinstance(error, StopConnection), entity, f"a refused sign-in ends in {type(error).__name__}: raise StopConnection")
        findings = checked(world, world.entities())
        demand(any(not one.ok for one in findings), None, "check finds no fault with a sign-in that is refused")

    def test_no_secret_is_seen_anywhere(self, world: World) -> None:
        with Heard() as heard:
            seen = told_by(world)
            if world.offers("break_sign_in"):
                world.break_sign_in()
                seen += told_by(world)
        seen += heard.lines
        for secret in world.secrets():
            demand(bool(secret), None, "a secret of the world is empty, so it cannot be looked for")
            demand(not any(secret in text for text in seen), None, "a secret stands in a message, traceback, cursor, note or log line")
            addresses = [asked.partition(b"\r\n")[0] for asked in world.requests()]
            demand(not any(secret.encode() in line for line in addresses), None, "a secret stands in an address: send it in a header")

    def test_writing_back_works_or_is_refused(self, world: World) -> None:
        connector = world.connector()
        attempts: tuple[Callable[[], object], ...] = (lambda: list(connector.push("business", [])), connector.provision)
        for attempt in attempts:
            try:
                attempt()
            except NotYet:
                continue

    def test_a_fingerprint_is_a_text_or_none(self, world: World) -> None:
        for entity in world.entities():
            before = world.connector().fingerprint(entity)
            again = world.connector().fingerprint(entity)
            demand(before is None or (isinstance(before, str) and before == again), entity, "a fingerprint is None, or a text that stays")
            world.put(entity, world.new_id(entity, 0), world.fields(entity, 4000))
            world.advance(MINUTE)
            after = world.connector().fingerprint(entity)
            demand(before is None or after != before, entity, "a row has changed and the fingerprint has not: give None if in doubt")

    def test_every_setting_says_what_to_write(self) -> None:
        for name, setting in self.kind.settings.model_fields.items():
            demand(bool(setting.description), None, f"the setting {name} has no description: say in it what to write")
            secret = any(word in name for word in SECRET_WORDS) and setting.annotation in {str, str | None}
            demand(not secret, None, f"the setting {name} looks like a secret: make it a SecretStr ({SecretStr.__module__})")
        demand(bool(self.kind.about), None, "the kind says nothing about what it connects to")


def demand(holds: bool, entity: Entity | None, words: str) -> None:
    """Fails the test with these words unless it holds."""
    if not holds:
        pytest.fail(f"{entity.kind} from {entity.source}: {words}" if entity else words, pytrace=False)


def read(world: World, state: State) -> State:
    """Goes on with a read to its end, with a fresh connector."""
    state.read(world.connector())
    return state


def filled(world: World, entity: Entity) -> Table:
    """The rows that the world has at first."""
    return {world.new_id(entity, number): world.fields(entity, number) for number in range(world.size)}


def put(world: World, entity: Entity, expected: Table, number: int, cells: int) -> None:
    """Gives the row of that number the cells of another."""
    expected[world.new_id(entity, number)] = world.fields(entity, cells)
    world.put(entity, world.new_id(entity, number), world.fields(entity, cells))


def delete(world: World, entity: Entity, expected: Table, number: int) -> None:
    """Removes the row of that number."""
    del expected[world.new_id(entity, number)]
    world.delete(entity, world.new_id(entity, number))


def compare(state: State, expected: Table, after: str) -> None:
    """Fails unless the state holds just the expected rows; the columns of ids and `changed` are the system's."""
    entity, held = state.entity, state.rows
    missing, over = sorted(expected.keys() - held.keys()), sorted(held.keys() - expected.keys())
    demand(not missing, entity, f"after {after} these rows are missing: {missing}")
    demand(not over, entity, f"after {after} these rows are there and should not be: {over}")
    for source_id, cells in expected.items():
        row = dict(zip(entity.columns, held[source_id], strict=True))
        wrong = [f"{name} is {row.get(name)!r} and not {cell!r}" for name, cell in cells.items() if as_text(row.get(name)) != as_text(cell)]
        demand(not wrong, entity, f"after {after} in row {source_id}: {'; '.join(wrong)}")
        demand(entity.changed is None or bool(row[entity.changed]), entity, f"after {after} row {source_id} has no {entity.changed}")


def damaged(*cursors: Cursor | None) -> Iterator[Cursor]:
    """The cursors, each with one of its parts made another."""
    for cursor in cursors:
        for name in cursor or {}:
            for value in DAMAGE:
                yield {**(cursor or {}), name: value}


def fault(connector: Connector, entity: Entity) -> ConnectorError | None:
    """What a whole read raises."""
    try:
        list(connector.pull(entity, None))
    except ConnectorError as error:
        return error
    return None


def checked(world: World, entities: Sequence[Entity]) -> list[Finding]:
    """The findings of a check, which raises nothing."""
    try:
        return world.connector().check(list(entities))
    except ConnectorError as error:
        pytest.fail(f"check raises {type(error).__name__} ({error}): make it a Finding that is not ok", pytrace=False)


def told_by(world: World) -> list[str]:
    """All that a read, a read of what is not there and a check let anybody see."""
    seen = [f"{one.check} {one.detail}" for one in checked(world, world.entities())]
    for entity in world.entities():
        state = State(entity)
        for wanted in (entity, replace(entity, source=UNKNOWN), replace(entity, columns=(*entity.columns, UNKNOWN))):
            error = fault(world.connector(), wanted)
            seen += [everything_of(error)] if error else []
        try:
            for page in world.connector().pull(entity, None):
                state.apply(page)
                seen.append(json.dumps([page.cursor, page.notes, [f"{one.where} {one.reason}" for one in page.skipped]]))
        except ConnectorError as error:
            seen.append(everything_of(error))
    return seen
