"""What people decide about which records are one: it holds whatever comes, wins over the rules, contradicts nothing, and can be undone."""

import random
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from jobs.decisions import asked, links
from jobs.pipeline import refresh_if_free
from jobs.pulling import Options
from jobs.refused import Refused
from jobs.schedules.tick import changed
from store import bulk
from store.database import Database
from store.lease import STAGES, hold
from store.tables import Audit, BusinessRecord
from tests.databases import new_migrated_file
from tests.jobs.decisions.small import DAY, FILES, NOW, RULES, ZONE, Lines, Town


def join(town: Town, *source_ids: str, entity: str = "business") -> int:
    act = links.join(town.store, entity, [town.record(found) for found in source_ids], "ann", NOW)
    town.refresh()
    return act


def split(town: Town, *source_ids: str, entity: str = "business") -> int:
    act = links.split(town.store, entity, [town.record(found) for found in source_ids], "ann", NOW)
    town.refresh()
    return act


def undo(town: Town, act: int) -> None:
    links.undo(town.store, act, "bob", NOW)
    town.refresh()


def pairs_asked(town: Town, entity: str = "business") -> list[tuple[str, str]]:
    with town.store.reading() as connection:
        return [(edge.left.source_id, edge.right.source_id) for edge in asked.asked(connection, entity)]


def changed_lines(crm: str, file: str, old: str, new: str) -> Lines:
    return FILES | {crm: FILES[crm] | {file: [line.replace(old, new) for line in FILES[crm][file]]}}


def without(crm: str, file: str, source_id: str) -> Lines:
    return FILES | {crm: FILES[crm] | {file: [line for line in FILES[crm][file] if not line.startswith(f"{source_id},")]}}


def test_the_pairs_that_the_rules_leave_open_are_asked_about_with_their_evidence(town: Town) -> None:
    assert pairs_asked(town) == [("A2", "M2"), ("A3", "M3")]
    with town.store.reading() as connection:
        first = asked.asked(connection, "business", limit=1)[0]
        assert asked.how_many_asked(connection, "business") == 2
        assert [edge.left.source_id for edge in asked.asked(connection, "business", skip=1)] == ["A3"]
    assert (first.left.name, first.left.about, first.right.about) == ("The Plough", "Thornley, ZX2 1AB", "Stockport")
    assert 0.5 < first.score < 1
    assert first.evidence[0] == "same name (+6.0)"


def test_what_was_decided_is_asked_about_no_more_until_it_is_undone(town: Town) -> None:
    act = join(town, "A3", "M3")
    apart = links.keep_apart(town.store, "business", town.holder("A2"), town.holder("M2"), "ann", NOW)
    assert pairs_asked(town) == []
    undo(town, act)
    undo(town, apart)
    assert pairs_asked(town) == [("A2", "M2"), ("A3", "M3")]


def test_a_join_makes_one_business_of_two_and_the_evidence_says_who(town: Town) -> None:
    act = join(town, "A3", "M3")
    assert town.one("A3", "M3")
    with town.store.reading() as connection:
        found = asked.evidence(connection, "business", town.holder("A3"))
        told = asked.decisions(connection, "business")
    assert {side.source_id for side in found.records} == {"A3", "M3"}
    assert [(edge.judgement, edge.who, edge.act) for edge in found.edges] == [("same", "ann", act)]
    assert [(one.act, one.same, one.who, len(one.records)) for one in told] == [(act, True, "ann", 2)]


def test_businesses_are_joined_with_all_their_records_by_ids_that_were_joined_into_others_too(town: Town) -> None:
    old = town.holder("M3")
    join(town, "A3", "M3")
    links.join(town.store, "business", [old, town.holder("A1")], "ann", NOW)
    town.refresh()
    assert town.one("A1", "A4", "M1", "A3", "M3")


def test_a_split_takes_a_record_from_all_others_of_its_business(town: Town) -> None:
    act = split(town, "A4")
    assert town.one("A1", "M1")
    assert not town.one("A1", "A4")
    with town.store.reading() as connection:
        apart = [edge for edge in asked.evidence(connection, "business", town.holder("A4")).edges if edge.who]
    assert {(edge.judgement, edge.act) for edge in apart} == {("different", act)}
    assert len(apart) == 2


