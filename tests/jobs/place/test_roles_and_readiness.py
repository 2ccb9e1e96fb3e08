"""Roles on people and the readiness of a place, on both databases."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.place import readiness, roles
from jobs.place.readiness import NewWord
from jobs.place.roles import NewRole
from jobs.refused import Refused
from mappings.roles import roles as roles_in
from store import bulk
from store.database import Database
from store.tables import Audit, Person
from tests.jobs.place.town import FILES, RULES, begun, synced

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 9, tzinfo=UTC)
WHO = "officer@council.example"


def person(store: Database, name: str) -> str:
    table = bulk.table_of(Person)
    with store.reading() as connection:
        return str(connection.scalar(select(table.c.id).where(table.c.name == name)))


def give(store: Database, name: str, role: str, place: str = "", theme: str = "") -> int:
    return roles.add(store, NewRole(person(store, name), role, place, theme), RULES.themes, WHO, NOW)


def held(store: Database, **only: Any) -> list[tuple[str, str, str, str]]:
    return [(one.name, one.role, one.place, one.by) for one in roles.roles(store, **only)]


BY_CRM = [("Ann Lee", "business_chair", "Thornley", ""), ("Cy Doe", "champion", "Marbury", ""), ("Cy Doe", "connector", "Marbury", "")]


def test_a_crms_own_words_give_roles_at_the_place_of_the_business(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    assert held(store) == BY_CRM
    assert held(store, place="Marbury", role="champion") == [BY_CRM[1]]
    (chair,) = roles.roles(store, role="business_chair")
    assert chair.id is None
    assert len(chair.businesses) == 1


def test_a_role_that_was_given_holds_until_it_is_ended_through_every_sync(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    given = give(store, "Di Fox", "ambassador", "Thornley", "skills")
    synced(store, tmp_path, {"people.csv": FILES["people.csv"].replace("Chief Executive", "CEO")}, full=True)
    assert ("Di Fox", "ambassador", "Thornley", WHO) in held(store, place="Thornley")
    assert held(store, person_id=person(store, "Di Fox")) == [("Di Fox", "ambassador", "Thornley", WHO)]
    roles.end(store, given, WHO, LATER)
    assert held(store) == BY_CRM
    with pytest.raises(Refused, match="has ended already or is not there; load the page again"):
        roles.end(store, given, WHO, LATER)


def test_a_role_follows_a_person_who_was_joined_into_another(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    give(store, "Di Fox", "ambassador")
    old, new = person(store, "Di Fox"), person(store, "Ed Oak")
    table = bulk.table_of(Person)
    with store.connect() as connection:
        connection.execute(table.update().where(table.c.id == old).values(merged_into=new, gone=True))
    assert ("Ed Oak", "ambassador", "", WHO) in held(store)
    with pytest.raises(Refused, match="has that role already"):
        roles.add(store, NewRole(old, "ambassador"), RULES.themes, WHO, NOW)


@pytest.mark.parametrize(
    ("name", "role", "theme", "message"),
    [
        ("Di Fox", "boss", "", "'boss' is no role; choose one of business_chair"),
        ("Di Fox", "champion", "nonsense", "'nonsense' is no theme"),
        ("Nobody", "champion", "", "no CRM holds this person now"),
    ],
)
def test_a_role_that_cannot_be_given_says_what_to_do(
    store: Database, tmp_path: Path, name: str, role: str, theme: str, message: str
) -> None:
    begun(store, tmp_path)
    with pytest.raises(Refused, match=message):
        give(store, name, role, theme=theme)


def test_the_audit_names_ids_and_no_person(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    roles.end(store, give(store, "Di Fox", "ambassador"), WHO, LATER)
    audit = bulk.table_of(Audit)
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(audit.c.action, audit.c.target, audit.c.detail).order_by(audit.c.id))]
    assert rows == [("role add", person(store, "Di Fox"), "ambassador"), ("role end", person(store, "Di Fox"), "ambassador")]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Champion", ["champion"]), ("business chair", ["business_chair"]), ("Chair; Ambassador", ["business_chair", "ambassador"]),
        ("Net Zero Champion", ["champion"]), ("connectors", ["connector"]), ("Main contact", []), ("", []), ("Chair of Governors", []),
        ("championing", []),
    ],
)  # fmt: skip
def test_what_a_crm_calls_a_role(cell: str, found: list[str]) -> None:
    assert roles_in(cell) == found


def say(store: Database, now: datetime = NOW, **values: str) -> None:
    new = {
        "place": "Thornley",
        "part": "vision_and_plan",
        "state": "partly",
        "words": "a draft",
        "link": "https://www.council.example/plan",
    }
    readiness.say(store, NewWord(**new | values), WHO, now)


def test_the_last_word_holds_and_those_before_are_its_history(store: Database) -> None:
    say(store)
    say(store, LATER, state="yes", words="adopted")
    found = {part.part: part.said for part in readiness.readiness(store, "Thornley")}
    assert list(found) == list(readiness.PARTS)
    now = found["vision_and_plan"]
    assert now is not None
    assert (now.state, now.words, now.by, now.at) == ("yes", "adopted", WHO, LATER)
    assert [one.state for one in readiness.history(store, "Thornley", "vision_and_plan")] == ["yes", "partly"]
    assert {said for part, said in found.items() if part != "vision_and_plan"} == {None}
    assert all(part.said is None for part in readiness.readiness(store, "Marbury"))


def test_data_says_what_it_knows_beside(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    says = {part.part: part.data for part in readiness.readiness(store, "Thornley")}
    assert says["senior_leadership"] == "A senior leader of 2 of 3 businesses is engaged (67 %)."
    assert says["business_chair"] == "One person has the role of business chair here."
    assert {part.part: part.data for part in readiness.readiness(store, "Marbury")}[
        "business_chair"
    ] == "Nobody has the role of business chair here."
    assert {part.part: part.data for part in readiness.readiness(store, "Nowhere")}[
        "senior_leadership"
    ] == "No business of this place is known yet."


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"place": " "}, "readiness belongs to a place"),
        ({"part": "luck"}, "'luck' is no part of readiness; choose one of senior_leadership"),
        ({"state": "maybe"}, "'maybe' is no state; choose yes, partly or no"),
        ({"words": "x" * 501}, "that is too long"),
        ({"link": "javascript:alert(1)"}, "the link must begin with https:// or http://"),
        ({"link": "https://"}, "the link must begin with"),
        ({"link": "data:text/html,x"}, "the link must begin with"),
        ({"link": "//evil.example"}, "the link must begin with"),
        ({"link": "https://ours.example@evil.example/"}, "the link must begin with"),
        ({"link": "https://www.council.example/a b"}, "the link must begin with"),
        ({"link": "https://[broken"}, "the link must begin with"),
        ({"link": "https://www.council.example/" + "a" * 2000}, "the link must begin with"),
    ],
)
def test_what_cannot_be_said_is_refused(store: Database, values: dict[str, str], message: str) -> None:
    with pytest.raises(Refused) as fault:
        say(store, **values)
    assert message in str(fault.value)
    assert readiness.history(store, "Thornley", "vision_and_plan") == []
