"""A due run in a process of its own: its work starves no heartbeat, its memory goes back when it ends, and a crash is its own."""

import contextlib
import os
import signal
import threading
import time
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

import structlog
from sqlalchemy.exc import DBAPIError

from placebridge.faults import message_of
from placebridge.settings import ConfigError
from placebridge.worker.run import Order, carry_out
from store.database import StoreError
from store.lock import Locked

log = structlog.get_logger("placebridge.worker")

STOPPED, FAILED, LOCKED = 3, 1, 75
"""Exit codes."""
GRACE = 6.0
"""Seconds in which a run that was asked to stop ends by itself. One in the midst of a long transaction is then cut off, which undoes it."""
PRELOADED = [
    "placebridge.worker.child",
    "jobs.settling.settle",
    "connector.rest.kind",
    "connector.files.kind",
    "sqlalchemy.dialects.sqlite",
    "sqlmodel",
]
"""What the process that children come from has imported, so that a run begins at once."""


def main(order: Order, orders: Connection, progress: "Synchronized[float]") -> None:
    """A child's whole life. `orders`: any word, or its end, asks to stop. `progress`: the monotonic time of the newest sign of progress."""
    from placebridge.garbage import keep_for_good
    from placebridge.logs import configure

    configure(order.logs)
    asked = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal; the parent says what to do
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    threading.Thread(target=_listen, args=(orders, asked), name="orders", daemon=True).start()
    keep_for_good()

    def alive() -> None:
        progress.value = time.monotonic()

    try:
        carry_out(order, asked, alive)
    except Locked:
        raise SystemExit(LOCKED) from None
    except (
        StoreError,
        DBAPIError,
        ConfigError,
    ) as fault:  # the run could not write what became of it; its supervisor does, or the next look
        log.error("run was cut off", connection=order.connection, due=order.due_id, message=message_of(fault))
        raise SystemExit(FAILED) from None


def _listen(orders: Connection, asked: threading.Event) -> None:
    """Waits for the word to stop, or for the parent's death; then sees to it that this process ends."""
    with contextlib.suppress(EOFError, OSError):
        orders.recv()
    asked.set()
    time.sleep(GRACE)
    os._exit(STOPPED)
