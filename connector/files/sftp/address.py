"""An SFTP folder as the settings write it: sftp://user@host:port/folder."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

FORM = "sftp://user@host/folder"


@dataclass(frozen=True)
class Address:
    """Whose folder on which server."""

    user: str
    host: str
    port: int
    folder: str
    """As the server reads it: absolute, or relative to where the user arrives."""

    def __str__(self) -> str:
        """As the settings write it, without defaults."""
        port = "" if self.port == 22 else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"sftp://{self.user}@{host}{port}{self.folder if self.folder.startswith('/') else f'/~/{self.folder}'}"


def address_of(text: str) -> Address:
    """Reads the setting. `/~/folder` is relative to where the user arrives. Raises ValueError with what to write instead."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port or 22
    except ValueError:
        raise ValueError(f"is no address; write {FORM}, with a port as in {FORM.replace('/folder', ':2222/folder')}") from None
    if parts.scheme.lower() != "sftp":
        raise ValueError(f"cannot be read over {parts.scheme}; give a folder, or {FORM}")
    if parts.password is not None:
        raise ValueError("holds a password; write it as PASSWORD, where nobody prints it")
    if parts.query or parts.fragment:
        raise ValueError("holds a ? or #; write them as %3F and %23")
    if not parts.username or not parts.hostname:
        raise ValueError(f"names no {'host' if parts.username else 'user'}; write {FORM}")
    folder = unquote(parts.path)
    if "\0" in folder or ".." in folder.split("/"):
        raise ValueError("holds .. in its folder; write the folder itself")
    if folder == "/~" or folder.startswith("/~/"):
        folder = folder[3:] or "."
    return Address(unquote(parts.username), parts.hostname, port, folder.rstrip("/") or "/")
