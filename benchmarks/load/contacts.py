"""A loopback JSON API of made-up contacts: 12 fields, about 340 bytes a row, 1,000 a page, `next` links. Run as a process of its own.

python -m benchmarks.load.contacts ROWS     prints its URL, serves until it is ended
"""

import sys
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import orjson

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


class _Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    rows = 0

    def do_GET(self) -> None:
        start = int(parse_qs(urlsplit(self.path).query).get("start", ["0"])[0])
        body = _page(start, self.rows, f"http://{self.headers['Host']}")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@lru_cache(maxsize=200)
def _page(start: int, rows: int, host: str) -> bytes:
    end = min(start + PAGE, rows)
    following = f"{host}/contacts?start={end}" if end < rows else None
    return orjson.dumps({"rows": [contact(number) for number in range(start, end)], "next": following})


def main() -> None:
    """Serves."""
    _Api.rows = int(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}/contacts?start=0", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
