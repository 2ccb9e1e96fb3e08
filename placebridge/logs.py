"""The log of the background service: one line for each event on standard error, as JSON or for people, with no secret and no person in it.

Our own lines and those of libraries go through one door, which takes out what should not be there (`jobs/scrub.py`), tells an exception
without the values that it holds, and adds the ids that are bound where the work goes on (run, connection, worker).
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import IO, Any

import orjson
import structlog
from sqlalchemy.exc import DBAPIError
from structlog.typing import EventDict, Processor, WrappedLogger

from jobs.scrub import HIDDEN, is_secret, scrub

OURS = ("connector", "mappings", "store", "jobs", "placebridge")
"""Of these rooms INFO and above is told; of libraries WARNING and above."""
LONGEST = 4000
"""Characters of a text."""
DEEPEST = 4
FRAMES = 20
NOT_WRITTEN = "a line of the log could not be written"
CONTROL = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")
"""What could forge a line of its own, or steer a terminal."""
STANDARD = frozenset([*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"])
"""A record's own attributes: what else it has came by `extra`."""


def configure(form: str, stream: IO[str] | None = None) -> None:
    """Sets up all logging of this process. `form`: json, people, or auto, which is for people on a terminal and JSON elsewhere.

    `stream`: standard error, unless said. Whoever logs before it is called, or in a command that never calls it, uses what Python has."""
    out = stream or sys.stderr
    for_people = form == "people" or (form == "auto" and out.isatty())
    ours: list[Processor] = [
        structlog.stdlib.filter_by_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.add_logger_name,
        *_both(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ]
    structlog.configure(ours, wrapper_class=structlog.stdlib.BoundLogger, logger_factory=structlog.stdlib.LoggerFactory())
    handler = _Handler(out)
    handler.addFilter(_is_told)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(for_people, out)],
            foreign_pre_chain=[_extras, *_both()],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for room in OURS:
        logging.getLogger(room).setLevel(logging.INFO)
    logging.captureWarnings(True)
    _catch_what_nobody_caught()


def _both() -> list[Processor]:
    """What every event passes, ours and a library's."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception,
        _scrubbed,
    ]


def _rendering(for_people: bool, out: IO[str]) -> list[Processor]:
    if for_people:
        return [_stack_as_text, structlog.dev.ConsoleRenderer(colors=out.isatty(), sort_keys=False)]
    return [structlog.processors.JSONRenderer(serializer=lambda event, **_: orjson.dumps(event).decode())]


class _Handler(logging.StreamHandler[IO[str]]):
    """Python's own would print a line that cannot be written with all its values."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name in the library
        with suppress(OSError, ValueError):
            line = {"event": NOT_WRITTEN, "level": record.levelname.lower(), "logger": record.name}
            self.stream.write(f"{orjson.dumps(line).decode()}\n")


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OURS


def _is_told(record: logging.LogRecord) -> bool:
    """A library's logger may have a level of its own."""
    return record.levelno >= logging.WARNING or _is_ours(record.name)


def _extras(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """The logger's name, and the facts of `extra` where the line is one of ours; of a library's nobody knows what they hold."""
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    if _is_ours(record.name):
        event.update({name: value for name, value in vars(record).items() if name not in STANDARD and name not in event})
    return event


def _exception(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """An exception as facts: its type, what we ourselves said, what it came from, and where; never a value or a line of code."""
    event.pop("stack_info", None)
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given and not isinstance(given, BaseException):
        given = sys.exc_info()[1]
    if not isinstance(given, BaseException):
        return event
    event["error"] = type(given).__name__
    if said := _said(given):
        event["said"] = said
    if causes := [type(cause).__name__ for cause in _causes(given)]:
        event["caused_by"] = causes
    frames = list(traceback.walk_tb(given.__traceback__))[-FRAMES:]
    event["stack"] = [f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}" for frame, line in frames]
    return event


def _said(fault: BaseException) -> str:
    """What may be repeated of an exception: our own words, a database's code, the system's name of the error. Others' texts hold values."""
    if _is_ours(type(fault).__module__):
        return str(fault)
    if isinstance(fault, DBAPIError):
        names = ("sqlstate", "sqlite_errorname")
        constraint = getattr(getattr(fault.orig, "diag", None), "constraint_name", None)
        found = [getattr(fault.orig, name, None) for name in names]
        return " ".join(str(part) for part in (type(fault.orig).__name__, *found, constraint) if part)
    return (fault.strerror or "") if isinstance(fault, OSError) else ""


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """What the exception came from, nearest first."""
    seen = {id(fault)}
    while True:
        inner = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
        if inner is None or id(inner) in seen:
            return
        seen.add(id(inner))
        yield inner
        fault = inner


def _scrubbed(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    meta = {name: event[name] for name in ("_record", "_from_structlog") if name in event}
    first = {name: event[name] for name in ("timestamp", "level", "event") if name in event}
    others = {name: value for name, value in event.items() if name not in meta and name not in {"timestamp", "level"}}
    return first | _mapping(others, 0) | meta


def _mapping(given: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    return {_text(str(name)): HIDDEN if value and is_secret(str(name)) else _plain(value, depth) for name, value in given.items()}


def _plain(value: object, depth: int) -> Any:
    """A value as JSON has it. Of an object only its type is told: its text may hold anything."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    if isinstance(value, str):
        return _text(value)
    if depth < DEEPEST and isinstance(value, Mapping):
        return _mapping(value, depth + 1)
    if depth < DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner, depth + 1) for inner in value]
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return f"<{type(value).__name__}>"


def _text(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode().translate(CONTROL)
    return scrub(whole)[:LONGEST]


def _stack_as_text(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    if isinstance(stack := event.get("stack"), list):
        event["stack"] = "\n".join(f"  {frame}" for frame in stack)
    return event


def _catch_what_nobody_caught() -> None:
    """Python would print the exception with its text: here, in a thread, and in a finaliser."""
    log = logging.getLogger("placebridge")

    def ended(kind: type[BaseException], fault: BaseException, _trace: object) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("ended by an unforeseen fault", exc_info=fault)

    def thread_ended(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
            log.error("a thread ended by an unforeseen fault", exc_info=told.exc_value)

    def unraisable(told: Any) -> None:
        if told.exc_value is not None:
            log.warning("a fault while something was let go of", exc_info=told.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = ended, thread_ended, unraisable
