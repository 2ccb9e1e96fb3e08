"""The kind `files`: a folder of exports, here or on an SFTP server."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from connector.contract import StopConnection
from connector.files.connector import FilesConnector
from connector.files.place import Place
from connector.files.sftp.address import FORM, Address, address_of
from connector.files.sftp.host_key import FORM as KEY_FORM
from connector.files.sftp.host_key import host_key_of
from connector.kind import Context, Kind, KindSettings


def _place(given: Any) -> Any:
    """A text with a scheme is an address, any other a path here."""
    return address_of(given) if isinstance(given, str) and "://" in given else given


def _known_key(text: str) -> str:
    host_key_of(text)
    return text


class FilesSettings(KindSettings):
    """Where the exports are, how to get at them, and what becomes of them."""

    path: Annotated[Path | Address, BeforeValidator(_place)] = Field(description=f"the folder that holds the exports, or {FORM}")
    after: Literal["leave", "archive"] = Field("leave", description="leave or archive")
    password: SecretStr | None = Field(None, description="the SFTP user's password, or the private key's passphrase")
    private_key: Path | None = Field(None, description="the file of the SFTP user's private key")
    host_key: Annotated[str, AfterValidator(_known_key)] | None = Field(None, description=KEY_FORM)


def _open(settings: FilesSettings, context: Context) -> FilesConnector:
    place = _remote(settings, settings.path, context) if isinstance(settings.path, Address) else _local(settings, settings.path, context)
    return FilesConnector(place, archive=settings.after == "archive", clock=context.clock)


def _local(settings: FilesSettings, path: Path, context: Context) -> Path:
    given = [name.upper() for name in ("password", "private_key", "host_key") if getattr(settings, name) is not None]
    if given:
        raise StopConnection(f"{' and '.join(given)} {'is' if len(given) == 1 else 'are'} for SFTP; take it out, or write PATH={FORM}")
    return context.folder / path.expanduser()


def _remote(settings: FilesSettings, address: Address, context: Context) -> Place:
    from connector.files.sftp.keeping import remove_left_behind
    from connector.files.sftp.remote import RemoteFolder
    from connector.files.sftp.server import Server, SignIn  # paramiko takes long to import

    if settings.password is None and settings.private_key is None:
        raise StopConnection(f"nothing says how {address.user} signs in to {address.host}; write PASSWORD or PRIVATE_KEY")
    key = context.folder / settings.private_key.expanduser() if settings.private_key else None
    password = settings.password.get_secret_value() if settings.password else None
    remove_left_behind()
    server = Server(address, SignIn(password, key), host_key_of(settings.host_key) if settings.host_key else None)
    return RemoteFolder(server, context.clock)


KIND = Kind(FilesSettings, _open, "a folder of exports, here or over SFTP: CSV, TSV and XLSX")
