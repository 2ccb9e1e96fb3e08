"""What is to be read of one entity, put together from the block and the field map's top."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector.contract import Entity, StopEntity
from connector.http import Call
from connector.rest.columns import Path
from connector.rest.moments import since_value
from connector.rest.template import LEFT_OUT, Filling, Template
from connector.rest.words import Asking, Block, Changed, Deleted, Fields, Paging, Top, Total, merged


@dataclass(frozen=True)
class Ask:
    """One kind of request: `call` makes the one for a page."""

    what: str
    path: str
    method: str
    headers: Mapping[str, str]
    params: Mapping[str, Template]
    body: Template | None
    paging: Paging
    fields: Fields | None
    names: tuple[str, ...]
    """Of the fields to ask for."""
    rows: Path
    inside: Path
    total: Path | Total | None

    def call(self, filling: Filling) -> Call:
        """The request for what `filling` says: since, page, offset, cursor; the size and the fields are added."""
        full = {"size": self.paging.size, "fields": list(self.names) or None, **filling}
        params = [(name, text) for name, template in self.params.items() for text in template.texts(full)]
        params += self._asked_for()
        if self.paging.size_param:
            params.append((self.paging.size_param, str(full["size"])))
        place = full.get(self.paging.by)
        if self.paging.param and place is not None:
            params.append((self.paging.param, str(place)))
        body = self.body.json_value(full) if self.body else None
        body = None if body is LEFT_OUT else body
        return Call(self.path, self.what, self.method, tuple(params), self.headers, body, repeatable=True)

    def _asked_for(self) -> list[tuple[str, str]]:
        if self.fields is None or self.fields.param is None or not self.names:
            return []
        match self.fields.style:
            case "repeated":
                return [(self.fields.param, name) for name in self.names]
            case "json":
                return [(self.fields.param, json.dumps(self.names, ensure_ascii=False))]
        return [(self.fields.param, self.fields.separator.join(self.names))]

    def since(self, changed: Changed) -> "Ask":
        """The same for an incremental read."""
        return replace(self, params={**self.params, **changed.params}, body=changed.body or self.body)


@dataclass(frozen=True)
class Plan:
    """An entity's reads."""

    entity: Entity
    columns: tuple[Path, ...]
    ids: tuple[Path, ...]
    said: Block
    """The block's words with the top's."""
    rows: Ask
    gone: Ask | None
    """The sweep's or the list of deletions' request, where an incremental read needs one."""
    deleted: Deleted
    whole_because: str
    """Why there are only whole reads; empty where there are incremental ones."""
    key: str
    """Another where a cursor means nothing any more."""

    @property
    def what(self) -> str:
        return self.rows.what

    def incremental(self) -> Ask:
        """The request for changed rows; the plan has `changed`."""
        assert self.said.changed is not None  # noqa: S101 (whole_because says so otherwise)
        return self.rows.since(self.said.changed)

    def since(self, moment: float, now: float) -> Any:
        """A moment less the look-back, as the changed rows' request wants it."""
        changed = self.said.changed or Changed.model_construct()
        return since_value(moment - 60 * changed.lookback, now, changed.format, changed.zone)

    def gone_since(self, moment: float, now: float) -> Any:
        """The same for the list of deletions."""
        changed = self.said.changed or Changed.model_construct()
        form, zone = self.deleted.format or changed.format, self.deleted.zone or changed.zone
        return since_value(moment - 60 * changed.lookback, now, form, zone)


def plan(entity: Entity, top: Top, block: Block, base: str) -> Plan:
    """Raises StopEntity for what does not go together."""
    what = f"{entity.kind} from {entity.source}"
    said = Block.model_construct(**merged(top, block))
    columns = tuple(Path.read(column) for column in entity.columns)
    ids = tuple(Path.read(column) for column in entity.ids)
    deleted = said.deleted or Deleted(by="sweep")
    flag = [deleted.column] if deleted.column else []
    rows = _ask(what, entity.source, said, said.fields, _names(said.fields, [*columns, *flag], also=True), top)
    because = _whole_because(entity, said, deleted)
    gone = None
    if not because and entity.complete and deleted.by != "flag":
        gone = _gone(what, entity, said, deleted, _names(said.fields, ids, also=False), top)
    key = json.dumps([base, entity.source, entity.columns, entity.ids, entity.complete, repr(said)], default=str)
    return Plan(entity, columns, ids, said, rows, gone, deleted, because, hashlib.sha256(key.encode()).hexdigest()[:16])


def _whole_because(entity: Entity, said: Block, deleted: Deleted) -> str:
    if said.changed is None:
        return "nothing under connector.changed says how to ask for changes"
    if not entity.ids:
        return "its rows have no id"
    if deleted.by == "list" and len(entity.ids) > 1:
        return "its id is made of several columns, and deletions are listed by the CRM's own id"
    return ""


def _gone(what: str, entity: Entity, said: Block, deleted: Deleted, names: tuple[str, ...], top: Top) -> Ask:
    """A sweep asks as the rows are asked for, all but what `deleted` says otherwise; a list of deletions has its own words only."""
    if deleted.by == "sweep":
        own = {name: getattr(deleted, name) for name in Asking.model_fields if name in deleted.model_fields_set}
        merged_words = {name: getattr(said, name) for name in Asking.model_fields} | own | {"params": {**said.params, **deleted.params}}
        asking = Asking.model_construct(**merged_words)
        return _ask(what, deleted.path or entity.source, asking, said.fields, names, top, "connector.deleted")
    own = {name: getattr(deleted, name) for name in Asking.model_fields}
    for name in ("paging", "total", "rows", "order"):
        if name not in deleted.model_fields_set:
            own[name] = getattr(said, name)
    return _ask(what, deleted.path or "", Asking.model_construct(**own), None, (), top, "connector.deleted")


def _ask(what: str, path: str, asking: Asking, fields: Fields | None, names: tuple[str, ...], top: Top, at: str = "connector") -> Ask:
    paging = asking.paging
    if paging is None:
        raise StopEntity(f"{what}: connector.paging is missing; write how one page follows another, or by: none")
    _check_paging(what, at, asking, paging)
    order = asking.order if isinstance(asking.order, dict) else {}
    method = asking.method or ("POST" if asking.body else "GET")
    params = {**asking.params, **order}
    return Ask(what, path, method, top.headers, params, asking.body, paging, fields, names, asking.rows, asking.inside, asking.total)


def _check_paging(what: str, at: str, asking: Asking, paging: Paging) -> None:
    if paging.by in {"page", "offset"} and asking.order is None:
        words = "write the parameters that order the rows by their id, or kept where the API orders them by something that never changes"
        raise StopEntity(f"{what}: {at}.order is missing; paging by {paging.by} needs it: {words}")
    if paging.by == "offset" and paging.size < 2:
        raise StopEntity(f"{what}: {at}.paging.size is 1; write a larger number, for pages overlap")
    templates = [*asking.params.values(), *filter(None, [asking.body])]
    if paging.by in {"page", "offset", "cursor"} and not paging.param and not any(paging.by in one.places for one in templates):
        words = f"write the parameter's name, or {{{paging.by}}} into body or params"
        raise StopEntity(f"{what}: {at}.paging.param is missing; {words}")


def _names(fields: Fields | None, paths: Iterable[Path], also: bool) -> tuple[str, ...]:
    if fields is None:
        return ()
    asked = [name for path in paths for name in path.asked()[0 if fields.nested else 1]]
    return tuple(dict.fromkeys([*asked, *(fields.also if also else [])]))
