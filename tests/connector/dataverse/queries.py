"""What the stand-in answers to questions about rows and about tables."""

import re
from datetime import UTC, datetime
from urllib.parse import quote

from tests.connector.dataverse.filters import BadFilter, parse
from tests.connector.sites import Reply, query

LABEL = "OData.Community.Display.V1.FormattedValue"
LOOKUP = "Microsoft.Dynamics.CRM.lookuplogicalname"
TOKEN_TIME = "%m/%d/%Y %H:%M:%S"
NOT_WITH_TRACKING = ("filter", "orderby", "expand", "top")


class Refused(Exception):
    """Carries an answer that is an error."""

    def __init__(self, reply) -> None:
        self.reply = reply


class Queries:
    """Reads the world of a stand-in."""

    def __init__(self, world) -> None:
        self.world = world

    # Tables: https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query-metadata-web-api

    def definitions(self, path: str, params: dict) -> Reply:
        """All that match come at once, without pages; MetadataId always comes along."""
        inner = re.fullmatch(r"EntityDefinitions\((?:LogicalName='(\w+)'|([\w-]+))\)/Attributes", path)
        if inner:
            table = self.world.table(inner[1] or inner[2].removeprefix("metadata-"))
            found = [self._attribute(table, name) for name in table.attributes] if table else []
        elif path == "EntityDefinitions":
            found = [self._definition(table) for table in self.world.tables.values()]
        else:
            return _problem(404, "0x80060888", "Resource not found for the segment.")
        return Reply(200, {"value": [_selected(one, params, "MetadataId") for one in _filtered(found, params)]})

    def _definition(self, table) -> dict:
        privileges = [{"Name": table.privilege, "PrivilegeType": "Read", "CanBeGlobal": True}] if table.privilege else []
        return {
            "MetadataId": f"metadata-{table.logical}", "LogicalName": table.logical, "SchemaName": table.logical.capitalize(), "EntitySetName": table.entity_set,
            "PrimaryIdAttribute": table.key, "PrimaryNameAttribute": table.name, "ChangeTrackingEnabled": table.tracked, "IsPrivate": False,
            "CanChangeTrackingBeEnabled": {"Value": table.trackable, "CanBeChanged": True, "ManagedPropertyLogicalName": "canchangetrackingbeenabled"},
            "Privileges": privileges,
        }  # fmt: skip

    def _attribute(self, table, name: str) -> dict:
        kind, _, of = table.attributes[name].partition(" of ")
        return {"MetadataId": f"metadata-{table.logical}-{name}", "LogicalName": name, "AttributeType": kind, "AttributeOf": of or None, "IsValidForRead": name not in table.unreadable}

    # Rows

    def one(self, path: str, params: dict) -> Reply:
        """https://learn.microsoft.com/power-apps/developer/data-platform/webapi/retrieve-entity-using-web-api"""
        entity_set, _, id = path.removesuffix(")").partition("(")
        table = self.world.table(entity_set)
        row = self.world.rows[table.logical].get(id) if table else None
        if row is None:
            return _problem(404, "0x80040217", f"{entity_set} With Id = {id} Does Not Exist")
        if table.privilege not in self.world.depths:
            return self._denied(table)
        return Reply(200, self._json(table, row, _columns(params), set()))

    def rows(self, entity_set: str, asked, base: str) -> Reply:
        try:
            return self._rows(entity_set, asked, base)
        except Refused as refused:
            return refused.reply
        except BadFilter as bad:
            return _problem(400, "0x80060888", str(bad))

    def _rows(self, entity_set: str, asked, base: str) -> Reply:
        """https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/overview"""
        table = next((one for one in self.world.tables.values() if one.entity_set == entity_set), None)
        if table is None:
            raise Refused(_problem(404, "0x80060888", f"Resource not found for the segment '{entity_set}'."))
        if table.privilege and table.privilege not in self.world.depths:
            raise Refused(self._denied(table))
        params, preferred = query(asked), _preferences(asked)
        self._check(table, params)
        size = self._size(preferred, params)
        annotations = _annotations(preferred)
        cookie = _cookie(params.get("$skiptoken", ""))
        if "odata.track-changes" in preferred or "$deltatoken" in params or cookie.get("istracking") == "True":
            body = self._tracked(table, params, cookie, size, annotations, base)
        else:
            body = self._plain(table, params, cookie, size, annotations, base)
        return Reply(200, body, {"Preference-Applied": ",".join(preferred)} if preferred else {})

    def _check(self, table, params: dict) -> None:
        """A name that is no property is an error; options that Dataverse lacks are too ($skip)."""
        for name in _columns(params) or []:
            if name not in table.properties:
                raise Refused(_problem(400, "0x80060888", f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table.logical}'."))
        if "$skip" in params:
            raise Refused(_problem(400, "0x80060888", "Skip Clause is not supported in CRM"))

    def _size(self, preferred: dict, params: dict) -> int | None:
        """5,000 at most; $top is ignored beside a page size, and there is no next page with it:
        https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/page-results"""
        asked = int(preferred.get("odata.maxpagesize") or self.world.page_size)
        return min(asked, self.world.page_size, 5000)

    def _plain(self, table, params: dict, cookie: dict, size: int, annotations: set, base: str) -> dict:
        """Pages in the order of the key, after the id where the last one ended."""
        rows = [row for _, row in sorted(self._visible(table).items()) if self._matches(table, row, params)]
        after = [row for row in rows if row[table.key] > cookie.get("last", "")]
        top = int(params["$top"]) if "$top" in params and "$skiptoken" not in params and "maxpagesize" not in annotations else None
        page = after[: min(top, size) if top is not None else size]
        body = {"@odata.context": f"{base}/api/data/v9.2/$metadata#{table.entity_set}"}
        body |= {"@odata.count": min(len(rows), 5000)} if params.get("$count") == "true" else {}
        body["value"] = [self._json(table, row, _columns(params), annotations) for row in page]
        if len(after) > len(page) and top is None:
            body["@odata.nextLink"] = self._next(table, params, {"last": page[-1][table.key], "istracking": "False"}, cookie, base)
        return body

    def _tracked(self, table, params: dict, cookie: dict, size: int, annotations: set, base: str) -> dict:
        """Changed rows by version, then deletions, those of rows never seen too; then a new delta link, which leads to what changed since
        this read's first request:
        https://learn.microsoft.com/power-apps/developer/data-platform/use-change-tracking-synchronize-data-external-systems and
        OData 4.0 part 1, 11.3 (changes since the initial request; the delta link in place of the next link on the last page)."""
        self._may_track(table, params)
        since, began = self._token(params, cookie)
        reached, gone = int(cookie.get("reached", since)), int(cookie.get("gone", since))
        newer = sorted((row for row in self._visible(table).values() if row["versionnumber"] > reached), key=lambda row: row["versionnumber"])
        page = [self._json(table, row, _columns(params), annotations) for row in newer[:size]]
        reached = newer[:size][-1]["versionnumber"] if newer else reached
        older = [one for one in self.world.deletions[table.logical] if one[0] > gone] if since else []
        deletions = older[: size - len(page)]
        context = f"{base}/api/data/v9.2/$metadata#{table.entity_set}/$deletedEntity"
        page += [{"@odata.context": context, "id": id, "reason": "deleted"} for _, id in deletions]
        gone = deletions[-1][0] if deletions else gone
        body = {"@odata.context": f"{base}/api/data/v9.2/$metadata#{table.entity_set}/$delta", "value": page}
        if len(page) < len(newer) + len(older):
            state = {"reached": str(reached), "gone": str(gone), "since": str(since), "began": began, "istracking": "True"}
            return body | {"@odata.nextLink": self._next(table, params, state, cookie, base)}
        if self.world.empty_when_unchanged and not page and since:
            return {}
        kept = {name: value for name, value in params.items() if name in {"$select"}}
        return body | {"@odata.deltaLink": _link(base, table.entity_set, {**kept, "$deltatoken": began})}

    def _may_track(self, table, params: dict) -> None:
        for option in NOT_WITH_TRACKING:
            if f"${option}" in params:
                raise Refused(_problem(400, "0x80060888", f'The "${option}" query parameter isn\'t supported when Change Tracking is enabled.'))
        if not table.tracked:
            raise Refused(_problem(400, "0x80060888", f"Change tracking is not enabled for the entity '{table.logical}'."))
        if table.privilege and self.world.depths[table.privilege] != "Global":
            raise Refused(self._denied(table))

    def _token(self, params: dict, cookie: dict) -> tuple[int, str]:
        """A delta token names a version and a time: `919042!08/22/2017 08:10:44`. One that is older than ExpireChangeTrackingInDays is an
        error (the same page; its words: https://github.com/MicrosoftDocs/powerapps-docs/issues/3845)."""
        now = datetime.fromtimestamp(self.world.clock.now(), UTC).strftime(TOKEN_TIME)
        if "began" in cookie:
            return int(cookie["since"]), cookie["began"]
        if "$deltatoken" not in params:
            return 0, f"{self.world.version}!{now}"
        version, _, moment = params["$deltatoken"].partition("!")
        age = self.world.clock.now() - datetime.strptime(moment, TOKEN_TIME).replace(tzinfo=UTC).timestamp()
        if age > self.world.expire_days * 86_400:
            words = "Version stamp associated with the client has expired. Please perform a full sync."
            raise Refused(_problem(self.world.expired_status, "0x80044352" if self.world.expired_status in {400, 500} else "0x80040217", words))
        return int(version), f"{self.world.version}!{now}"

    def _next(self, table, params: dict, state: dict, cookie: dict, base: str) -> str:
        """A link with an opaque cookie, to be followed as it is."""
        number = int(cookie.get("pagenumber", "1")) + 1
        inner = " ".join(f'{name}="{value}"' for name, value in {"pagenumber": str(number), **state}.items())
        kept = {name: value for name, value in params.items() if name not in {"$skiptoken", "$deltatoken", "$top"}}
        return _link(base, table.entity_set, {**kept, "$skiptoken": f"<cookie {inner} />"})

    def _visible(self, table) -> dict:
        """A role that reaches a part of the organisation is answered with that part, and no error:
        https://learn.microsoft.com/power-platform/admin/security-roles-privileges"""
        rows = self.world.rows[table.logical]
        whole = table.privilege is None or self.world.depths[table.privilege] == "Global"
        return rows if whole else {id: row for id, row in rows.items() if id in self.world.own_rows}

    def _matches(self, table, row: dict, params: dict) -> bool:
        return "$filter" not in params or parse(params["$filter"])(lambda path: self._reached(table, row, path))

    def _reached(self, table, row: dict, path: str):
        """A property, or one of the row that a lookup points at:
        https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/filter-rows (filter by related property values);
        activityid_activitypointer is the navigation property by which a party reaches its activity, of whatever kind."""
        step, _, rest = path.partition("/")
        if rest:
            pointed = row.get(step.partition("_")[0])
            other = self.world.rows.get(pointed[0], {}).get(pointed[1]) if pointed else None
            return self._reached(self.world.tables[pointed[0]], other, rest) if other else None
        if path not in table.properties:
            raise BadFilter(f"Could not find a property named '{path}' on type 'Microsoft.Dynamics.CRM.{table.logical}'.")
        return self._json(table, row, [path], set())[path]

    def _json(self, table, row: dict, columns: list | None, annotations: set) -> dict:
        """The key always comes along, empty columns are null, and annotations only when they were asked for and say something:
        https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/select-columns"""
        body = {"@odata.etag": f'W/"{row.get("versionnumber", 1)}"'}
        for attribute in table.attributes:
            name = table.property_of(attribute)
            if name is None or (columns is not None and name not in columns and attribute != table.key):
                continue
            value = row.get(attribute)
            said = self._said(table, attribute, value)
            body |= {f"{name}@{kind}": text for kind, text in said.items() if text is not None and (kind in annotations or "*" in annotations)}
            body[name] = value[1] if isinstance(value, tuple) else value
        return body

    def _said(self, table, attribute: str, value) -> dict:
        if isinstance(value, tuple):
            return {LABEL: self.world.name_of(value), LOOKUP: value[0]}
        if isinstance(value, bool):
            return {LABEL: "Yes" if value else "No"}
        return {LABEL: table.choices.get(attribute, {}).get(value) if isinstance(value, int) else None}

    def _denied(self, table) -> Reply:
        words = f"Principal user (Id=x, type=8, roleCount=1) is missing {table.privilege} privilege (Id=y) on OTC=1 for entity '{table.logical}'."
        return _problem(403, "0x80040220", words)


def _problem(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message}})


