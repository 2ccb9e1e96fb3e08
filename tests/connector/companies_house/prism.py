"""Prism, a mock server of OpenAPI descriptions, and the description of Companies House that it serves; both come from npm.

They are installed once into .peers/ at the project's root, by `TESTS_NEED_PRISM=1 ./run test tests/connector/companies_house`."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
LOCK = HERE / "package-lock.json"
FOLDER = ROOT / ".peers" / f"companies-house-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
DESCRIPTION = FOLDER / "node_modules/@jxdltd/companies-house/dist/openapi.json"
NEEDED = "TESTS_NEED_PRISM"


class NoPrism(Exception):
    """Prism is not installed here."""


def installed() -> Path:
    """The folder that holds Prism, installed first where TESTS_NEED_PRISM says so. Raises NoPrism where it is not there."""
    if not (FOLDER / "ready").exists():
        if not os.environ.get(NEEDED):
            raise NoPrism(f"Prism is not installed; {NEEDED}=1 installs it into .peers/ with npm")
        FOLDER.mkdir(parents=True, exist_ok=True)
        with FileLock(FOLDER.with_suffix(".lock")):
            _install()
    return FOLDER


def _install() -> None:
    if (FOLDER / "ready").exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise NoPrism("there is no npm here; install Node.js 20 or newer (Debian's packages nodejs and npm)")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, FOLDER / name)
    done = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True)
    if done.returncode:
        raise NoPrism(f"npm could not install Prism: {done.stderr.strip()[-2000:]}")
    (FOLDER / "ready").touch()


def description() -> dict[str, Any]:
    """The OpenAPI description. Raises NoPrism."""
    installed()
    return dict(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


@contextmanager
def serving() -> Iterator[str]:
    """The address of a running Prism. Raises NoPrism."""
    node, program = shutil.which("node") or "node", installed() / "node_modules/@stoplight/prism-cli/dist/index.js"
    words = [node, str(program), "mock", str(DESCRIPTION), "-p", "0", "-h", "127.0.0.1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            yield _address(running)
        finally:
            running.kill()


def _address(running: "subprocess.Popen[str]") -> str:
    said = []
    for line in running.stdout or ():
        said.append(line)
        if found := re.search(r"listening on (http://127\.0\.0\.1:\d+)", line):
            return found[1]
    raise NoPrism(f"Prism did not start: {''.join(said)[-2000:]}")
