"""Texts that admins edit: the field map of a connection, and a council's own rules. Tried first, then saved as a version."""

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from starlette.responses import Response

from jobs import versions
from jobs.comparing import changed_lines, file_of, text_of
from jobs.refused import Refused
from jobs.setup import Configured
from jobs.trying import ROWS, try_field_map
from jobs.trying_rules import try_policy, try_titles
from jobs.trying_themes import try_themes
from jobs.versions import FIELD_MAP, RULES, Version
from mappings.field_map import FieldMap
from mappings.leader_levels import LeaderLevels
from mappings.policy_rules import PolicyRules
from mappings.themes import Themes
from review.admin.connections import configured
from review.errands import NotYet
from review.page import Ask, NotFound, done
from review.rendering import render
from review.site import Site

PATIENCE = 25.0
"""Seconds for which a preview may take."""
SHOWN = 400
"""Changed lines that a page shows."""
TITLES = {"themes": "Themes and phrases", "policy": "Policy", "places": "Places", "titles": "Titles", "sectors": "Sectors"}
ABOUT = {
    "themes": "What engagements are about, and the phrases that earn it. Yours are added to those that ship.",
    "policy": "Which titles are leaders, how long an engagement counts, and the points of a priority.",
    "places": "Which postcodes, towns and districts belong to which place.",
    "titles": "Which level a job title has.",
    "sectors": "Which words of a CRM, names and SIC codes belong to which sector. Yours are added to those that ship.",
}
BEGINNINGS = {
    "themes": "# Added to those that ship.\nthemes:\n  night_economy:\n    name: The town at night\n    strong: late bus, night bus\n",
    "policy": "# Only what you change.\nwindow_days: 365\n",
    "places": "# A place, and what belongs to it.\nThornley: {postcodes: [ZX1, ZX2 3], towns: [Thornley]}\n",
    "titles": "# Yours go before those that ship.\ntitles:\n  - {level: senior_leader, words: [clerk to the board]}\n",
    "sectors": "# Added to those that ship.\nsectors:\n  education: {words: academy trust, names: learning campus}\n",
}


@dataclass(frozen=True)
class Edited:
    """What is edited on a page."""

    kind: str
    connection: str
    title: str
    path: str
    file: Path | None
    of: Configured | None = None

    @property
    def key(self) -> versions.Key:
        """By what its versions are kept."""
        return self.kind, self.connection


def edited(ask: Ask) -> Edited:
    """What the address names. Raises NotFound."""
    if "kind" in ask.path:
        kind = ask.path["kind"]
        if kind not in RULES:
            raise NotFound("There are no such rules. Rules lists those there are.")
        return Edited(kind, "", TITLES[kind], f"/rules/{kind}", file_of(ask.site.setup, kind, ""))
    of = configured(ask)
    if of.map_file is None:
        raise NotFound(f"{of.name} is a register, which is asked, not read, and so has no field map.")
    return Edited(FIELD_MAP, of.name, f"Field map of {of.name}", f"/connections/{of.name}/map", of.map_file, of)


def rules(ask: Ask) -> Response:
    """Which rules hold."""
    rows = []
    for kind in RULES:
        newest = next(iter(versions.history(ask.site.store, kind)), None)
        rows.append(
            (kind, TITLES[kind], ABOUT[kind], newest if newest and newest.text is not None else None, file_of(ask.site.setup, kind, ""))
        )
    return render(ask, "admin/rules.html", rows=rows)


def show(ask: Ask) -> Response:
    """The text that holds, to be edited."""
    what = edited(ask)
    history = versions.history(ask.site.store, *what.key)
    return _page(ask, what, history, _in_force(what, history) or BEGINNINGS.get(what.kind, ""))


def send(ask: Ask) -> Response:
    """Tries what was written, or saves it."""
    what, text = edited(ask), _typed(ask)
    history = versions.history(ask.site.store, *what.key)
    try:
        meant = versions.checked(what.kind, text, what.title)
    except ValueError as fault:
        return _page(ask, what, history, text, status=422, mistakes=str(fault).splitlines())
    if ask.said("action") != "save":
        try:
            return _page(
                ask, what, history, text, tried=_tried(ask, what, meant), changes=changed_lines(_in_force(what, history), text)[:SHOWN]
            )
        except Refused as fault:
            return _page(ask, what, history, text, status=422, mistakes=[str(fault)])
    try:
        number = versions.save(ask.site.store, what.key, text, ask.user.sign_in, ask.site.now(), _begun_from(ask))
    except Refused as fault:
        return _page(ask, what, history, text, status=422, mistakes=[str(fault)])
    return done(ask, f"Saved as version {number}. {_then(what)}", what.path)


