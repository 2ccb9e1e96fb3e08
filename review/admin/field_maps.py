"""The field map of a connection that holds now: the version that was saved, or its file."""

from jobs import versions
from jobs.comparing import text_of
from jobs.refused import Refused
from jobs.setup import Configured
from jobs.versions import FIELD_MAP
from mappings.field_map import FieldMap
from review.site import Site


def text_in_force(site: Site, of: Configured) -> str:
    """Its text; empty where its file cannot be read."""
    newest = next(iter(versions.history(site.store, FIELD_MAP, of.name)), None)
    if newest is not None and newest.text is not None:
        return newest.text
    return text_of(of.map_file) or ""


def map_in_force(site: Site, of: Configured) -> FieldMap:
    """The field map itself. Raises Refused where it has mistakes or there is none."""
    if of.map_file is None:
        raise Refused(f"{of.name} is a register, which has no field map")
    text = text_in_force(site, of)
    try:
        found = versions.checked(FIELD_MAP, text, of.map_file.name)
    except ValueError as fault:
        raise Refused(f"The field map has mistakes: {fault}. Mend them under Field map") from None
    if not isinstance(found, FieldMap):
        raise TypeError(found)
    return found
