"""The floor of each way: the bare loop that asks, parses and upserts, and knows where to go on the next time.

python -m benchmarks.connectors.floor WAY ADDRESS DATABASE FOLDER       FOLDER: where it keeps its place between runs
"""

import sys
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
import requests

from benchmarks.connectors.ways import DATAVERSE, DATAVERSE_PAGE, REST, REST_PAGE, WAYS
from benchmarks.load.floor import Pages, upsert


def following(url: str, place: Path | None) -> Pages:
    """By next link; only what changed since the latest change, where a place is kept."""
    session, take, latest = requests.Session(), itemgetter(*REST), ""
    since = place.read_text() if place and place.exists() else ""
    link: str | None = f"{url}?modified_since={since}" if since else url
    while link:
        found = orjson.loads(session.get(link, timeout=60).content)
        link = found["next"]
        yield map(take, found["rows"])
        if place:
            latest = max([latest, *map(itemgetter("updated_at"), found["rows"])])
    if place:
        place.write_text(latest or since)


def positions(url: str) -> Pages:
    """By offset."""
    session, take, done, total = requests.Session(), itemgetter(*REST), 0, 1
    while done < total:
        found = orjson.loads(session.get(f"{url}?offset={done}&limit={REST_PAGE}", timeout=60).content)
        total, done = found["total"], done + len(found["rows"])
        yield map(take, found["rows"])


def dataverse(address: str, path: str, place: Path, tracked: bool) -> Iterator[Iterator[tuple[Any, ...]]]:
    """By nextLink, then by deltaLink."""
    session, take = requests.Session(), itemgetter(*DATAVERSE)
    form = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "made-up"}
    token = session.post(f"{address}tenant/oauth2/v2.0/token", data=form, timeout=60).json()["access_token"]
    track = "odata.track-changes," if tracked and not place.exists() else ""
    session.headers.update({"Authorization": f"Bearer {token}", "Prefer": f"{track}odata.maxpagesize={DATAVERSE_PAGE}"})
    link = place.read_text() if place.exists() else f"{address}{path}?$select={','.join(DATAVERSE)}"
    while link:
        found = orjson.loads(session.get(link, timeout=60).content)
        link = found.get("@odata.nextLink")
        yield map(take, found["value"])
    if "@odata.deltaLink" in found:
        place.write_text(found["@odata.deltaLink"])


def main() -> None:
    """Loads."""
    name, address, database_url, folder = sys.argv[1:]
    way, place = WAYS[name], Path(folder) / "place"
    if way.service == "dataverse":
        pages = dataverse(address, way.path, place, way.changes)
    elif name == "offset":
        pages = positions(address + way.path)
    else:
        pages = following(address + way.path, place if way.changes else None)
    upsert(way.fields, pages, database_url)


if __name__ == "__main__":
    main()
