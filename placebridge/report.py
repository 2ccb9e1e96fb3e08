"""`placebridge report`: the picture of every place, for those who work with it or fit to be handed on."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jobs.place import share
from jobs.place.numbers import Numbers, gather
from jobs.place.report import Names, Report, Table, full
from jobs.refused import Refused
from placebridge.faults import UserError
from placebridge.opening import opened, rules_of
from placebridge.output import replacing, save_list, say, show
from placebridge.report_page import page

COLUMNS = ("table", "row", "column", "value")
ENDS = (".html", ".csv")


def report(file: Path | None, shared: bool, threshold: int | None, as_of: date | None, out: Path | None, form: str) -> None:
    """Prints or writes the report."""
    if threshold is not None and not shared:
        raise UserError("--threshold says which numbers --share hides; write both, or neither")
    if out is not None and not out.is_dir() and out.suffix.lower() not in ENDS:
        raise UserError(f"{out.name} is neither a page nor a list; write a name that ends in .html or .csv")
    with opened(file) as at:
        rules = rules_of(at.config, at.store)
        day = as_of or datetime.now(at.config.zone).date()
        numbers, names = gather(at.store, day, rules, at.config.zone), Names.of(rules)
    made = _shared(numbers, names, threshold or share.THRESHOLD) if shared else full(numbers, names)
    if out is None:
        _print(made, form)
    elif out.suffix.lower() == ".csv":
        save_list(out, list(made.rows()), COLUMNS, "Report")
        say(f"The report as of {day.isoformat()} is written to {out}")
    else:
        with replacing(out) as target:
            target.write_text(page(made), encoding="utf-8")
        say(f"The report as of {day.isoformat()} is written to {out}; open it in a browser, or print it")


def _shared(numbers: Numbers, names: Names, threshold: int) -> Report:
    try:
        return share.shared(numbers, names, threshold)
    except Refused as fault:
        raise UserError(str(fault)) from None


def _print(made: Report, form: str) -> None:
    if form != "table":
        show(list(made.rows()), COLUMNS, form, "")
        return
    for table in made.tables:
        print(f"\n{table.title}")
        if table.withheld:
            say(table.withheld)
        else:
            show(list(_shown(table)), (table.of.lower(), "numbers"), form, "Nothing is known yet; run `placebridge sync` first.")
    print()
    for sentence in made.method:
        say(sentence)


def _shown(table: Table) -> Iterator[dict[str, Any]]:
    """A row for a terminal: what is not nought."""
    for row in table.rows:
        said = [f"{column} {text}" for column in table.columns if (text := table.text(row, column)) not in ("", "0")]
        yield {table.of.lower(): row, "numbers": ", ".join(said) or "none"}