def _link(base: str, path: str, params: dict) -> str:
    return f"{base}/api/data/v9.2/{path}?" + "&".join(f"{name}={quote(value, safe=',')}" for name, value in params.items())


def _columns(params: dict) -> list | None:
    return params["$select"].split(",") if "$select" in params else None


def _preferences(asked) -> dict:
    """RFC 7240: preferences parted by commas, outside of quotes."""
    found = re.findall(r'([\w.-]+)(?:=(?:"([^"]*)"|([^,\s]*)))?', asked.headers.get("prefer", ""))
    return {name: quoted or plain for name, quoted, plain in found}


def _annotations(preferred: dict) -> set:
    told = {one.strip() for one in preferred.get("odata.include-annotations", "").split(",")} - {""}
    return told | ({"maxpagesize"} if "odata.maxpagesize" in preferred else set())


def _cookie(token: str) -> dict:
    return dict(re.findall(r'(\w+)="([^"]*)"', token))


def _filtered(found: list, params: dict) -> list:
    test = parse(params["$filter"]) if "$filter" in params else lambda get: True
    return [one for one in found if test(one.get)]


def _selected(one: dict, params: dict, always: str) -> dict:
    columns = _columns(params)
    return one if columns is None else {name: value for name, value in one.items() if name in columns or name == always}
