"""The server of a worker's health: a port of its own, and threads of its own, as the work must not wait for it nor it for the work."""

import socket
import socketserver
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import structlog
from prometheus_client.exposition import ThreadingWSGIServer

from placebridge.worker.at_work import AtWork
from placebridge.worker.health.app import health_app

log = structlog.get_logger("placebridge.worker")

CLIENT_SECONDS = 10
"""Whoever says nothing for so long is hung up on."""


class Health:
    """A server under way, or none."""

    def __init__(self, server: "_Server | None" = None) -> None:
        self._server = server

    def close(self) -> None:
        """Serves no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Server(ThreadingWSGIServer):
    """A thread for each request."""

    def server_bind(self) -> None:
        """As HTTPServer does, but without asking the name service for this machine's name, which may take long."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()


class _ServerV6(_Server):
    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    timeout = CLIENT_SECONDS

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a line for each scrape would bury the others."""


def serve_health(work: AtWork) -> Health:
    """Serves the health of `work` as its settings say. Where that cannot be, it is logged, and the worker goes on without."""
    host, port = work.settings.health_host, work.settings.health_port
    if not port:
        return Health()
    kind = _ServerV6 if ":" in host else _Server
    try:
        server = make_server(host, port, health_app(work), kind, _Handler)
    except OSError as fault:
        why = (fault.strerror or "cannot be used").lower()
        to_do = "set PLACEBRIDGE_WORKER__HEALTH_HOST and PLACEBRIDGE_WORKER__HEALTH_PORT to an address that is free, or the port to 0"
        log.error("health is not served", host=host, port=port, why=why, to_do=to_do)
        return Health()
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    log.info("health is served", host=host, port=port)
    return Health(server)
