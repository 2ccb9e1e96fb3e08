"""Connections: all of them, one of them, and what an admin has done about it."""

from functools import partial
from typing import Any

from sqlalchemy import case, func, select
from starlette.responses import Response

from connector.contract import Finding
from jobs.budget import shared_budget
from jobs.checking import check_lookup, check_source
from jobs.pull import ENTITY_ORDER
from jobs.refused import Refused
from jobs.schedules import plans as planning
from jobs.setup import Configured
from jobs.wording import say_day
from review.admin.field_maps import map_in_force
from review.admin.standing import OUTCOMES, left_behind, standings
from review.errands import PATIENCE, NotYet
from review.page import Ask, NotFound, done, go_to
from review.rendering import render
from review.site import Site
from store import bulk
from store.tables import Connection as ConnectionRow
from store.tables import Cursor, LookupAnswer, Notice, Record, Reject, Run

connections, record, run = bulk.table_of(ConnectionRow), bulk.table_of(Record), bulk.table_of(Run)
reject, notice, cursor, answer = (bulk.table_of(of) for of in (Reject, Notice, Cursor, LookupAnswer))

RUNS = 5


def the_list(ask: Ask) -> Response:
    """Every connection of the settings, those that need somebody first."""
    found = standings(ask.site)
    found.sort(key=lambda one: (one.state[0] != "Needs you", one.configured.name))
    return render(ask, "admin/connections.html", connections=found, left_behind=left_behind(ask.site), outcomes=OUTCOMES)


def configured(ask: Ask) -> Configured:
    """The connection that the address names. Raises NotFound."""
    found = ask.site.setup.connections.get(ask.path["name"])
    if found is None:
        raise NotFound("No connection of this name stands in the settings. The list of connections shows those that do.")
    return found


def one(ask: Ask) -> Response:
    """A connection."""
    of = configured(ask)
    standing = standings(ask.site, [of.name])[0]
    errand = ask.site.errands.find(("check", of.name))
    findings, fault = _findings(errand) if errand else ([], "")
    return render(
        ask,
        "admin/connection.html",
        one=standing,
        of=of,
        entities=_entities(ask.site, of),
        answers=_answers(ask.site, of),
        runs=_runs(ask.site, of.name),
        outcomes=OUTCOMES,
        checked=errand,
        findings=findings,
        check_fault=fault,
    )


def _findings(errand: Any) -> tuple[list[Finding], str]:
    try:
        return errand.result(), ""
    except NotYet:
        return [], ""
    except Refused as fault:
        return [], str(fault)
    except Exception:
        return [], "The check itself failed. Run `placebridge check` on the machine, which says more."


def _entities(site: Site, of: Configured) -> list[dict[str, Any]]:
    """What is held of each entity."""
    with site.store.reading() as connection:
        held = connection.scalar(select(connections.c.id).where(connections.c.name == of.name))
        if held is None or of.source is None:
            return []
        live = func.sum(case((record.c.deleted_on.is_(None), 1), else_=0))
        counts = select(record.c.entity, live.label("live"), func.count().label("all")).where(record.c.connection_id == held)
        records = {row.entity: row for row in connection.execute(counts.group_by(record.c.entity))}
        rejects = _counted(connection, reject, held, func.count())
        notices = _counted(connection, notice, held, func.sum(notice.c.count))
        cursors = {row.entity: row for row in connection.execute(select(cursor).where(cursor.c.connection_id == held))}
    return [
        {
            "entity": entity,
            "live": int(records[entity].live) if entity in records else 0,
            "gone": int(records[entity].all - records[entity].live) if entity in records else 0,
            "rejects": int(rejects.get(entity, 0)),
            "notices": int(notices.get(entity, 0)),
            "cursor": _cursor_words(cursors.get(entity)),
        }
        for entity in ENTITY_ORDER
        if entity in records or entity in cursors or entity in rejects
    ]


def _counted(connection: Any, table: Any, held: int, what: Any) -> dict[str, int]:
    query = select(table.c.entity, what).where(table.c.connection_id == held).group_by(table.c.entity)
    return {row[0]: row[1] for row in connection.execute(query)}


def _cursor_words(row: Any) -> str:
    """From where the next read goes on, for people: what a cursor holds is its connector's own."""
    if row is None:
        return "never read"
    if row.position is not None:
        return "under way"
    blocks = row.blocks or {}
    if blocks and all(held.get("cursor") for held in blocks.values()):
        return "what changes"
    return "all, if any changed" if row.fingerprint else "all"


def _answers(site: Site, of: Configured) -> dict[str, Any] | None:
    """What a register has answered."""
    if of.lookup is None:
        return None
    query = select(func.count().label("held"), func.min(answer.c.asked_on).label("oldest"), func.max(answer.c.asked_on).label("newest"))
    with site.store.reading() as connection:
        row = connection.execute(query.where(answer.c.connection == of.name)).one()
    return {"held": row.held, "oldest": say_day(row.oldest) if row.oldest else "", "newest": say_day(row.newest) if row.newest else ""}


def _runs(site: Site, name: str) -> list[Any]:
    query = select(run).where(run.c.connection == name).order_by(run.c.started_at.desc(), run.c.id.desc()).limit(RUNS)
    with site.store.reading() as connection:
        return list(connection.execute(query))


def run_now(ask: Ask) -> Response:
    """Has the worker read it."""
    of = configured(ask)
    new = planning.ask(ask.site.store, of.name, ask.user.sign_in, ask.site.now())
    said = "is due now. The worker begins within seconds; load this page again to see how far it is" if new else "was due already"
    return done(ask, f"{of.name} {said}.", f"/connections/{of.name}")


def pause(ask: Ask) -> Response:
    """No run becomes due."""
    of = configured(ask)
    planning.pause(ask.site.store, of.name, ask.user.sign_in, ask.site.now())
    return done(ask, f"{of.name} is paused: it is not read until somebody resumes it.", f"/connections/{of.name}")


def resume(ask: Ask) -> Response:
    """Runs become due again."""
    of = configured(ask)
    planning.resume(ask.site.store, of.name, ask.user.sign_in, ask.site.now())
    return done(ask, f"{of.name} is read again by its schedule.", f"/connections/{of.name}")


def check(ask: Ask) -> Response:
    """Looks whether it works. It may take longer than somebody waits, and then goes on by itself."""
    of, site = configured(ask), ask.site
    errand = site.errands.begin(("check", of.name), site.now(), partial(_check, site, of))
    try:
        errand.result(PATIENCE)
    except NotYet:
        return done(ask, "It is still being checked. Load this page again in a minute.", f"/connections/{of.name}#check")
    except Exception:  # noqa: S110 - the page says what became of it
        pass
    return go_to(ask, f"/connections/{of.name}#check")


def _check(site: Site, of: Configured) -> list[Finding]:
    budget = partial(shared_budget, site.store, of.name)
    if of.lookup is not None:
        return list(check_lookup(of.lookup(), budget))
    if of.source is None:
        raise Refused("It cannot be checked from here")
    return list(check_source(of.source(map_in_force(site, of)), budget))
