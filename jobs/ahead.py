"""Reading ahead: the next page is on its way, in a thread of its own, while one is being stored."""

import contextvars
import sys
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
TURN = 0.0005
"""Seconds after which a thread at work lets another go on. Python's own 5 ms are more than it takes to store a page, for which the database
is waited for a dozen times."""


@contextmanager
def ahead(pages: Iterator[T]) -> Iterator[Iterator[T]]:
    """The same pages in their order, of which one at most is on its way that nobody has asked for yet.

    What `pages` raises comes when its page's turn comes. At the end, whatever it was, nothing of `pages` is at work any more; only
    somebody who presses Ctrl-C does not wait for an answer that is on its way."""
    asked: SimpleQueue[bool] = SimpleQueue()
    found: SimpleQueue[Future[T | None]] = SimpleQueue()
    context = contextvars.copy_context()  # what the log says of every line
    # A daemon, as the process is not to wait for it after Ctrl-C.
    thread = threading.Thread(target=context.run, args=(_read, pages, asked, found), name="read-ahead", daemon=True)
    waits, turn = True, sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    thread.start()
    try:
        yield _taken(asked, found)
    except KeyboardInterrupt:
        waits = False
        raise
    finally:
        sys.setswitchinterval(turn)
        asked.put(False)
        if waits:
            thread.join()


def _read(pages: Iterator[T], asked: SimpleQueue[bool], found: SimpleQueue[Future[T | None]]) -> None:
    """Gives a page for each time that it is asked; None after the last."""
    while asked.get():
        found.put(_outcome(pages))
    if isinstance(pages, Generator):
        with suppress(Exception):  # nobody is there any more whom it could tell
            pages.close()


def _outcome(pages: Iterator[T]) -> Future[T | None]:
    outcome: Future[T | None] = Future()
    try:
        outcome.set_result(next(pages, None))
    except BaseException as fault:
        outcome.set_exception(fault)
    return outcome


def _taken(asked: SimpleQueue[bool], found: SimpleQueue[Future[T | None]]) -> Iterator[T]:
    def page() -> T | None:
        here = found.get().result()
        if here is not None:
            asked.put(True)
        return here

    asked.put(True)
    return iter(page, None)
