"""oidc-provider, a certified OpenID provider, from npm.

It is installed once into .peers/ at the project's root, by `TESTS_NEED_OIDC=1 ./run test tests/review`."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import requests

from tests.npm_peers import NpmPeer

HERE = Path(__file__).parent
NEEDED = "TESTS_NEED_OIDC"
SECRET = "oidc-s3cret+/%4711"


class NoProvider(Exception):
    """The provider is not installed here."""


PEER = NpmPeer("oidc-provider", "oidc", HERE, NEEDED, NoProvider)


@dataclass(frozen=True)
class Peer:
    """A provider that runs. `site` is the address to which it sends people back."""

    issuer: str
    site: str

    def let_in(self, address: str, person: str) -> str:
        """Signs somebody in, as a browser would; returns the address that they are sent back to."""
        browser = requests.Session()
        answer = browser.get(address, timeout=10)
        for _ in range(4):
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            if form is None:
                raise AssertionError(f"the provider shows no form: {answer.text[:500]}")
            fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
            fields |= {"login": person, "password": "any"} if 'name="login"' in answer.text else {}
            answer = browser.post(urljoin(answer.url, unescape(form[1])), fields, timeout=10, allow_redirects=False)
            while answer.is_redirect:
                to = urljoin(answer.url, answer.headers["Location"])
                if to.startswith(self.site):
                    return to
                answer = browser.get(to, timeout=10, allow_redirects=False)
        raise AssertionError("the provider asks for ever")


@contextmanager
def serving(site: str = "", in_token: bool = True) -> Iterator[Peer]:
    """A running provider. `in_token`: whether names and roles stand in the ID token, or only in what userinfo tells. Raises NoProvider."""
    node, folder = shutil.which("node") or "node", PEER.installed()
    site = site or f"http://127.0.0.1:{_free_port()}"
    words = [node, str(HERE / "provider.mjs"), str(folder / "node_modules"), f"{site}/sign-in/back"]
    environment = {**os.environ, "IN_TOKEN": "1" if in_token else "0", "PORT": "0"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as running:
        try:
            yield Peer(_address(running), site)
        finally:
            running.kill()


def _address(running: "subprocess.Popen[str]") -> str:
    said = []
    for line in running.stdout or ():
        said.append(line)
        if found := re.search(r"listening on (http://127\.0\.0\.1:\d+)", line):
            return found[1]
    raise NoProvider(f"oidc-provider did not start: {''.join(said)[-2000:]}")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
