"""The columns of the ONS Postcode Directory, whose names carry a year: oslaua, laua or lad25cd is the district, whichever there is."""

import re
from collections.abc import Sequence

from connector.contract import StopEntity

PATTERNS = {
    "postcode": r"pcds|pcd|pcd7|pcd8|pcd2",
    "district_code": r"oslaua|laua|lad(\d\d)?cd",
    "ward_code": r"osward|ward|wd(\d\d)?cd",
    "lsoa_code": r"lsoa(\d\d)(cd)?",
    "country_code": r"ctry(\d\d)?(cd)?",
    "region_code": r"rgn(\d\d)?(cd)?|gor",
    "terminated": r"doterm",
    "latitude": r"lat",
    "longitude": r"long",
}
NEEDED = ("postcode", "district_code")


def columns_of(header: Sequence[str], name: str) -> dict[str, int]:
    """Where each of our columns stands; of several that fit, the one of the latest year, or the first that is listed above.

    Raises StopEntity where it is no such directory."""
    plain = [title.strip().strip("\ufeff").lower() for title in header]
    found = {ours: at for ours, pattern in PATTERNS.items() if (at := _best(plain, pattern)) is not None}
    missing = [ours.removesuffix("_code") for ours in NEEDED if ours not in found]
    if missing:
        raise StopEntity(
            f"{name} has no column for the {' and the '.join(missing)}, so it is no ONS Postcode Directory; "
            "download that as CSV from https://geoportal.statistics.gov.uk and write its path into DIRECTORY"
        )
    return found


def _best(titles: Sequence[str], pattern: str) -> int | None:
    fits = [(_year(title), -_listed(title, pattern), at) for at, title in enumerate(titles) if re.fullmatch(pattern, title)]
    return max(fits, key=lambda fit: fit[:2])[2] if fits else None


def _year(title: str) -> int:
    digits = re.search(r"\d\d", title)
    return int(digits[0]) if digits else -1


def _listed(title: str, pattern: str) -> int:
    return next(at for at, part in enumerate(pattern.split("|")) if re.fullmatch(part, title))
