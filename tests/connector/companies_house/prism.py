"""Prism, a mock server of OpenAPI descriptions, and the description of Companies House that it serves; both come from npm.

They are installed once into .peers/ at the project's root, by `TESTS_NEED_PRISM=1 ./run test tests/connector/companies_house`."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.npm_peers import NpmPeer

HERE = Path(__file__).parent
DESCRIPTION = "node_modules/@jxdltd/companies-house/dist/openapi.json"
NEEDED = "TESTS_NEED_PRISM"


class NoPrism(Exception):
    """Prism is not installed here."""


PEER = NpmPeer("Prism", "companies-house", HERE, NEEDED, NoPrism)


def description() -> dict[str, Any]:
    """The OpenAPI description. Raises NoPrism."""
    return dict(json.loads((PEER.installed() / DESCRIPTION).read_text(encoding="utf-8")))


@contextmanager
def serving() -> Iterator[str]:
    """The address of a running Prism. Raises NoPrism."""
    node, folder = shutil.which("node") or "node", PEER.installed()
    program = folder / "node_modules/@stoplight/prism-cli/dist/index.js"
    words = [node, str(program), "mock", str(folder / DESCRIPTION), "-p", "0", "-h", "127.0.0.1"]
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
