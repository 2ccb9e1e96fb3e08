"""Faults as a person reads them, and the exit code of each."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from connector.contract import ConnectorError
from mappings.field_map import FieldMapError
from placebridge.settings import ConfigError
from store.database import StoreError
from store.lease import SCHEDULER, STAGES, WHOLE
from store.lock import Locked

FAILED, USAGE, LOCKED = 1, 2, 75


class UserError(Exception):
    """Something that the user can mend at once: a wrong name, a file that is not there."""


def code_of(fault: Exception) -> int:
    """The exit code of the command line's contract."""
    if isinstance(fault, Locked):
        return LOCKED
    return USAGE if isinstance(fault, ConfigError | FieldMapError | UserError) else FAILED


def message_of(fault: Exception) -> str:
    """What to tell the user, and what to do about it."""
    if isinstance(fault, Locked) and fault.name == "migrate":
        return "another process is upgrading this database; try again when it has ended"
    if isinstance(fault, Locked):
        return f"{_busy(str(fault))}; try again when it has ended (`placebridge runs` shows it)"
    if isinstance(fault, ConfigError | FieldMapError | UserError | StoreError | ConnectorError):
        return str(fault)
    if isinstance(fault, OSError):
        return f"{fault.filename or 'a file'}: {(fault.strerror or 'cannot be used').lower()}; correct the name or its permissions"
    if isinstance(fault, SQLAlchemyError):
        cause = fault.orig if isinstance(fault, DBAPIError) and fault.orig else fault
        first = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
        return f"the database refused: {first}; nothing half done was kept, so the command can be run again"
    return f"an unforeseen fault ({type(fault).__name__}); run the command again with PLACEBRIDGE_TRACEBACK=1 set and report what it prints"


def _busy(name: str) -> str:
    """What is under way, by the name of its lease."""
    if name == STAGES:
        return "a sync or the worker is bringing the flags of this database up to date"
    if name == SCHEDULER:
        return "a worker is running on this database"
    if name in {WHOLE, "keeping"}:
        return "another command is changing this database"
    return f"another sync of this database, or its worker, is reading {name}"
