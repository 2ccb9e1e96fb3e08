"""Times as an API wants them asked for."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo


def since_value(since: float, now: float, form: str, zone: ZoneInfo) -> Any:
    """The moment `since` (seconds since 1970) in the form that the YAML names: a text, a number, or Tryton's object. Never later than it.

    Between an October night's two hours of one name, a pattern without an offset takes the earlier: whatever has been stamped between
    `since` and `now` by that zone's clock then comes after it."""
    moment = datetime.fromtimestamp(int(since), UTC)
    if form == "seconds":
        return int(since)
    if form == "millis":
        return int(since * 1000)
    if form == "tryton":
        names = ("year", "month", "day", "hour", "minute", "second")
        return {"__class__": "datetime", **{name: getattr(moment, name) for name in names}, "microsecond": 0}
    if form == "iso":
        return moment.astimezone(zone).isoformat().replace("+00:00", "Z")
    local = moment.astimezone(zone)
    offsets = [local.utcoffset(), datetime.fromtimestamp(now, zone).utcoffset()]
    return (moment + min(offset for offset in offsets if offset is not None)).strftime(form)
