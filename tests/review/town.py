"""Small towns whose CRMs are synced into a database: a plain one, and one in which every field holds what an attacker would write."""

import csv
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from connector.files import FilesConnector
from connector.kind import BudgetOf
from jobs import colleagues
from jobs.pipeline import Options, Source, sync
from jobs.work import meetings, steps, views
from mappings import field_map
from store import bulk
from store.database import Database
from store.tables import Colleague, Flag
from tests import small_world
from tests.review.harness import BEGINNING, RULES

AS_OF = date(2026, 11, 1)
MARK = "pbxss"
"""What an attack that comes through leaves behind: an element with this id, or a dialog that says it."""
ATTACKS = (
    f"<script>alert('{MARK}')</script>",
    f"\"><img id={MARK} src=x onerror=alert('{MARK}')>",
    f"' onmouseover=alert('{MARK}') autofocus onfocus=alert('{MARK}') x='",
    f"javascript:alert('{MARK}')",
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    f"</title></textarea></style><svg id={MARK} onload=alert('{MARK}')>",
    f"<a id={MARK} href=javascript:alert(1)>click</a><!--",
    "\u202eRTL\u200b\u200d\ufeff zero\u2066width",
    "A" * 10_000,
    "=HYPERLINK(\"http://evil.example\")",
    "%00%0d%0aSet-Cookie: x=1",
)
HOSTILE = """
business:
  from: accounts.csv
  id: id
  fields: {name: name, trading_name: trading_name, company_number: no, charity_number: charity, postcode: postcode, address: address,
           town: town, website: website, email: email, phone: phone, sector: sector, industry: industry, employees: employees,
           place: place, previous_names: previous_names, owner: owner, tags: tags}
person:
  from: people.csv
  id: id
  fields: {name: name, title: title, email: email, phone: phone, business: firm, role: role}
engagement:
  from: visits.csv
  id: id
  fields: {kind: kind, starts_at: at, business: firm, subject: subject, notes: notes, owner: owner, place: place, theme: theme}
  participants: {from: who, split: "|", match: id, took_part: attended}
"""


def fill(store: Database, folder: Path) -> None:
    """The plain town: forty firms, two CRMs, everything that a sync does."""
    _sync(store, small_world.write(folder, small_world.files(seed=6)))


def fill_with_attacks(store: Database, folder: Path) -> None:
    """The town of attacks: in each field that a CRM can fill, each of them at least once."""
    texts = len(ATTACKS)

    def attack(number: int) -> str:
        return ATTACKS[number % texts]

    firms = [
        {name: attack(n + at) for at, name in enumerate(("name", "trading_name", "charity", "address", "town", "website", "email", "phone",
         "sector", "industry", "place", "previous_names", "owner", "tags"))} | {"id": f"{n} {attack(n)[:200]}", "no": "", "employees": n, "postcode": attack(n)[:40]}
        for n in range(texts)
    ]  # fmt: skip
    people = [
        {"id": f"p{n} {attack(n)[:200]}", "name": attack(n), "title": f"Chief Executive {attack(n + 1)[:300]}", "email": attack(n + 2), "phone": attack(n + 3),
         "firm": firms[n % texts]["id"], "role": attack(n + 4)}
        for n in range(2 * texts)
    ]  # fmt: skip
    visits = [
        {"id": f"v{n} {attack(n)[:200]}", "kind": "meeting" if n % 2 else attack(n), "at": f"2026-0{n % 9 + 1}-11T10:00", "firm": firms[n % texts]["id"],
         "subject": attack(n + 1), "notes": f"wants two more apprentices {attack(n + 2)}", "owner": attack(n + 3), "place": attack(n + 4), "theme": attack(n + 5),
         "who": people[n % len(people)]["id"] if "|" not in people[n % len(people)]["id"] else ""}
        for n in range(3 * texts)
    ]  # fmt: skip
    target = folder / "hostile"
    target.mkdir(parents=True)
    for name, rows in (("accounts", firms), ("people", people), ("visits", visits)):
        with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    _sync(store, [Source("hostile", "files", "council", partial(_files, target), field_map.read(HOSTILE, "hostile.yaml"))])
    _write_attacks(store)


def _write_attacks(store: Database) -> None:
    """What people write on the page itself, by somebody whose name at the provider is an attack too."""
    attacks = [attack for attack in ATTACKS if len(attack) < 200]
    with store.connect() as connection:
        ids = list(connection.scalars(select(bulk.table_of(Flag).c.business_id)))
        came = {"roles": "officer", "first_at": BEGINNING, "last_at": BEGINNING}
        for number, attack in enumerate(attacks):
            colleagues.note_came(connection, Colleague(sign_in=f"who{number}{attack}", name=attack, email=attack, **came))
    for number, attack in enumerate(attacks):
        at, who = ids[number % len(ids)], f"who{number}{attack}"
        steps.comment(store, at, attack, who, BEGINNING)
        steps.assign(store, [at], who, who, BEGINNING)
        meetings.met(store, at, meetings.Met("meeting", AS_OF, (), attack), who, BEGINNING, AS_OF)
        views.save_view(store, attack[:60].strip(), "state=no_leader_known", True, who, BEGINNING)


def _files(folder: Path, budget: BudgetOf) -> FilesConnector:
    return FilesConnector(folder)


def _sync(store: Database, sources: list[Source]) -> None:
    results = sync(store, sources, RULES, Options(ZoneInfo("Europe/London"), AS_OF))
    assert [result.outcome for result in results] == ["done"] * len(results), results
