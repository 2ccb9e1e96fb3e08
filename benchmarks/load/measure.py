"""Runs a command as a process of its own and tells what it cost."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """Wall clock and CPU in seconds, peak memory in MB, of a process and its children."""

    wall: float
    cpu: float
    memory: float


def cost_of(command: list[str], environment: dict[str, str] | None = None) -> Cost:
    """Runs it to its end. Raises RuntimeError with what it said where it failed."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{said[-2000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def python(module: str, *words: str) -> list[str]:
    """The command that runs one of our modules."""
    return [sys.executable, "-m", module, *words]
