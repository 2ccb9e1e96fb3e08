"""A real Tryton on this machine: installed once from PyPI into an environment of its own, its database made once and copied for each start."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

HOME = Path(__file__).resolve().parents[3] / ".venv-peers" / "tryton"
PACKAGES = ["trytond==8.2.*", "trytond-party==8.2.*", "trytond-party-relationship==8.2.*"]
KEY = """
import sys
from trytond.config import config
config.update_etc(sys.argv[1])
from trytond.pool import Pool
from trytond.transaction import Transaction
Pool.start()
pool = Pool("crm")
pool.init()
with Transaction().start("crm", 1):
    Application = pool.get("res.user.application")
    (made,) = Application.create([{"user": 1, "application": "rest", "state": "validated"}])
    print(made.key)
"""


class NoTryton(Exception):
    """It could not be installed; the message says why."""


@dataclass
class Tryton:
    """A running server."""

    url: str
    """Up to and with the database's name."""
    key: str

    def create(self, model: str, **fields: Any) -> int:
        """A new record's id."""
        return self._send("POST", f"{model}", fields)["id"]

    def change(self, model: str, id: int, **fields: Any) -> None:
        self._send("PUT", f"{model}/{id}", fields)

    def delete(self, model: str, id: int) -> None:
        self._send("DELETE", f"{model}/{id}", None)

    def _send(self, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/rest/model/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None


@contextmanager
def running(folder: Path) -> Iterator[Tryton]:
    """A server with an empty company on a free port; its files go into `folder`. Raises NoTryton."""
    template = _prepared()
    shutil.copy(template / "crm.sqlite", folder / "crm.sqlite")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = _config(folder, port)
    log = (folder / "log").open("w")
    server = subprocess.Popen([HOME / "bin" / "trytond", "-c", config, "-d", "crm"], stdout=log, stderr=log)
    try:
        _await(port, server, folder / "log")
        yield Tryton(f"http://127.0.0.1:{port}/crm", (template / "key").read_text().strip())
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _prepared() -> Path:
    """The folder of the database that is copied; what is missing is made, by one process at a time."""
    HOME.parent.mkdir(exist_ok=True)
    template = HOME / "template"
    with FileLock(f"{HOME}.lock"):
        if not (HOME / "bin" / "trytond").exists():
            _run([sys.executable, "-m", "venv", str(HOME)], "making an environment")
            _run([str(HOME / "bin" / "pip"), "install", "-q", *PACKAGES], "installing Tryton")
        if not (template / "key").exists():
            shutil.rmtree(template, ignore_errors=True)
            template.mkdir()
            _make_database(template)
    return template


def _make_database(template: Path) -> None:
    (template / "password").write_text("not-a-secret-1")
    (template / "crm.sqlite").touch()
    config = _config(template, 0)
    admin = [str(HOME / "bin" / "trytond-admin"), "-c", str(config), "-d", "crm"]
    passfile = {"TRYTONPASSFILE": str(template / "password")}
    _run([*admin, "--all", "--email", "a@example.org"], "making its database", passfile)
    _run([*admin, "-u", "party", "party_relationship", "--activate-dependencies"], "activating its modules", passfile)
    key = _run([str(HOME / "bin" / "python"), "-c", KEY, str(config)], "making its key")
    (template / "key").write_text(key.split()[-1])


def _config(folder: Path, port: int) -> Path:
    path = folder / "trytond.conf"
    path.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n")
    return path


def _run(command: list[str], doing: str, more: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(more or {})}, timeout=300)
    if done.returncode:
        raise NoTryton(f"{doing} failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def _await(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise NoTryton(f"it stopped at once: {log.read_text().strip().splitlines()[-1:]}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise NoTryton("it does not answer")
