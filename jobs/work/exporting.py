"""The list as a file: just what is seen, safe to open in Excel."""

import io
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from jobs.spreadsheets import write_safe_csv, write_workbook
from jobs.work.listing import Row

COLUMNS = (
    "business_id", "name", "state", "reach", "priority", "reason", "approach", "via", "place", "sector", "employees", "themes", "tags",
    "connections", "since", "owner", "work", "snoozed_until", "back",
)  # fmt: skip


def export_csv(rows: Iterable[Row]) -> bytes:
    """UTF-8 with BOM, a row for each business."""
    out = io.StringIO()
    write_safe_csv(out, map(_cells, rows), COLUMNS)
    return out.getvalue().encode("utf-8-sig")


def export_xlsx(rows: Iterable[Row], title: str = "Businesses") -> bytes:
    """The same as a workbook. `title`: without the marks that Excel allows in no sheet's name."""
    out = io.BytesIO()
    write_workbook(out, map(_cells, rows), COLUMNS, title)
    return out.getvalue()


def _cells(row: Row) -> dict[str, Any]:
    return {name: "|".join(value) if isinstance(value, tuple) else value for name, value in asdict(row).items()}
