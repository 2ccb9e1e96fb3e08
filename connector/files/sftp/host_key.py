"""The server's public key as the settings hold it: nothing is trusted because it was seen first."""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

TYPES = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
"""Kinds of keys, and the names by which each is asked for (RFC 8332: an RSA key signs with SHA-2)."""
FORM = "the server's line of known_hosts, as in ssh-ed25519 AAAA…, or its fingerprint, as in SHA256:…"


@dataclass(frozen=True)
class HostKey:
    """What the server must show."""

    fingerprint: str
    """SHA256:… as ssh-keygen prints it."""
    kind: str = ""
    """The kind of key; empty where only the fingerprint is known."""

    @property
    def asked_for(self) -> list[tuple[str, ...]]:
        """The kinds to ask the server for, one after the other: it may hold several keys and shows one."""
        return [TYPES[self.kind]] if self.kind else list(TYPES.values())

    def fits(self, key: bytes) -> bool:
        """Whether that is the key."""
        return fingerprint_of(key) == self.fingerprint


def fingerprint_of(key: bytes) -> str:
    """The fingerprint of a public key's bytes, as ssh-keygen prints it."""
    return f"SHA256:{b64encode(hashlib.sha256(key).digest()).decode().rstrip('=')}"


def host_key_of(text: str) -> HostKey:
    """Reads the setting: a fingerprint, a public key, or a whole line of known_hosts. Raises ValueError with what to write instead."""
    words = text.split()
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}=?", word):
            return HostKey(word.rstrip("="))
        if word in TYPES:
            return HostKey(fingerprint_of(_decoded(word, after)), word)
    raise ValueError(f"is no server's key; write {FORM}")


def _decoded(kind: str, text: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if not key.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
        raise ValueError(f"is not whole; copy all of {FORM}")
    return key
