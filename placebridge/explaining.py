"""`placebridge explain`: everything behind one business's state."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from jobs.decisions.asked import evidence
from jobs.decisions.corrected import of_business
from jobs.decisions.kinds import NOT_THEME
from jobs.decisions.kinds import say as say_correction
from jobs.facts import Known, Loader
from jobs.flag import Decided, decide
from jobs.wording import COMPANIES_HOUSE, leading_officers, say_day, say_gone, say_officer, say_standing
from mappings.company_numbers import company_number
from mappings.pointing import fold_name
from mappings.policy import Member, Touch
from mappings.policy_rules import PolicyRules
from placebridge.faults import UserError
from placebridge.opening import opened, rules_of
from placebridge.output import say
from store import bulk
from store.tables import Business, FlagHistory, ThemeFound

business, history, theme = bulk.table_of(Business), bulk.table_of(FlagHistory), bulk.table_of(ThemeFound)

LISTED = 10
"""Businesses that are listed where a name fits several."""


def explain(file: Path | None, said: str, as_of: date | None) -> None:
    """Prints the explanation. Raises UserError where no business, or more than one, fits what was said."""
    with opened(file) as at, at.store.reading() as connection:
        day = as_of or datetime.now(at.config.zone).date()
        rules = rules_of(at.config, at.store).policy
        found = _find(connection, said)
        known = Loader(connection, at.config.zone).load([found])
        if not known:
            raise UserError(_gone(connection, found))
        for line in (*_merged(said, found), *_lines(connection, decide(known[0], day, rules), day, rules)):
            say(line)


def _merged(said: str, found: str) -> Iterator[str]:
    if re.fullmatch("b[a-z2-7]{10}", said.strip()) and said.strip() != found:
        yield f"{said.strip()} was joined with {found}."


def _gone(connection: Connection, business_id: str) -> str:
    name = connection.scalar(select(business.c.name).where(business.c.id == business_id))
    past = "\n".join(["", *_history(connection, business_id)]).rstrip()
    return f"{name or 'This business'} ({business_id}) is held by no CRM any more, so it is in no list.{past}"


def _find(connection: Connection, said: str) -> str:
    rows = connection.execute(
        select(business.c.id, business.c.name, business.c.company_number, business.c.town, business.c.merged_into, business.c.gone)
    ).all()
    by_id = {row.id: row for row in rows}
    said = said.strip()
    if not said:
        raise UserError("say which business: an id, a company number or a part of the name (`placebridge flags --all` lists them)")
    if said in by_id:
        at = by_id[said]
        while at.merged_into:
            at = by_id[at.merged_into]
        return str(at.id)
    live = [row for row in rows if not row.gone]
    wanted, number = fold_name(said), company_number(said)
    for fits in (
        [row for row in live if number and row.company_number == number],
        [row for row in live if fold_name(row.name) == wanted],
        [row for row in live if wanted and wanted in fold_name(row.name)],
    ):
        if len(fits) == 1:
            return str(fits[0].id)
        if fits:
            listed = [
                f"  {row.id}  {row.name}{f', {row.town}' if row.town else ''}" for row in sorted(fits, key=lambda row: (row.name, row.id))
            ]
            more = [f"  ... and {len(fits) - LISTED:,} more; say more of the name"] if len(fits) > LISTED else []
            raise UserError("\n".join([f"'{said}' fits {len(fits):,} businesses; say which by its id:", *listed[:LISTED], *more]))
    raise UserError(
        f"no business is called '{said}'; give an id, a company number or a part of the name (`placebridge flags --all` lists them)"
    )


def _lines(connection: Connection, decided: Decided, day: date, rules: PolicyRules) -> Iterator[str]:
    known, judged, row = decided.known, decided.judged, decided.row
    number = connection.scalar(select(business.c.company_number).where(business.c.id == known.id))
    yield f"{known.name} ({known.id}{f', company number {number}' if number else ''}), as of {say_day(day)}"
    if judged is None or row is None:
        yield "Closed in every CRM that holds it, so it is in no list."
        yield from _register(known, day)
        yield from _corrections(connection, known, day)
        yield from _records(connection, known.id)
        return
    yield f"State {judged.state}, reach {judged.reach}, priority {judged.priority}"
    yield f"Why: {row['reason']}"
    yield f"Approach: {row['approach'] or 'nobody is known whom to approach'}"
    if row["via"]:
        yield f"Through: {row['via']}"
    yield f"Priority: {' + '.join(f'{points} {name}' for name, points in judged.points.items()) or '0'}"
    yield f"The window runs from {say_day(day - timedelta(days=rules.window_days))}."
    if row["next_on"]:
        yield f"Time alone could change this on {say_day(row['next_on'])}."
    yield from _people(decided, day)
    yield from _register(known, day)
    yield from _engagements(connection, decided, day)
    yield from _corrections(connection, known, day)
    yield from _records(connection, known.id)
    yield from _history(connection, known.id)


def _people(decided: Decided, day: date) -> Iterator[str]:
    yield "People:"
    for member in decided.known.facts.members:
        left = f", {say_gone(member, day)}" if member.has_left(day) else ""
        yield f"  {member.name}: {member.title or 'no title'} ({member.level}){left}{_marks(member)}"
    if not decided.known.facts.members:
        yield "  none is known"


def _marks(member: Member) -> str:
    said = (member.not_leader and "said to be no leader", member.do_not_contact and "not to be contacted")
    return "".join(f", {words}" for words in said if words)


def _register(known: Known, day: date) -> Iterator[str]:
    """What Companies House says, where it was asked."""
    company = known.company
    if company is None:
        return
    yield f"{COMPANIES_HOUSE}, as of {say_day(company.asked_on)}:"
    if not company.known:
        yield "  it knows no company of that number; look whether it is typed right"
        return
    yield f"  {company.name}: {say_standing(company)}"
    leading = leading_officers(known, day)
    for one in company.officers:
        left = f", resigned on {say_day(one.resigned_on)}" if one.resigned_on else ""
        yield f"  {say_officer(one)}{left}{'' if one in leading or left else ', not one to approach'}"


def _engagements(connection: Connection, decided: Decided, day: date) -> Iterator[str]:
    names = {member.person: member.name for member in decided.known.facts.members}
    yield "Engagements:"
    touches = sorted(decided.known.facts.touches, key=lambda touch: (touch.day or date.min, touch.id), reverse=True)
    for touch in touches[:30]:
        yield f"  {_touch(touch, names, day)}"
        yield from _themes(connection, touch.id)
    if len(touches) > 30:
        yield f"  ... and {len(touches) - 30} older"
    if not touches:
        yield "  none"


def _touch(touch: Touch, names: dict[str, str], day: date) -> str:
    people = ", ".join(f"{names.get(who, 'somebody')} {word}" for who, word in touch.people.items())
    when = touch.day.isoformat() if touch.day else "no date"
    return f"{when:10}  {touch.what} ({touch.standing(day)}): {people or 'nobody of theirs named'}"


def _themes(connection: Connection, engagement_id: int) -> Iterator[str]:
    for row in connection.execute(select(theme).where(theme.c.engagement_id == engagement_id).order_by(theme.c.kind.desc(), theme.c.found)):
        kind = "not, as people said, the theme" if row.kind == NOT_THEME else row.kind
        yield f"              {kind} {row.found}: {', '.join(repr(words) for words in row.evidence)}"


def _records(connection: Connection, business_id: str) -> Iterator[str]:
    found = evidence(connection, "business", business_id)
    yield "Records:"
    for one in sorted(found.records, key=lambda side: (side.connection, side.source_id)):
        how = "joined with no other" if one.method == "alone" else f"{one.band}, by {one.method}"
        number = f", company number {one.company_number}" if one.company_number else ""
        yield f"  {one.connection} {one.source_id}: {one.name}{number} ({how})"
    for edge in found.edges:
        ends = f"{edge.left.connection} {edge.left.source_id} and {edge.right.connection} {edge.right.source_id}"
        if edge.who is None:
            yield f"    {edge.judgement} ({edge.band}): {ends}: {'; '.join(edge.evidence)}"
        else:
            yield f"    {edge.judgement}: {ends}: {_by(edge.who, edge.at)}, decision {edge.act}"


def _by(who: str, at: datetime | None) -> str:
    return f"{who} said so{f' on {say_day(at.date())}' if at else ''}"


def _corrections(connection: Connection, known: Known, day: date) -> Iterator[str]:
    """What people said of it, of its people and of its engagements, and what holds."""
    days = {touch.id: touch for touch in known.facts.touches}
    found = of_business(connection, known.id, day, list(days))
    names = {member.person: member.name for member in known.facts.members}
    if found:
        yield "Corrections:"
    for one in found:
        touch = days.get(one.engagement_id or 0)
        about = f"the {touch.kind} of {touch.day.isoformat() if touch.day else 'no date'}" if touch else ""
        yield f"  {say_correction(one, names.get(one.person_id or '', ''), about)} ({_by(one.who, one.at)}, correction {one.id})"


def _history(connection: Connection, business_id: str) -> Iterator[str]:
    rows: list[Any] = list(connection.execute(select(history).where(history.c.business_id == business_id).order_by(history.c.as_of)))
    if rows:
        yield "History:"
    for row in rows:
        yield f"  {row.as_of.isoformat()}  {row.state or 'no longer listed'}{', ' + row.reach if row.reach else ''}"
