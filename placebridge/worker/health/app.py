"""The three pages, as a WSGI application. They say nothing that a stranger may not read."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, make_wsgi_app

from placebridge.worker.at_work import AtWork
from placebridge.worker.health.metrics import Metrics
from placebridge.worker.health.patience import Overdue, Patience
from placebridge.worker.standing import late_after
from store import migrate
from store.migrate import NewerDatabase

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SECONDS = 2.0
"""So long the database may take to answer."""

Said = tuple[HTTPStatus, str]


def health_app(work: AtWork) -> "WSGIApplication":
    """GET /healthz, /readyz and /metrics; all else is not found."""
    registry = CollectorRegistry()
    registry.register(Metrics(work))
    metrics = make_wsgi_app(registry)
    database = Patience(lambda: _schema(work), SECONDS)
    pages: dict[str, Callable[[], Said]] = {"/healthz": lambda: _health(work), "/readyz": lambda: _ready(database)}

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if path == "/metrics":
            answer: Any = metrics(environ, start)
            return [] if method == "HEAD" else answer
        status, line = pages.get(path, _nothing)() if method in {"GET", "HEAD"} else _nothing()
        body = f"{line}\n".encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start(f"{status.value} {status.phrase}", headers)
        return [] if method == "HEAD" else [body]

    return app


def _nothing() -> Said:
    return HTTPStatus.NOT_FOUND, "there are /healthz, /readyz and /metrics"


def _health(work: AtWork) -> Said:
    age, limit = work.beat_age(), late_after(work.settings)
    if age < limit:
        return HTTPStatus.OK, "well"
    return HTTPStatus.SERVICE_UNAVAILABLE, f"the newest beat was {age:.0f} seconds ago, and is late after {limit:.0f}; restart the worker"


def _ready(database: "Patience[str]") -> Said:
    try:
        trouble = database.wait()
    except Overdue:
        trouble = f"the database does not answer within {SECONDS:g} seconds"
    except NewerDatabase:
        trouble = "the database was written by a newer version of Placebridge; install that version"
    except Exception:  # its words may hold a host's or a user's name
        trouble = "the database cannot be reached; `placebridge doctor` says why"
    return (HTTPStatus.SERVICE_UNAVAILABLE, trouble) if trouble else (HTTPStatus.OK, "ready")


def _schema(work: AtWork) -> str:
    """What is wrong with the database; empty: nothing."""
    if work.store.file is not None and not work.store.file.exists():  # SQLite would make an empty one
        return "the database's file is gone"
    return "the database is older than this program; run `placebridge upgrade`" if migrate.needs_upgrade(work.store) else ""
