"""Lists to take away: CSV that opens well in Excel, made as it is sent."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from starlette.responses import Response, StreamingResponse

from jobs.spreadsheets import safe

PIECE = 1 << 16
"""Letters that are sent at once."""


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A CSV file as a browser saves it; no cell is a formula. `name`: plain letters, without an ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(_lines(columns, rows), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield "\ufeff"
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in chain([columns], rows):
        writer.writerow([safe(cell) for cell in row])
        if out.tell() >= PIECE:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
