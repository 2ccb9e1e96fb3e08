"""What a table does not show: lines that say so, and what keeps a whole block from being read."""

from collections.abc import Iterable

from placebridge.guessing.line import BlockGuess, Line

NO_EMPLOYER = "no column names the employer; without it nobody is known to be a leader of a business"
NO_TITLE = "no column holds the job title; without it nobody is known to be a leader"
NO_BUSINESS = "no column names the business, and none lists people: the engagements belong to no business"
NO_DATE = "no column holds its date; without it an engagement counts for nothing"
NO_KIND = "no column says meeting, call or email; without it nothing here counts as contact. Write `kind: {value: meeting}` if all are"


def gaps(entity: str, lines: Iterable[Line], guests: Iterable[Line]) -> list[Line]:
    """A line for each field that matters and that no column fits."""
    has = {line.key for line in lines}
    listed = any(not line.doubt for line in guests)
    wanted = {
        "person": [("title", NO_TITLE), ("business", NO_EMPLOYER)],
        "engagement": [("starts_at", NO_DATE), ("kind", NO_KIND), *([] if listed else [("business", NO_BUSINESS)])],
    }
    return [Line(key, doubt=doubt) for key, doubt in wanted.get(entity, []) if key not in has]


def demanded(block: BlockGuess) -> str:
    """What the field map must have and the table does not show; empty where nothing is lacking."""
    standing = {line.key for line in block.lines if not line.doubt}
    if block.entity == "participant":
        if "engagement" not in standing:
            return "no column names an engagement that is among the files; write `engagement:`"
        return "" if standing & {"person", "email", "name"} else "no column names the person; write `person:`, `email:` or `name:`"
    if block.entity == "business" and "name" not in standing:
        return "no column is the name of the business; write `name:`"
    if block.entity == "person" and not standing & {"name", "first_name", "last_name"}:
        return "no column is the name of the person; write `name:`, or `first_name:` and `last_name:`"
    if not standing:
        return "no column is known; write `fields:`"
    return "" if block.ids else "no column tells its rows apart; write `id:`"
