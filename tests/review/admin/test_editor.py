"""Field maps and rules edited on the page: tried on real rows, saved as versions, brought back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import versions
from placebridge.opening import Opened, rules_of, sources_of
from review.site import Site
from tests.review.admin.conftest import FIELD_MAP, Browser

MAP = "/connections/council/map"
WITH_TOWN = FIELD_MAP.replace("{name: Account Name}", "{name: Account Name, town: Town}")
THEMES = "themes:\n  night_economy:\n    name: The town at night\n    strong: lantern parade, night market\n"


def begun_from(site: Site, kind: str = "field_map", name: str = "council") -> str:
    held = versions.history(site.store, kind, name)
    return str(held[0].id) if held else "0"


def test_the_page_shows_the_files_text(admin: Browser) -> None:
    admin.get(MAP)
    assert "The file council.yaml holds" in admin.words
    assert admin.page is not None
    assert FIELD_MAP in admin.page.text.replace("&#34;", '"')


def test_a_preview_reads_real_rows_and_stores_nothing(admin: Browser, at: Opened) -> None:
    admin.get(MAP).send(MAP, text=WITH_TOWN, action="try", begun_from="0")
    assert admin.status == 200
    assert "3 rows read, 1 of them refused" in admin.words
    assert "id name town A1 Acme Ltd Oldport A2 Birch Ltd Oldport" in admin.words
    assert "A row without an id: it has no id" in admin.words
    assert "kind 'webinar' is none of our words" in admin.words
    assert "+business:" in admin.words
    assert versions.history(at.store, "field_map", "council") == []
    assert sources_of(at.config, at.store, ["council"])[0].field_map.blocks["business"][0].columns() == ("Account", "Account Name")


def test_a_preview_says_which_columns_are_not_mapped_and_which_fields_stay_empty(admin: Browser) -> None:
    admin.get(MAP).send(MAP, text=FIELD_MAP, action="try", begun_from="0")
    assert "Columns that are not mapped: Town" in admin.words
    admin.send(MAP, text=FIELD_MAP.replace("subject: Subject", "subject: Subject, owner: Nobody"), action="try", begun_from="0")
    assert "Nothing could be read:" in admin.words
    assert "Nobody" in admin.words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("business: {from: accounts.csv, id: Account, fields: {nam: X}}", "did you mean &#39;name&#39;?"),
        ("business:\n\tfrom: x", "indent with spaces, not with a tab"),
        ("", "the file is empty"),
        ("business: &a {from: x, id: y, fields: {name: [*a]}}", "stands within lines that have a name of their own"),
    ],
)
@pytest.mark.parametrize("action", ["try", "save"])
def test_mistakes_are_told_with_their_line_and_what_was_typed_is_kept(
    admin: Browser, at: Opened, text: str, said: str, action: str
) -> None:
    admin.get(MAP).send(MAP, text=text, action=action, begun_from="0")
    assert admin.status == 422
    assert said in admin.text
    assert "line " in admin.words
    assert text.partition("\n")[0].replace("&", "&amp;") in admin.text
    assert versions.history(at.store, "field_map", "council") == []


def test_what_is_saved_wins_over_the_file_and_reads_everything_anew(
    admin: Browser, at: Opened, read: Callable[[], None], folder: Path
) -> None:
    read()
    admin.get(MAP).send(MAP, text=WITH_TOWN, action="save", begun_from="0")
    assert "Saved as version 1. The next run reads by it." in admin.words
    assert "Version 1 holds, saved by" in admin.words
    read()
    admin.get("/connections/council")
    assert "2 changed" in admin.words
    assert (folder / "council.yaml").read_text() == FIELD_MAP


def test_two_who_edit_at_once_do_not_undo_each_other(admin: Browser, at: Opened, site: Site) -> None:
    admin.get(MAP).send(MAP, text=WITH_TOWN, action="save", begun_from="0")
    admin.send(MAP, text=FIELD_MAP + "# mine\n", action="save", begun_from="0")
    assert admin.status == 422
    assert "saved another version while you worked on yours, so yours was not saved" in admin.words
    assert "# mine" in admin.words
    assert len(versions.history(site.store, "field_map", "council")) == 1


def test_earlier_versions_are_looked_at_and_brought_back(admin: Browser, site: Site) -> None:
    admin.get(MAP).send(MAP, text=WITH_TOWN, action="save", begun_from="0")
    admin.send(MAP, text=FIELD_MAP, action="save", begun_from=begun_from(site))
    admin.get(f"{MAP}/versions/1")
    assert "town: Town" in admin.words
    assert "What would change by it" in admin.words
    admin.send(f"{MAP}/versions/1")
    assert "Version 1 holds again, as version 3" in admin.words
    assert [one.text for one in versions.history(site.store, "field_map", "council")] == [WITH_TOWN, FIELD_MAP, WITH_TOWN]
    assert admin.get(f"{MAP}/versions/9").status == 404


def test_the_file_can_hold_again(admin: Browser, at: Opened, site: Site) -> None:
    admin.get(MAP).send(MAP, text=WITH_TOWN, action="save", begun_from="0")
    admin.send(f"{MAP}/reset", begun_from=begun_from(site))
    assert "From version 2 on, council.yaml holds again" in admin.words
    assert versions.in_force(at.store) == {}
    assert "Nothing was changed" in admin.send(f"{MAP}/reset", begun_from=begun_from(site)).words


def test_a_register_has_no_field_map(admin: Browser) -> None:
    assert admin.get("/connections/postcodes/map").status == 404
    assert "has no field map" in admin.words


def test_themes_say_what_would_change_with_the_words_that_earn_it(admin: Browser, read: Callable[[], None], at: Opened) -> None:
    read()
    admin.get("/rules/themes").send("/rules/themes", text=THEMES, action="try", begun_from="0")
    assert "All 2 engagements were read by it; 1 would have other themes" in admin.words
    assert "The town at night 0 1" in admin.words
    assert "Gains “lantern parade” by the words: lantern parade" in admin.words
    assert "night_economy" not in rules_of(at.config, at.store).themes.ids


def test_themes_that_are_saved_hold_on_every_page_and_for_every_run(
    admin: Browser, read: Callable[[], None], at: Opened, site: Site
) -> None:
    read()
    admin.get("/rules/themes").send("/rules/themes", text=THEMES, action="save", begun_from="0")
    assert "Saved as version 1" in admin.words
    assert "night_economy" in site.current().rules.themes.ids
    read()
    assert "Version 1 holds" in admin.get("/rules").words


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("titles", "titles:\n  - {level: top_leader, words: [clerk]}\n", "All 2 titles were looked at; 1 would change"),
        ("policy", "leaders: [top_leader, senior_leader, not_a_level]\n", "is no level of a title"),
        ("policy", "leaders: [site_leader]\n", "All 2 businesses were looked at; 1 would change"),
        ("places", "Oldport: {towns: [Oldport]}\n", "It has no mistakes"),
        ("sectors", "sectors:\n  education: {words: academy trust}\n", "It has no mistakes"),
        ("sectors", "sectors:\n  educaton: {words: academy trust}\n", "is no sector; did you mean 'education'?"),
    ],
)
def test_other_rules_are_tried_too(admin: Browser, read: Callable[[], None], kind: str, text: str, said: str) -> None:
    read()
    admin.get(f"/rules/{kind}").send(f"/rules/{kind}", text=text, action="try", begun_from="0")
    assert said in admin.words


def test_rules_that_there_are_not_are_told(admin: Browser) -> None:
    assert admin.get("/rules/secrets").status == 404
