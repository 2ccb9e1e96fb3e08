"""Serves answers on loopback, as a process of its own."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit


class Asked(NamedTuple):
    """A request: its path, its query, who it was sent to as `http://host:port`, and its Prefer header."""

    path: str
    query: dict[str, str]
    host: str
    prefer: str


def serve(answer: Callable[[Asked], bytes], shown: str) -> None:
    """Prints the server's address with `shown` behind it, and answers with JSON until it is ended."""

    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            split = urlsplit(self.path)
            asked = Asked(split.path, dict(parse_qsl(split.query)), f"http://{self.headers['Host']}", self.headers["Prefer"] or "")
            body = answer(asked)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 (http.server's name)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}{shown}", flush=True)
    server.serve_forever()
