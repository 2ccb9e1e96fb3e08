"""Runs due runs in processes of their own and watches over them."""

import contextlib
import multiprocessing
import threading
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import Any

import structlog

from jobs.schedules.due import STALLED
from placebridge.worker import child
from placebridge.worker.run import Order

log = structlog.get_logger("placebridge.worker")

LOOK_SECONDS = 0.25
LAST_GRACE = 1.0
"""Seconds in which a process that was to end itself has to be gone."""


@dataclass(frozen=True)
class Death:
    """A run's process ended without having written what became of the run."""

    message: str


class Supervisor:
    """Starts a process for each run. One supervisor serves a worker; `run` may be called by several threads."""

    def __init__(self, stall_seconds: float) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(child.PRELOADED)
        self._stall_seconds = stall_seconds
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Asks every run to stop, for good: each ends within `child.GRACE` seconds."""
        self._stopping.set()

    def run(self, order: Order) -> int | Death:
        """Carries out a due run; the exit code of its process, or how it died. Returns at once when the supervisor was stopped."""
        if self._stopping.is_set():
            return child.STOPPED
        reader, writer = self._context.Pipe(duplex=False)
        progress = self._context.Value("d", time.monotonic())
        process = self._context.Process(target=child.main, args=(order, reader, progress), name=f"run {order.connection}")
        process.start()
        reader.close()
        try:
            return self._watched(process, writer, progress)
        finally:
            writer.close()

    def _watched(self, process: BaseProcess, writer: Any, progress: Any) -> int | Death:
        told: float | None = None
        while process.is_alive():
            process.join(LOOK_SECONDS)
            if self._stopping.is_set() and told is None:
                told = time.monotonic()
                _tell(writer)
            if told is not None and time.monotonic() - told > child.GRACE + LAST_GRACE:
                process.kill()
            if time.monotonic() - progress.value > self._stall_seconds:
                process.kill()
                process.join()
                return Death(f"{STALLED} {self._stall_seconds / 60:g} minutes, so it was ended")
        return _code_of(process.exitcode)


def _tell(writer: Any) -> None:
    with contextlib.suppress(OSError):  # it has just ended
        writer.send("stop")


def _code_of(code: int | None) -> int | Death:
    if code in {0, child.STOPPED, child.LOCKED}:
        return code or 0
    if code is not None and code < 0:
        return Death(f"its process was ended by signal {-code}" + (" (was memory short?)" if code == -9 else ""))
    return Death("its process failed; the log says more")
