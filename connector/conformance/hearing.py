"""All that could give a secret away: every log record in full, and everything that an error can show."""

import logging
import traceback


class Heard(logging.Handler):
    """Hears every record that is logged while it is entered, with all of its attributes."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self._before = logging.NOTSET

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the record."""
        self.lines.append(f"{self.format(record)} {vars(record)!r}")

    def __enter__(self) -> "Heard":
        logger = logging.getLogger()
        self._before = logger.level
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)
        return self

    def __exit__(self, *args: object) -> None:
        logging.getLogger().removeHandler(self)
        logging.getLogger().setLevel(self._before)


def everything_of(error: BaseException) -> str:
    """Text, repr, traceback with the locals of every frame, and those of the errors behind it."""
    shown: list[str] = []
    current: BaseException | None = error
    while current is not None:
        trace = traceback.TracebackException.from_exception(current, capture_locals=True)
        shown += [str(current), repr(current), repr(vars(current)), *trace.format()]
        current = current.__cause__ or current.__context__
    return "\n".join(shown)
