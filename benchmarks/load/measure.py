"""Runs a command as a process of its own and tells what it cost."""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Wall clock and CPU in seconds, peak memory in MB, of a process."""

    wall: float
    cpu: float
    memory: float


def cost_of(command: list[str], environment: dict[str, str] | None = None) -> Cost:
    """Runs it to its end. Raises RuntimeError with what it said where it failed."""
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=_as_installed() | (environment or {}), stdout=subprocess.DEVNULL, stderr=said)
        watch = _Memory(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed:\n{said.read()[-2000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, watch.peak())


def _as_installed() -> dict[str, str]:
    """This environment; but what is installed is compiled already, and is not compiled anew at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class _Memory(threading.Thread):
    """Looks at a process's own high water mark; the one that `wait4` tells includes what its parent held when it began."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status, self._highest = Path(f"/proc/{pid}/status"), 0
        self.start()

    def run(self) -> None:
        while True:
            try:
                found = re.search(r"^VmHWM:\s+(\d+) kB", self._status.read_text(), re.M)
            except OSError:
                return
            if found is None:
                return
            self._highest = max(self._highest, int(found[1]))
            time.sleep(0.02)

    def peak(self) -> float:
        self.join()
        return self._highest / 1024


def python(module: str, *words: str) -> list[str]:
    """The command that runs one of our modules."""
    return [sys.executable, "-m", module, *words]
