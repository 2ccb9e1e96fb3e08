"""A stand-in of postcodes.io, written from its documentation (https://postcodes.io/docs): bulk look-up and terminated postcodes."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.connector.http.servers import Asked
from tests.connector.sites import Reply

Fields = dict[str, Any]


def _plain(text: str) -> str:
    return text.replace(" ", "").upper()


@dataclass
class PostcodesSite:
    """Postcodes in use, and terminated ones."""

    page_size: int = 100
    """The most postcodes of a request."""
    tables: dict[str, dict[str, Fields]] = field(default_factory=lambda: {"postcodes": {}, "terminated": {}})

    def put(self, table: str, id: str, fields: Fields) -> None:
        """Creates or changes one: `put("postcodes", "ZX1 1AB", {...})`, `put("terminated", ...)`."""
        self.tables[table][_plain(id)] = {"postcode": id} | fields

    def delete(self, table: str, id: str) -> None:
        del self.tables[table][_plain(id)]

    def __call__(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) == ("POST", "/postcodes"):
            return self._bulk(json.loads(asked.body))
        if asked.method == "GET" and asked.path.startswith("/terminated_postcodes/"):
            return self._terminated(unquote(asked.path.split("/")[2]))
        return Reply(404, {"status": 404, "error": "Resource not found"})

    def _bulk(self, body: Any) -> Reply:
        listed = body.get("postcodes") if isinstance(body, dict) else None
        if not isinstance(listed, list):
            return Reply(400, {"status": 400, "error": "Invalid JSON query submitted. "})
        if len(listed) > self.page_size:
            return Reply(400, {"status": 400, "error": f"Too many postcodes submitted. Up to {self.page_size} postcodes can be bulk requested"})
        return Reply(200, {"status": 200, "result": [{"query": one, "result": self._result(one)} for one in listed]})

    def _result(self, postcode: str) -> Fields | None:
        found = self.tables["postcodes"].get(_plain(postcode))
        if found is None:
            return None
        base = {
            "quality": 1, "country": "England", "region": None, "nhs_ha": "Nowhere", "admin_county": None, "admin_district": None,
            "admin_ward": None, "parish": None, "lsoa": "Thornley 001A", "msoa": "Thornley 001", "longitude": None, "latitude": None,
            "incode": postcode[-3:], "outcode": postcode[:-3].strip(), "codes": {},
        }  # fmt: skip
        return base | found

    def _terminated(self, postcode: str) -> Reply:
        found = self.tables["terminated"].get(_plain(postcode))
        if found is None:
            return Reply(404, {"status": 404, "error": "Terminated postcode not found"})
        base = {"year_terminated": 1996, "month_terminated": 6, "eastings": None, "northings": None, "longitude": None, "latitude": None}
        return Reply(200, {"status": 200, "result": base | found})
