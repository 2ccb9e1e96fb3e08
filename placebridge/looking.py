"""`placebridge flags`, `runs` and `rejects`."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from jobs.directors import through_directors
from jobs.flag import flags_as_of
from placebridge.opening import opened, rules_of
from placebridge.output import counted, save_list, say, show
from store import bulk
from store.tables import Connection, Notice, Reject, Run

FLAG_COLUMNS = ("business_id", "name", "state", "reach", "priority", "reason", "approach", "via", "place", "themes", "connections")
FLAGS_SHOWN = ("priority", "business", "why")
RUNS_SHOWN = ("started", "connection", "outcome", "rows")
REJECTS_SHOWN = ("row", "reason", "since")
"""What fits beside each other on a terminal of 80 columns; --format and --out hold every column."""

RUN_COLUMNS = ("id", "connection", "started_at", "ended_at", "outcome", "read", "added", "changed", "removed", "rejected", "message")
REJECT_COLUMNS = ("connection", "entity", "source_id", "reason", "since")


def flags(
    file: Path | None, everybody: bool, as_of: date | None, out: Path | None, form: str, top: int | None = None
) -> list[dict[str, Any]]:
    """Prints or writes the flagged list, or the first `top` of it; returns its rows."""
    with opened(file) as at:
        day = as_of or datetime.now(at.config.zone).date()
        every = flags_as_of(at.store, day, rules_of(at.config, at.store).policy, at.config.zone)
        rows = [row for row in every if everybody or row["state"] != "engaged"][:top]
        with at.store.reading() as connection:
            cold = [row["business_id"] for row in rows if not row["via"] and row["state"] != "engaged"]
            shared = through_directors(connection, cold, day)
    rows = [row | {"via": row["via"] or shared.get(row["business_id"], "")} for row in rows]
    if out is not None:
        save_list(out, rows, FLAG_COLUMNS, f"Flags as of {day.isoformat()}")
        say(f"{counted(len(rows), 'business', 'businesses')} written to {out}")
    elif form == "table":
        show([_flag_shown(row) for row in rows], FLAGS_SHOWN, form, _nobody(len(every)))
        _summary(rows)
    else:
        show(rows, FLAG_COLUMNS, form, "")
    return rows


def _flag_shown(row: dict[str, Any]) -> dict[str, Any]:
    return {"priority": row["priority"], "business": f"{row['name']}\n{row['state']}\n{row['business_id']}", "why": _why(row)}


def _why(row: dict[str, Any]) -> str:
    lines = [row["reason"], f"Approach: {row['approach']}" if row["approach"] else "", f"Through: {row['via']}" if row["via"] else ""]
    return "\n".join(line for line in lines if line)


def _nobody(known: int) -> str:
    if known:
        return f"Every one of the {known:,} businesses has a leader engaged."
    return "No business is known yet; run `placebridge sync` first."


def _summary(rows: list[dict[str, Any]]) -> None:
    if rows:
        counts = Counter(row["state"] for row in rows)
        said = ", ".join(f"{count:,} {state}" for state, count in counts.most_common())
        say(f"{counted(len(rows), 'business', 'businesses')}: {said}. `placebridge explain NAME` shows everything behind one.")


def runs(file: Path | None, form: str, limit: int) -> None:
    """Prints the newest runs."""
    run = bulk.table_of(Run)
    with opened(file) as at, at.store.reading() as connection:
        rows = [dict(row) for row in connection.execute(select(run).order_by(run.c.id.desc()).limit(limit)).mappings()]
    if form == "table":
        show([_run_shown(row, at.config.zone) for row in rows], RUNS_SHOWN, form, "No run yet; `placebridge sync` makes the first.")
    else:
        show(rows, RUN_COLUMNS, form, "")


def _run_shown(row: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    counts = [f"{row[name]:,} {name}" for name in ("read", "added", "changed", "removed", "rejected") if row[name]]
    lines = [", ".join(counts) or ("nothing new" if row["outcome"] == "done" else ""), row["message"]]
    took = f"\ntook {say_seconds((row['ended_at'] - row['started_at']).total_seconds())}" if row["ended_at"] else ""
    started = f"{row['started_at'].astimezone(zone):%d %b %Y %H:%M}{took}"
    return {"started": started, "connection": row["connection"], "outcome": row["outcome"], "rows": "\n".join(filter(None, lines))}


def say_seconds(seconds: float) -> str:
    """A duration as people say it: 4 s, 3 min, 2 h 5 min."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def rejects(file: Path | None, form: str) -> None:
    """Prints the rows that stand refused, and for people what was noticed beside."""
    reject, connections = bulk.table_of(Reject), bulk.table_of(Connection)
    named = select(
        connections.c.name.label("connection"), reject.c.entity, reject.c.source_id, reject.c.reason, reject.c.since, reject.c.fields
    )
    query = named.join(connections, connections.c.id == reject.c.connection_id)
    with opened(file) as at, at.store.reading() as connection:
        rows = sorted(
            (_with_place(dict(row)) for row in connection.execute(query).mappings()),
            key=lambda row: [str(row[name]) for name in REJECT_COLUMNS],
        )
        noticed = _notices(connection)
    if form != "table":
        show(rows, REJECT_COLUMNS, form, "")
        return
    shown = [row | {"row": f"{row['connection']} {row['entity']}\n{row['source_id'] or '(no id)'}"} for row in rows]
    show(shown, REJECTS_SHOWN, form, "No row stands refused. `placebridge sync` reads again and brings this list up to date.")
    if noticed:
        print("\nNoticed beside (these rows were kept):")
        show(noticed, ("connection", "entity", "noticed", "rows"), form, "")


def _with_place(row: dict[str, Any]) -> dict[str, Any]:
    """A row without an id says what else is known of it, so that it can be found in the file."""
    if not row["source_id"] and row["fields"]:
        said = ", ".join(f"{name} {value}" for name, value in list(row["fields"].items())[:4])
        row["reason"] = f"{row['reason']} ({said})"
    return row


def _notices(connection: Any) -> list[dict[str, Any]]:
    notice, connections = bulk.table_of(Notice), bulk.table_of(Connection)
    query = (
        select(connections.c.name.label("connection"), notice.c.entity, notice.c.message.label("noticed"), notice.c.count.label("rows"))
        .join(connections, connections.c.id == notice.c.connection_id)
        .order_by(connections.c.name, notice.c.entity, notice.c.count.desc(), notice.c.message)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
