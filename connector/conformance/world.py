"""What a connector's author gives the suite: a system to read from, or a stand-in for it, and how it is changed."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from connector.contract import Connector, Entity, Value


class World(ABC):
    """A system that is empty at first. What a system has not (merges, a sign-in) is left as it is here, and its tests are skipped."""

    size = 8
    """How many rows the suite puts into each entity. Read them in at least three pages: make the stand-in's page size 3."""

    @abstractmethod
    def connector(self) -> Connector:
        """A connector that was opened anew, as the next run opens one."""

    @abstractmethod
    def entities(self) -> Sequence[Entity]:
        """The entities that are read. Each has `ids`, and columns beside them."""

    @abstractmethod
    def put(self, entity: Entity, source_id: str, fields: dict[str, Value]) -> None:
        """Creates the row or changes it to these cells. `fields` has every column but those of `ids` and `changed`."""

    @abstractmethod
    def delete(self, entity: Entity, source_id: str) -> None:
        """Removes the row."""

    def merge(self, entity: Entity, loser: str, survivor: str) -> str | None:
        """Joins two rows, for systems that tell of it: the loser is gone, what pointed to it means the survivor, whose cells stay. Returns
        the id of what came of it where that is a new one: then the survivor has merged into it too."""
        raise NotImplementedError

    def advance(self, seconds: float) -> None:  # noqa: B027 (optional)
        """Lets time go by, for the system and for the connector. The suite calls it between what it does."""

    def break_sign_in(self) -> None:
        """From now on nobody is let in with the connection's settings."""
        raise NotImplementedError

    def secrets(self) -> Sequence[str]:
        """Every password, key and token there is: what may be seen in no message, cursor, address or log."""
        return ()

    def requests(self) -> Sequence[bytes]:
        """Every request that was sent to the system, as it came."""
        return ()

    def new_id(self, entity: Entity, number: int) -> str:
        """The source_id of the row of that number, as the system would give it."""
        return f"id-{number}"

    def fields(self, entity: Entity, number: int) -> dict[str, Value]:
        """Cells that are told apart by the number: what is put, and what the connector's rows must hold."""
        own = {*entity.ids, entity.changed}
        return {column: f"{column} {number}" for column in entity.columns if column not in own}

    def close(self) -> None:  # noqa: B027 (optional)
        """Called after each test."""

    def offers(self, method: str) -> bool:
        """Whether a method that is optional was written."""
        return getattr(type(self), method) is not getattr(World, method)
