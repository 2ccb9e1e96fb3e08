"""Every paging, sign-in and way of telling deletions reads the same rows and follows the same changes."""

import pytest

from tests.connector.rest.standin import SECRETS, Standin
from tests.connector.rest.styles import DELETED, PAGING, SIGN_IN, said
from tests.connector.rest.world import Held, SetClock, entity, opened

SETTINGS = {
    "none": {},
    "bearer": {"token": SECRETS["token"]},
    "basic": {"user": SECRETS["user"], "password": SECRETS["password"]},
    "header": {"token": SECRETS["token"]},
    "oauth": {"client_id": SECRETS["client_id"], "client_secret": SECRETS["client_secret"]},
}
STYLES = [
    *[(paging, "bearer", deleted, False, True) for paging in PAGING for deleted in DELETED],
    *[(paging, "bearer", deleted, True, True) for paging in ("none", "page", "offset", "cursor") for deleted in DELETED],
    *[(paging, "bearer", "sweep", False, False) for paging in PAGING],
    *[("offset", sign_in, "sweep", False, True) for sign_in in SIGN_IN],
]


def names(held: Held) -> dict[str, str]:
    return {key: row[1] for key, row in held.rows.items()}


def filled(clock, **style) -> Standin:
    site = Standin(clock, **style)
    for number in range(1, 9):
        site.put("firms", f"F{number}", {"name": f"Firm {number}"})
    clock.sleep(100)
    return site


@pytest.mark.parametrize(("paging", "sign_in", "deleted", "post", "totals"), STYLES)
def test_what_changes_and_what_goes_arrives(served, paging, sign_in, deleted, post, totals):
    clock = SetClock()
    site = filled(clock, paging=paging, sign_in=sign_in, post=post, totals=totals, throttle=7)
    options = said(paging, sign_in, deleted, post, totals)
    connector = opened(f"{served(site).url}/api", options, clock, **SETTINGS[sign_in])
    firms, held = entity(), Held()
    first = held.pull(connector, firms)
    assert names(held) == {f"F{number}": f"Firm {number}" for number in range(1, 9)}
    assert first[-1].snapshot
    assert (len(first) == 1) is (paging == "none")
    site.put("firms", "F2", {"name": "Firm two"})
    site.put("firms", "F25", {"name": "Firm new"})
    site.delete("firms", "F5")
    clock.sleep(100)
    second = held.pull(connector, firms)
    rows = [row[0] for page in second for row in page.rows]
    assert names(held) == {key: row["name"] for key, row in site.living("firms").items()}
    assert set(rows) == ({"F2", "F25"} if deleted != "whole" else set(site.living("firms")))
    assert second[-1].snapshot is (deleted in {"sweep", "whole"})
    site.put("firms", "F5", {"name": "Firm again"})
    clock.sleep(100)
    held.pull(connector, firms)
    assert names(held)["F5"] == "Firm again"


@pytest.mark.parametrize("paging", sorted(PAGING))
@pytest.mark.parametrize("deleted", sorted(DELETED))
def test_a_read_that_is_stopped_after_any_page_goes_on(served, paging, deleted):
    clock = SetClock()
    site = filled(clock, paging=paging)
    connector = opened(f"{served(site).url}/api", said(paging, deleted=deleted), clock, **SETTINGS["bearer"])
    held = Held()
    for _ in range(2):
        for _page in range(60):
            page = next(connector.pull(entity(), held.cursor))
            held.take(page)
            if page.last:
                break
        assert held.pages[-1].last
        assert names(held) == {key: row["name"] for key, row in site.living("firms").items()}
        site.put("firms", "F3", {"name": "Firm three"})
        site.delete("firms", "F1")
        site.delete("firms", "F8")
        clock.sleep(100)
    held.pull(connector, entity())
    assert names(held) == {key: row["name"] for key, row in site.living("firms").items()}
