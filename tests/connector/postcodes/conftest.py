"""A stand-in of postcodes.io that is served, small made-up directories, and the connector opened on them."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.contract import Lookup
from connector.http.budget import SlidingBudget
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.http.servers import HurriedClock, Server
from tests.connector.postcodes.standin import PostcodesSite
from tests.connector.sites import serve

HEADERS = {
    "2024": "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,ctry,rgn,oa11,lsoa01,lsoa11,msoa11,lat,long,oa21,lsoa21",
    "2026": "pcd7,pcd8,pcds,dointr,doterm,usrtypind,oa21cd,cty26cd,ced25cd,lad25cd,lad26cd,wd26cd,ctry26cd,rgn26cd,lsoa11cd,lsoa21cd,lat,long",
    "nspl": "pcd,pcd2,pcds,dointr,doterm,usertype,oa21,cty,ced,laua,ward,ctry,rgn,lsoa21,lat,long",
}
"""The columns of editions of the directory, as far as they matter: their names changed."""
WHERE = {
    "pcds": r"pcds", "doterm": "doterm", "district": "oslaua|laua|lad26cd", "ward": "osward|ward|wd26cd", "lsoa": "lsoa21|lsoa21cd",
    "ctry": "ctry|ctry26cd", "rgn": "rgn|rgn26cd", "lat": "lat", "long": "long",
}  # fmt: skip
ROWS = [
    {"pcds": "ZX1 1AB", "district": "E07000999", "ward": "E05099001", "lsoa": "E01099001", "ctry": "E92000001", "rgn": "E12000999", "lat": "52.5", "long": "-1.5"},
    {"pcds": "ZX12 3CD", "doterm": "199606", "district": "E07000998", "ward": "E05099002", "lsoa": "E01099002", "ctry": "E92000001", "rgn": "E12000999", "lat": "52.6", "long": "-1.6"},
    {"pcds": "ZX9 9ZZ", "district": "L99999999", "ward": "L99999999", "lsoa": "L99999999", "ctry": "L93000001", "rgn": "L99999999", "lat": "99.999999", "long": "0.000000"},
]
NAMES = {
    "LA_UA names and codes UK as at 04_26.csv": "LAD26CD,LAD26NM,LAD26NMW\nE07000999,Thornley Vale,\nE07000998,Quillhaven,\n",
    "Ward names and codes UK as at 05_26.csv": "WD26CD,WD26NM\nE05099001,\"St Quill, North\"\n",
    "Region names and codes EN as at 12_26.csv": "RGN26CD,RGN26NM\nE12000999,North Nowhere\n",
    "Country names and codes UK as at 08_26.csv": "CTRY26CD,CTRY26NM,CTRY26NMW\nE92000001,England,Lloegr\n",
    "Notes.csv": "LAD26CD,LAD26NM\nE07000999,A file of something else\n",
}


def directory_text(edition: str, rows: list[dict[str, str]] = ROWS) -> str:
    """A directory of that edition; columns that do not matter hold what must not be taken for what does."""
    header = HEADERS[edition].split(",")
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        cells = ["WRONG" if title.startswith(("lad25", "lsoa0", "lsoa1")) else "" for title in header]
        for ours, theirs in WHERE.items():
            at = next(index for index, title in enumerate(header) if re.fullmatch(theirs, title))
            cells[at] = row.get(ours, "")
        for at in (0, 1):
            cells[at] = row["pcds"].replace(" ", "").ljust(7 + at)
        writer.writerow(cells)
    return out.getvalue()


def put_directory(folder: Path, edition: str, zipped: bool = False, names: bool = True) -> Path:
    """Writes a directory as ONS lays it out: Data/..., and Documents/... with the names."""
    name, files = f"ONSPD_{edition}_UK", {f"Documents/{name}": text for name, text in NAMES.items()} if names else {}
    files[f"Data/{name}.csv"] = directory_text(edition)
    files[f"Data/multi_csv/{name}_ZX.csv"] = directory_text(edition, ROWS[:1])
    if zipped:
        with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in sorted(files.items()):
                archive.writestr(path, text.encode())
            archive.writestr("User Guide/padding.csv.txt", "x" * 100_000)
        return folder / f"{name}.zip"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder / f"Data/{name}.csv"


@pytest.fixture
def clock() -> HurriedClock:
    return HurriedClock()


@pytest.fixture
def site() -> PostcodesSite:
    return PostcodesSite()


@pytest.fixture
def server(site: PostcodesSite) -> Iterator[Server]:
    found = serve(site)
    yield found
    found.close()


Open = Callable[..., Lookup]


@pytest.fixture
def opened(tmp_path: Path, clock: HurriedClock) -> Open:
    """The connector by its kind, as the program opens it."""

    def open_it(**settings: Any) -> Lookup:
        kind = kind_of("postcodes")
        return kind.open(kind.settings(**settings), Context("postcodes", tmp_path, {}, SlidingBudget, clock))

    return open_it