def test_a_split_of_a_person_and_its_undo(town: Town) -> None:
    person = town.holder("P1")
    act = split(town, "C1", entity="person")
    assert not town.one("P1", "C1")
    undo(town, act)
    assert (town.holder("P1"), town.holder("C1")) == (person, person)


def test_people_who_are_joined_by_hand_are_one(town: Town) -> None:
    join(town, "P3", "C3", entity="person")
    assert town.one("P3", "C3")


@pytest.mark.parametrize("decide", [join, split])
def test_a_decision_holds_through_deletion_and_return(town: Town, decide: object) -> None:
    act = join(town, "A3", "M3") if decide is join else split(town, "A4")
    gone = ("chamber", "members.csv", "M3") if decide is join else ("council", "firms.csv", "A4")
    town.sync(without(*gone))
    town.sync()
    assert town.one("A3", "M3") is (decide is join)
    assert town.one("A1", "A4") is (decide is join)
    with town.store.reading() as connection:
        assert [one.act for one in asked.decisions(connection, "business")] == [act]


def test_a_decision_holds_when_the_crm_changes_what_it_says(town: Town) -> None:
    split(town, "A4")
    join(town, "A3", "M3")
    town.sync(changed_lines("council", "firms.csv", "Netherby Ceramics,ZX1 1AB", "Netherby Ceramics Ltd,ZX1 1AB"))
    assert not town.one("A1", "A4")
    town.sync(changed_lines("chamber", "members.csv", "Dental at Ashdown", "Something Else"))
    assert town.one("A3", "M3")


def test_who_was_joined_through_a_record_that_is_gone_stays_joined(town: Town) -> None:
    join(town, "A2", "M2")
    join(town, "M2", "A5")
    assert town.one("A2", "A5")
    town.sync(without("chamber", "members.csv", "M2"))
    assert town.one("A2", "A5")


def test_what_was_kept_from_a_record_that_is_gone_is_kept_from_its_like(town: Town) -> None:
    join(town, "A4", "A1")
    links.undo(town.store, 1, "ann", NOW)
    split(town, "M1")
    join(town, "A1", "A4")
    town.sync(without("council", "firms.csv", "A1"))
    assert not town.one("A4", "M1")


def test_another_record_of_the_same_name_still_joins_what_people_joined_with_a_stranger(town: Town) -> None:
    join(town, "A1", "A5")
    assert town.one("A1", "A4", "M1", "A5")


