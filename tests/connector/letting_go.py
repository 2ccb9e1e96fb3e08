"""Whether a connector lets go of a page that it has handed on."""

import gc

from connector.contract import Connector, Entity, Page
from connector.http import Answer


def held_after_each_page(connector: Connector, entity: Entity) -> list[int]:
    """Reads an entity, keeping nothing, and counts after each page the pages and answers that somebody still holds."""
    gc.collect()
    before = _held()
    return [_held() - before for _ in map(type, connector.pull(entity, None))]


def _held() -> int:
    return sum(isinstance(found, Page | Answer) for found in gc.get_objects())
