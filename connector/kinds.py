"""Kinds by name: those that ship, and those that other packages offer under the entry point group `placebridge.connectors`."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from connector.kind import AnyKind, Kind, LookupKind

GROUP = "placebridge.connectors"
OURS = ("files", "dataverse", "hubspot", "salesforce", "rest", "companies_house", "postcodes")
"""Each is a package of this folder whose module `kind` holds KIND."""


class UnknownKind(LookupError):
    """There is no connector of that kind, or the package that offers it does not work; the message says what to do."""


def names() -> list[str]:
    """Every kind there is, ours first."""
    return [*OURS, *sorted(name for name in _theirs() if name not in OURS)]


def kind_of(name: str) -> AnyKind:
    """The kind of that name. Only its own package is imported.

    Raises UnknownKind."""
    if name in OURS:
        found: AnyKind = import_module(f"connector.{name}.kind").KIND
        return found
    point = _theirs().get(name)
    if point is None:
        raise UnknownKind(f"is none of {', '.join(names())}; write one of them")
    try:
        loaded = point.load()
    except Exception as fault:  # what another's package raises is not ours to foresee
        raise UnknownKind(f"is offered by {point.value}, which does not load ({type(fault).__name__}: {fault}); install it anew") from None
    if not isinstance(loaded, Kind | LookupKind):
        raise UnknownKind(f"is offered by {point.value}, which is no connector.kind.Kind; ask whoever wrote it")
    return loaded


def _theirs() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
