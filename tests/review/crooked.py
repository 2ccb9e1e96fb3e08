"""A stand-in of an OpenID provider that issues whatever ID token a test wants, well signed or not."""

import hmac
import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

KEYS = KeySet([RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}), RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})])


class Crooked:
    """What it publishes and issues; a test changes it."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.keys, self.asked = issuer, [KEYS.keys[0]], list[str]()
        self.document: dict[str, Any] = {
            "issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/keys",
        }  # fmt: skip
        self.claims: dict[str, Any] = {
            "iss": issuer, "aud": "placebridge", "sub": "olive", "name": "Olive Officer", "roles": ["officer"],
            "iat": int(time.time()), "exp": int(time.time()) + 600,
        }  # fmt: skip
        self.sign: Callable[[dict[str, Any]], str] = signed_by(KEYS.keys[0])
        self.token_answer: tuple[int, bytes] | None = None
        self.sent: dict[str, str] = {}
        self.known_as = ""

    def answer(self, path: str, body: bytes, headers: Any) -> tuple[int, bytes]:
        """Status and body of what is asked."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self.document).encode()
        if path == "/keys":
            return 200, json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()
        if path != "/token":
            return 404, b"{}"
        self.sent = {name: value[0] for name, value in parse_qs(body.decode()).items()}
        self.known_as = headers.get("Authorization", "")
        return self.token_answer or (200, json.dumps({"access_token": "t", "token_type": "Bearer", "id_token": self.sign(self.claims)}).encode())

    def secret_by_header(self) -> str:
        """The id and secret that a client sent as Basic, decoded as RFC 6749 2.3.1 has it."""
        return ":".join(unquote_plus(part) for part in b64decode(self.known_as.removeprefix("Basic ")).decode().split(":"))


def signed_by(key: Any, **header: str) -> Callable[[dict[str, Any]], str]:
    """A way to sign."""
    return lambda claims: jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key)


def unsigned(claims: dict[str, Any]) -> str:
    """`alg: none`."""
    return f"{_signing_input('none', claims)}."


def signed_by_the_public_key(claims: dict[str, Any]) -> str:
    """HS256 with the public key as the shared secret: the classic confusion."""
    text = _signing_input("HS256", claims)
    return f"{text}.{_encoded(hmac.digest(KEYS.keys[0].as_pem(private=False), text.encode(), 'sha256'))}"


def _signing_input(algorithm: str, claims: dict[str, Any]) -> str:
    return ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": algorithm, "kid": "first"}, claims))


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def crooked_provider() -> Iterator[Crooked]:
    """One that is served on this machine."""
    held: list[Crooked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            status, body = held[0].answer(self.path.partition("?")[0], self.rfile.read(length), self.headers)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *words: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        held.append(Crooked(f"http://127.0.0.1:{server.server_port}"))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield held[0]
        finally:
            server.shutdown()
            thread.join()
