"""Redraws docs/list.svg, the picture of the flagged list, from the demo: python docs/draw_list.py (after `./run demo`)."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 4


def main() -> None:
    """Draws the first businesses as the terminal shows them."""
    words = [sys.executable, "-m", "placebridge", "flags", "--config", "demo/config.env", "--as-of", "2026-11-02", "--format", "csv"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name, side in (("priority", "right"), ("business", "left"), ("why, whom to approach, through whom", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for row in list(csv.DictReader(done.stdout.splitlines()))[:SHOWN]:
        why = [row["reason"], row["approach"] and f"Approach: {row['approach']}", row["via"] and f"Through: {row['via']}"]
        table.add_row(row["priority"], f"{row['name']}\n{row['state']}", "\n".join(filter(None, why)))
    console = Console(record=True, width=108, file=io.StringIO(), markup=False, highlight=False)
    console.print(table)
    drawn = console.export_svg(title="placebridge flags (a fictional town)")
    # The fonts would be fetched from elsewhere by whoever opens the page.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.S).replace("Fira Code", "DejaVu Sans Mono")
    (ROOT / "docs/list.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
