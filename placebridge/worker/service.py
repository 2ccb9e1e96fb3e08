"""`placebridge worker`: from its start to a clean stop."""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Protocol

import structlog

from placebridge import __version__
from placebridge.garbage import keep_and_serve
from placebridge.logs import configure
from placebridge.settings import DEFAULT_FILE, ConfigError
from placebridge.settings import load as load_settings
from placebridge.worker import systemd
from placebridge.worker.at_work import AtWork
from placebridge.worker.health.server import serve_health
from placebridge.worker.local import LocalEngine
from placebridge.worker.run import configured
from placebridge.worker.telling import Telling
from store import migrate
from store.database import Database
from store.lock import demand_writable

log = structlog.get_logger("placebridge.worker")


def serve(file: Path | None) -> int:
    """Works until it is asked to stop (SIGTERM, or Ctrl-C). Raises ConfigError and StoreError for what keeps it from beginning."""
    asked = threading.Event()
    _listen(asked)
    config = load_settings(file)
    configure(config.settings.worker.logs)
    store = Database(config.database_url)
    demand_writable(store)
    migrate.upgrade(store)
    work = AtWork(file or Path(DEFAULT_FILE), config, store, asked)
    if not any(configured(config).values()):
        log.warning("no connection has a schedule in the settings; `placebridge schedule set` gives one")
    engine = _engine(work)
    engine.start()
    health, telling = serve_health(work), Telling(work)
    telling.start()
    log.info("worker begins", worker=work.id, version=__version__, engine=config.settings.worker.engine)
    systemd.notify("READY=1", "STATUS=at work")
    keep_and_serve()
    asked.wait()
    health.close()
    telling.stop()
    _stop(work, engine)
    return 0


class Engine(Protocol):
    """What keeps time and starts runs."""

    def start(self) -> None:
        """Begins. Returns at once."""

    def stop(self) -> None:
        """Ends, within ten seconds. The supervisor was told before."""


def _engine(work: AtWork) -> Engine:
    """The engine that the settings name. Raises ConfigError where it cannot be had."""
    if work.settings.engine == "local":
        return LocalEngine(work)
    if work.store.is_sqlite:
        raise ConfigError(
            ["PLACEBRIDGE_WORKER__ENGINE=procrastinate needs PostgreSQL; set PLACEBRIDGE_DATABASE_URL, or the engine to local"]
        )
    try:
        from placebridge.worker.distributed import DistributedEngine
    except ModuleNotFoundError:
        raise ConfigError(
            ["PLACEBRIDGE_WORKER__ENGINE=procrastinate needs a package more; install it with: pip install 'placebridge[distributed]'"]
        ) from None
    return DistributedEngine(work)


def _listen(asked: threading.Event) -> None:
    # As the first process of a container there is no default for SIGTERM: without a handler it would be ignored.
    def stop(number: int, frame: FrameType | None) -> None:
        asked.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _stop(work: AtWork, engine: Engine) -> None:
    systemd.notify("STOPPING=1", "STATUS=stopping between two pages")
    log.info("worker stops", worker=work.id)
    work.stopping = True
    work.supervisor.stop()
    engine.stop()
    work.sign_off()
    work.store.close()
    log.info("worker stopped", worker=work.id)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1 if work.outdated else 0)  # a beat that waits for the database must not hold up the end
