"""Sends notices to ops in a thread of its own, so that a mail server that hangs holds up neither the beat nor a run."""

import threading
from contextlib import closing
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import DBAPIError

from jobs.notices.delivering import deliver
from placebridge import digests
from placebridge.faults import message_of
from placebridge.notices import channels_of
from placebridge.settings import Config, ConfigError
from placebridge.worker.at_work import AtWork
from store.database import Database, StoreError

log = structlog.get_logger("placebridge.worker")


class Telling:
    """Looks into the outbox at each beat. Every worker does: a notice is claimed before it is sent."""

    def __init__(self, work: AtWork) -> None:
        self._work = work
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="notices", daemon=True)

    def start(self) -> None:
        """Begins. Returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the notice that is under way, which is not waited for: it is noted or sent again."""
        self._ended.set()

    def _serve(self) -> None:
        with closing(Database(self._work.config.database_url)) as store:  # its own, as the worker's heeds the scheduler's lease
            before = ""
            while not self._ended.wait(self._work.settings.beat_seconds):
                trouble = _look(store, self._work.config)
                if trouble and trouble != before:
                    log.error("notices cannot be sent", message=trouble)
                before = trouble


def _look(store: Database, config: Config) -> str:
    """Sends what is due; what keeps it from that, if anything."""
    try:
        deliver(store, channels_of(config), datetime.now(UTC))
        digests.deliver(store, config, datetime.now(UTC))
    except (DBAPIError, StoreError, ConfigError, ValueError) as fault:
        return message_of(fault)
    return ""
