"""Small towns whose CRMs are synced into a database: a plain one, and one in which every field holds what an attacker would write."""

import csv
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from connector.files import FilesConnector
from connector.kind import BudgetOf
from jobs import colleagues
from jobs.decisions import corrections
from jobs.flag_stage import reflag
from jobs.pipeline import sync
from jobs.place import needs, readiness, roles
from jobs.pulling import Options
from jobs.sources import Source
from jobs.work import meetings, steps, views
from mappings import field_map
from store import bulk
from store.database import Database
from store.tables import Colleague, Flag, Person
from tests import small_world
from tests.review.harness import BEGINNING, RULES

AS_OF = date(2026, 11, 1)
MARK = "pbxss"
"""What an attack that comes through leaves behind: an element with this id, or a dialog that says it."""
WHO = "officer@council.example"
PLACES = ("Zedford", "Quill / Haven", "Llanfair-ym-Muallt & Bro", "Kirk Lane (Ünder)", "50% Moor")
"""Places with what an address has to carry safely."""
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
    """The plain town: forty firms, two CRMs, everything that a sync does; some firms in places, of which people said something."""
    _sync(store, small_world.write(folder, small_world.files(seed=6)))
    with store.connect() as connection:
        ids = list(connection.scalars(select(bulk.table_of(Flag).c.business_id).order_by(bulk.table_of(Flag).c.business_id)))
    for number, business_id in enumerate(ids[: len(ids) * 3 // 4]):
        corrections.wrong_place(store, business_id, PLACES[number % len(PLACES)], WHO, BEGINNING)
    reflag(store, ids, AS_OF, RULES, ZoneInfo("Europe/London"))
    _say_of_places(store, PLACES, "a room for the skills plan", "https://www.council.example/plan")


def _say_of_places(store: Database, names: Iterable[str], words: str, link: str) -> None:
    """What people say of places: needs, roles and how ready they are."""
    with store.reading() as connection:
        people = list(connection.scalars(select(bulk.table_of(Person).c.id).where(~bulk.table_of(Person).c.gone).order_by(bulk.table_of(Person).c.id)))
    for number, place in enumerate(names):
        first = needs.add(store, needs.NewNeed(place, "skills", "premises", words), RULES.themes, RULES.resources, WHO, BEGINNING)
        needs.add(store, needs.NewNeed(place, "", "funding", f"{words} too"), RULES.themes, RULES.resources, WHO, BEGINNING)
        if number:
            needs.end(store, first, "met", WHO, BEGINNING)
        roles.add(store, roles.NewRole(people[number % len(people)], "champion", place, "skills"), RULES.themes, WHO, BEGINNING)
        readiness.say(store, readiness.NewWord(place, "vision_and_plan", "partly", words, link), WHO, BEGINNING)


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
    fit = [attack for attack in attacks if attack.strip() == attack and "\x00" not in attack]
    _say_of_places(store, fit, ATTACKS[0], "https://evil.example/?\"><script>alert('pbxss')</script>".replace(" ", ""))
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
