"""A report as one HTML file: its style and charts are in it, nothing is fetched, and it reads well on paper and aloud."""

from collections.abc import Sequence
from html import escape

from jobs.charts.bars import bars, columns
from jobs.charts.trend import trend
from jobs.place.report import ALL, ENGAGED, MOVES, NOT_ENGAGED, SHARE, Report, Table, Value

STYLE = """
body{font:16px/1.5 Helvetica,Arial,sans-serif;color:#0b0c0c;background:#fff;margin:0 auto;max-width:1200px;padding:16px}
h1{font-size:32px;line-height:1.15}h2{font-size:24px;line-height:1.2;margin-top:40px}
a{color:#1d70b8}a:focus{outline:3px solid #fd0;background:#fd0;color:#0b0c0c}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px}
table{border-collapse:collapse;margin:16px 0;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:bold;padding-bottom:4px}
th,td{border-bottom:1px solid #b1b4b6;padding:4px 10px;text-align:right;vertical-align:bottom}
th[scope=row],thead th:first-child{text-align:left}
tr.all>*{font-weight:bold;border-top:2px solid #0b0c0c}.hidden{color:#505a5f}.note{color:#505a5f;max-width:44em}
.wide{overflow-x:auto}svg{max-width:100%;height:auto}.wide:focus{outline:3px solid #0b0c0c}
@page{size:A4 landscape;margin:12mm}
@media print{body{max-width:none;padding:0;font-size:10px}.wide{overflow:visible}h2{break-after:avoid}
th,td{padding:3px 4px}svg,tr{break-inside:avoid}svg{max-width:160mm}.skip,nav{display:none}}
"""


def page(report: Report) -> str:
    """The file's text."""
    day = f"{report.as_of.day} {report.as_of:%B %Y}"
    title = f"Business engagement by place, {day}"
    parts = "".join(_section(table) for table in report.tables)
    contents = "".join(f"<li><a href='#{table.id}'>{escape(table.title)}</a></li>" for table in report.tables)
    return (
        f"<!DOCTYPE html>\n<html lang='en-GB'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><a class='skip' href='#main'>Skip to the numbers</a>"
        f"<header><h1>{escape(title)}</h1></header>"
        f"<nav aria-label='Contents'><ul>{contents}</ul></nav><main id='main'>"
        f"{_about(report)}{parts}{_missing(report)}{_method(report)}</main>"
        f"<footer><p class='note'>Made by Placebridge.</p></footer></body></html>\n"
    )


def _about(report: Report) -> str:
    said = (
        "Counts only, fit to leave the building. How they were made so is said at the end."
        if report.shared
        else "For those who work with these businesses: small numbers are shown. Make the report that is fit to share for one to hand on."
    )
    return f"<p>{escape(said)}</p>"


def _section(table: Table) -> str:
    body = f"<p>{escape(table.withheld)}</p>" if table.withheld else f"{chart(table)}{_table(table)}"
    return f"<section><h2 id='{table.id}'>{escape(table.title)}</h2><p class='note'>{escape(table.note)}</p>{body}</section>"


def _table(table: Table) -> str:
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in (table.of, *table.columns))
    body = "".join(_row(table, row) for row in table.rows)
    label = escape(table.title)
    return (
        f"<div class='wide' tabindex='0' role='region' aria-label='{label}, table'><table><caption>{label}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(table: Table, row: str) -> str:
    cells = "".join(_cell(table, row, column) for column in table.columns)
    kind = " class='all'" if row == ALL else ""
    return f"<tr{kind}><th scope='row'>{escape(row)}</th>{cells}</tr>"


def _cell(table: Table, row: str, column: str) -> str:
    kind = " class='hidden'" if (row, column) in table.hidden else ""
    return f"<td{kind}>{escape(table.text(row, column))}</td>"


def chart(table: Table) -> str:
    """A table's numbers as an SVG; empty where they make no chart."""
    which, title = f"chart-{table.id}", f"{table.title}: chart"
    if table.id == "months":
        return trend(which, title, [(row, _shown(table, row, SHARE)) for row in table.rows])
    if table.id == "moves":
        return columns(
            which, title, [row[2:] for row in table.rows], [(name, [_shown(table, row, name) for row in table.rows]) for name in MOVES]
        )
    if SHARE in table.columns:
        return bars(which, title, [(row, _shown(table, row, SHARE)) for row in table.rows if _has_any(table, row)], _per_cent, 1.0)
    if table.id == "engaged":
        first = table.columns[0]
        return bars(which, title, [(row, _shown(table, row, first)) for row in table.rows if row != ALL], lambda value: f"{value:,.0f}")
    return ""


def _shown(table: Table, row: str, column: str) -> Value:
    return None if (row, column) in table.hidden else table.cells.get((row, column))


def _has_any(table: Table, row: str) -> bool:
    return any(table.cells.get((row, column)) or (row, column) in table.hidden for column in (ENGAGED, NOT_ENGAGED))


def _per_cent(value: float) -> str:
    return f"{round(100 * value)} %"


def _missing(report: Report) -> str:
    if not report.missing:
        return ""
    items = "".join(_item(place, sectors) for place, sectors in report.missing.items())
    return f"<section><h2 id='missing'>Who is missing at the table</h2><ul>{items}</ul></section>"


def _item(place: str, sectors: Sequence[str]) -> str:
    return f"<li>{escape(place)}: {escape(', '.join(sectors))}</li>"


def _method(report: Report) -> str:
    if not report.method:
        return ""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.method)
    return f"<section><h2 id='method'>How small numbers were hidden</h2><ul>{items}</ul></section>"
