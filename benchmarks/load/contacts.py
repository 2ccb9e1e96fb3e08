"""A loopback JSON API of made-up contacts: 12 fields, about 340 bytes a row, 1,000 a page, `next` links. Run as a process of its own.

python -m benchmarks.load.contacts ROWS     prints its URL, serves until it is ended
"""

import sys
from functools import lru_cache

import orjson

from benchmarks.load.serving import Asked, serve

PAGE = 1000
FIELDS = ("id", "first_name", "last_name", "title", "email", "phone", "account", "town", "postcode", "status", "notes", "updated_at")


def contact(number: int) -> dict[str, str]:
    """One contact; the same number gives the same one."""
    return {
        "id": f"C{number:08}",
        "first_name": f"First{number % 977}",
        "last_name": f"Last{number % 7919}",
        "title": ("Managing Director", "Finance Director", "Office Manager", "Head of HR", "Buyer")[number % 5],
        "email": f"person.{number}@firm{number // 3}.example",
        "phone": f"0161 {496_0000 + number % 10_000}",
        "account": f"A{number // 3:07}",
        "town": ("Thornley", "Marbury", "Lowther", "Saltram")[number % 4],
        "postcode": f"ZX{number % 19 + 1} {number % 9 + 1}AB",
        "status": "active",
        "notes": "met at the spring fair, wants to hear about apprenticeships",
        "updated_at": f"2026-{number % 9 + 1:02}-{number % 27 + 1:02}T09:30:00Z",
    }


def main() -> None:
    """Serves."""
    rows = int(sys.argv[1])

    @lru_cache(maxsize=200)
    def page(start: int, host: str) -> bytes:
        end = min(start + PAGE, rows)
        following = f"{host}/contacts?start={end}" if end < rows else None
        return orjson.dumps({"rows": [contact(number) for number in range(start, end)], "next": following})

    def answer(asked: Asked) -> bytes:
        return page(int(asked.query["start"]), asked.host)

    serve(answer, "/contacts?start=0")


if __name__ == "__main__":
    main()