def version(ask: Ask) -> Response:
    """One version, beside the one that holds."""
    what = edited(ask)
    found, history = _version(ask, what)
    changes = changed_lines(_in_force(what, history), found.text or "")[:SHOWN] if found.text is not None else []
    return render(ask, "admin/version.html", what=what, found=found, newest=history[0], changes=changes)


def bring_back(ask: Ask) -> Response:
    """Saves an earlier version again as the newest."""
    what = edited(ask)
    found, history = _version(ask, what)
    number = versions.save(ask.site.store, what.key, found.text, ask.user.sign_in, ask.site.now(), history[0].id)
    return done(ask, f"Version {found.number} holds again, as version {number}. {_then(what)}", what.path)


def reset(ask: Ask) -> Response:
    """Lets the file hold again."""
    what = edited(ask)
    number = versions.save(ask.site.store, what.key, None, ask.user.sign_in, ask.site.now(), _begun_from(ask))
    holds = what.file.name if what.file else "what ships"
    return done(ask, f"From version {number} on, {holds} holds again. {_then(what)}", what.path)


def _typed(ask: Ask) -> str:
    """What stands in the form, with its first lines, so that a mistake's line is that of the form."""
    sent = ask.form.get("text")
    return (sent if isinstance(sent, str) else "").replace("\r\n", "\n").replace("\0", "").rstrip() + "\n"


def _begun_from(ask: Ask) -> int:
    said = ask.said("begun_from")
    return int(said) if said.isdecimal() and len(said) < 12 else -1


def _then(what: Edited) -> str:
    if what.kind == FIELD_MAP:
        return "The next run reads by it. Choose “Read now” on the connection's page to see what it brings."
    return "Flags follow within minutes where the worker runs; else run `placebridge sync`."


def _version(ask: Ask, what: Edited) -> tuple[Version, list[Version]]:
    history = versions.history(ask.site.store, *what.key)
    found = next((one for one in history if str(one.number) == ask.path["number"]), None)
    if found is None:
        raise NotFound("There is no such version. The page of what you edit lists those there are.")
    return found, history


def _in_force(what: Edited, history: list[Version]) -> str:
    if history and history[0].text is not None:
        return history[0].text
    return text_of(what.file) or ""


def _page(ask: Ask, what: Edited, history: list[Version], text: str, status: int = 200, **more: Any) -> Response:
    context: dict[str, Any] = {"mistakes": [], "tried": None, "changes": []} | more
    holds = history[0] if history and history[0].text is not None else None
    return render(
        ask, "admin/editor.html", status,
        what=what, history=history, text=text, holds=holds, begun_from=history[0].id if history else 0, rows_tried=ROWS, **context,
    )  # fmt: skip


def _tried(ask: Ask, what: Edited, meant: object) -> Any:
    """What would change, where it can be told."""
    site = ask.site
    work = partial(_try, site, what, meant)
    digest = hashlib.sha256(_typed(ask).encode()).hexdigest()
    errand = site.errands.begin(("try", what.kind, what.connection, digest), site.now(), work)
    try:
        return errand.result(PATIENCE)
    except NotYet:
        raise Refused(
            f"Nothing has come within {PATIENCE:.0f} seconds. Try again in a minute; `placebridge check` on the machine says what is slow"
        ) from None


def _try(site: Site, what: Edited, meant: object) -> Any:
    if isinstance(meant, FieldMap) and what.of is not None:
        return try_field_map(site.store, what.of, meant, site.zone)
    if isinstance(meant, Themes):
        return try_themes(site.store, site.rules.themes, meant, site.rules.resources)
    if isinstance(meant, LeaderLevels):
        return try_titles(site.store, site.rules.levels, meant)
    if isinstance(meant, PolicyRules):
        return try_policy(site.store, site.rules.policy, meant, site.today(), site.zone)
    return []