REFUSED = {
    "to join what was kept apart": (("split", "A4"), ("join", "A4", "A1"), r"ann decided that two of these are different businesses \(decision 1\)"),
    "to join by a chain what was kept apart": (("split", "A4"), ("join", "A4", "A2"), None),
    "to split what people joined": (("join", "A3", "M3"), ("split", "M3"), r"People decided that these are one business \(decision 1 by ann\)"),
    "to join what is joined by hand": (("join", "A3", "M3"), ("join", "M3", "A3"), "That is decided already: by ann, decision 1"),
    "one record alone": (None, ("join", "A3"), "say which others are the same"),
    "to split all that there is": (None, ("split", "A3"), "nothing to split them from"),
    "to split two businesses at once": (None, ("split", "A3", "A2"), "not all of one business"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_contradicts_is_refused_and_says_what_to_undo(town: Town, case: str) -> None:
    first, (what, *which), message = REFUSED[case]
    does = {"join": join, "split": split}
    if first:
        does[first[0]](town, *first[1:])
    if message is None:
        join(town, "A2", "A1")
        message = "are different businesses"
    before = town.tables()
    with pytest.raises(Refused, match=message):
        does[what](town, *which)
    assert town.tables() == before


def test_what_is_not_there_is_refused(town: Town) -> None:
    with pytest.raises(Refused, match="There is no business 'b2222222222'"):
        links.join(town.store, "business", ["b2222222222", town.record("A1")], "ann", NOW)
    with pytest.raises(Refused, match="no decision 9 that holds"):
        links.undo(town.store, 9, "ann", NOW)
    with pytest.raises(Refused, match="under a name of your own"):
        links.join(town.store, "business", [town.record("A3"), town.record("M3")], "rules", NOW)


def test_what_was_undone_may_be_decided_again_and_both_are_remembered(town: Town) -> None:
    first = join(town, "A3", "M3")
    undo(town, first)
    second = join(town, "A3", "M3")
    with pytest.raises(Refused):
        links.undo(town.store, first, "ann", NOW)
    with town.store.reading() as connection:
        told = [(one.act, one.undone_by) for one in asked.decisions(connection, "business", undone=True)]
        audit = bulk.table_of(Audit)
        lines = [(row.who, row.action, row.target) for row in connection.execute(select(audit).order_by(audit.c.id))]
    assert told == [(second, None), (first, "bob")]
    assert lines == [("ann", "links join", "1"), ("bob", "links undo", "1"), ("ann", "links join", "2")]


def test_a_decision_makes_the_stages_due_though_no_record_changed(town: Town) -> None:
    with town.store.reading() as connection:
        assert not changed(connection)
    links.join(town.store, "business", [town.record("A3"), town.record("M3")], "ann", NOW)
    with town.store.reading() as connection:
        assert changed(connection)
    assert not town.one("A3", "M3")
    assert refresh_if_free(town.store, RULES, Options(ZONE, DAY))
    assert town.one("A3", "M3")
    with town.store.reading() as connection:
        assert not changed(connection)


def test_who_is_at_the_stages_is_left_alone(town: Town) -> None:
    links.join(town.store, "business", [town.record("A3"), town.record("M3")], "ann", NOW)
    other = Database(town.store.url.render_as_string(hide_password=False))
    with hold(other, [STAGES]):
        assert not refresh_if_free(town.store, RULES, Options(ZONE, DAY))
    other.close()
    assert not town.one("A3", "M3")
    town.sync()
    assert town.one("A3", "M3")


def test_a_business_that_was_joined_and_parted_again_has_its_id_again_and_its_deleted_record_with_it(town: Town) -> None:
    town.sync(without("chamber", "members.csv", "M1"))
    ids = {found: town.holder(found) for found in ("A1", "A4", "M1", "A5")}
    act = join(town, "A1", "A5")
    assert town.one("A1", "A5", "M1")
    undo(town, act)
    assert {found: town.holder(found) for found in ids} == ids
    with town.store.reading() as connection:
        assert set(connection.scalars(select(bulk.table_of(BusinessRecord).c.former))) == {None}


FIRMS = ("A1", "A2", "A3", "A4", "A5", "M1", "M2", "M3", "M5")
STEPS = st.lists(st.tuples(st.sampled_from(["join", "split"]), st.sampled_from(list(combinations(FIRMS, 2)))), min_size=1, max_size=4)


@settings(max_examples=10, deadline=None)
@given(steps=STEPS, seed=st.integers(0, 99))
def test_decisions_hold_through_any_sync_and_undone_the_other_way_round_everything_is_as_before(
    steps: list[tuple[str, tuple[str, str]]], seed: int
) -> None:
    with TemporaryDirectory() as folder:
        store = Database(new_migrated_file(Path(folder) / "x.db"))
        town = Town(store, Path(folder) / "crms")
        town.sync()
        states = [town.tables()]
        acts: list[int] = []
        for what, (left, right) in steps:
            one = town.one(left, right)
            try:
                if what == "join":
                    acts.append(join(town, left, right))
                elif one:
                    acts.append(split(town, left))
                else:
                    acts.append(links.keep_apart(store, "business", town.record(left), town.record(right), "ann", NOW))
            except Refused:
                continue
            town.refresh()
            assert town.one(left, right) is (what == "join")
            states.append(town.tables())
        town.sync(_shuffled(seed), full=True)
        assert town.tables() == states[-1]
        for act in reversed(acts):
            states.pop()
            undo(town, act)
            assert town.tables() == states[-1]
        store.close()


def _shuffled(seed: int) -> Lines:
    chance = random.Random(seed)
    return {crm: {file: [head, *chance.sample(rows, len(rows))] for file, (head, *rows) in held.items()} for crm, held in FILES.items()}
