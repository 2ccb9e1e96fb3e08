"""A program that logs what should not be logged, in the form that it is told: `log_lines.py FORM`. The tests read what comes out."""

import logging
import sqlite3
import sys
import threading
import warnings

import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from placebridge.logs import configure
from store.database import StoreError

SECRET, PERSON, MAIL, PHONE = "tok-of-a-log-4711", "Quilla Haven", "quilla.haven@council.example", "0191 496 0000"


class Holder:
    def __repr__(self) -> str:
        return f"Holder({SECRET}, {PERSON})"


def through_structlog() -> None:
    log = structlog.get_logger("placebridge.worker").bind(connection="council", due=7)
    log.info("run begins", attempt=1)
    log.info("secrets by name", token=SECRET, client_secret=SECRET, api_key=SECRET, nested={"password": SECRET, "rows": 5})
    log.info(
        "in a text",
        url=f"https://x.example/y?hapikey={SECRET}&page=2",
        header=f"Authorization: Bearer {SECRET}",
        user=f"https://u:{SECRET}@x/",
    )
    log.info("people", mail=MAIL, phone=PHONE, holder=Holder(), several=[Holder(), 3])
    log.info("a line\nthat forges\r\nanother\x1b[31m", found={"a": 1})
    log.info("with an argument: %s", 5)
    structlog.contextvars.bind_contextvars(run=12)
    log.warning("bound for all that follows")
    structlog.contextvars.clear_contextvars()


def through_logging() -> None:
    ours, other = logging.getLogger("jobs.notices"), logging.getLogger("somebody.else")
    ours.info("ours, with facts", extra={"notice": "k1", "secret": SECRET})
    ours.debug("too small")
    other.info("a library's small talk %s", SECRET)
    other.setLevel(logging.DEBUG)
    other.debug("even where its own level is lower")
    other.warning("a library warns of token=%s", SECRET, extra={"row": PERSON})
    warnings.warn(f"old use, token={SECRET}", DeprecationWarning, stacklevel=1)


def faults() -> None:
    log = structlog.get_logger("placebridge.worker")
    try:
        try:
            raise KeyError(f"{PERSON} {SECRET}")
        except KeyError as cause:
            raise StoreError("the database is full") from cause
    except StoreError:
        log.exception("ours fails")
    try:
        int(f"{PERSON}")
    except ValueError as fault:
        logging.getLogger("jobs").error("a library fails", exc_info=fault)
    try:
        with create_engine("sqlite://").connect() as connection:
            connection.execute(text("SELECT :who FROM nowhere"), {"who": PERSON})
    except DBAPIError:
        log.exception("the database fails")
    except sqlite3.Error:
        raise
    thread = threading.Thread(target=lambda: int(PERSON), name="odd")
    thread.start()
    thread.join()


def main(form: str) -> None:
    configure(form)
    warnings.simplefilter("always")
    through_structlog()
    through_logging()
    faults()
    raise ValueError(f"the end of {PERSON} and {SECRET}")


if __name__ == "__main__":
    main(sys.argv[1])
