"""Is it the same: pairs side by side, the likeliest first, decided by a button, and what was decided."""

import pytest

from tests.jobs.decisions.small import FILES
from tests.review.truth.conftest import Desk, number_in


def pair(desk: Desk, left: str, right: str) -> dict[str, str]:
    kind = "person" if left[0] in "PC" else "business"
    return {"entity": kind, "left": str(desk.town.record(left)), "right": str(desk.town.record(right))}


def test_a_pair_stands_side_by_side_with_what_speaks_for_it(desk: Desk) -> None:
    shown = desk.see("/links")
    assert "Ashdown Dental and Dental at Ashdown" in shown
    assert "Postcode ZX3 1AB –" in shown
    assert "% likely:" in shown
    likely = [int(word.rstrip("%")) for word, after in zip(shown.split(), shown.split()[1:], strict=False) if after == "likely:"]
    assert likely == sorted(likely, reverse=True)


@pytest.mark.parametrize("what", ["same", "different"])
def test_a_button_decides_a_pair_which_is_asked_no_more_until_it_is_undone(desk: Desk, what: str) -> None:
    town, before, asked = desk.town, desk.town.tables(), desk.see("/links")
    said = desk.do("/links", what=what, back="/links?of=businesses&page=1", **pair(desk, "A3", "M3"))
    assert "Kept: they are" in said
    assert "Ashdown Dental and Dental at Ashdown" not in said
    assert town.one("A3", "M3") == (what == "same")
    town.sync(FILES, full=True)
    assert town.one("A3", "M3") == (what == "same")
    decided = desk.see("/links/decided")
    assert "Dental at Ashdown" in decided
    assert ("The same" in decided, "Different" in decided) == (what == "same", what == "different")
    number = number_in(desk.browser.get("/links/decided").text, "undo")
    assert "Undone." in desk.do("/links/decided", undo=number)
    assert desk.see("/links") == asked
    assert town.tables() == before
    assert "Undone" in desk.see("/links/decided"), "it stays in the list of what was decided"
    assert 'name="undo"' not in desk.browser.get("/links/decided").text


def test_people_are_asked_about_as_well(desk: Desk) -> None:
    shown = desk.see("/links?of=people")
    decided = desk.see("/links/decided?of=people")
    assert "Nobody has decided anything yet." in decided
    assert "nothing to decide" in shown
    desk.do("/links", what="same", back="/links?of=people", **pair(desk, "P3", "C3"))
    assert desk.town.one("P3", "C3")
    decided = desk.see("/links/decided?of=people")
    assert "Cy Doe" in decided
    assert "Ashdown Dental" in decided, "it says which one of the name"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose a pair."),
        ({"entity": "engagement"}, "Choose a pair."),
        ({"entity": "business"}, "Choose whether they are the same."),
        ({"entity": "business", "what": "same"}, "That is not there any more."),
        ({"entity": "business", "what": "same", "left": "1e3", "right": "2"}, "That is not there any more."),
        ({"entity": "business", "what": "same", "left": "999999", "right": "999998"}, "A CRM no longer holds one of them."),
    ],
)
def test_what_is_no_pair_is_refused_in_words(desk: Desk, fields: dict[str, str], said: str) -> None:
    assert said in desk.do("/links", back="/links", **fields)
    assert "Nobody has decided anything yet." in desk.see("/links/decided")


def test_what_somebody_else_decided_meanwhile_is_not_decided_again(desk: Desk) -> None:
    desk.do("/links", what="same", **pair(desk, "A3", "M3"))
    assert "decided" in desk.do("/links", what="same", back="/links", **pair(desk, "A3", "M3"))
    assert "one business already" in desk.do("/links", what="different", back="/links", **pair(desk, "A3", "M3"))


def test_a_page_whose_pairs_were_decided_leads_to_the_last(desk: Desk) -> None:
    answer = desk.browser.get("/links?page=9")
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("page=1")
