"""The columns of an engagement that say who was there."""

from mappings.pointing import Index
from placebridge.guessing.columns import Column, Sheet
from placebridge.guessing.line import Line
from placebridge.guessing.references import POSSIBLE, SURE, Pointing, pointing_of
from placebridge.guessing.wording import LEAST_KNOWN, wording_of
from placebridge.guessing.words import header_words

_ATTENDANCE = ("outcome", "status", "attendance", "response", "participation", "participation status", "took part", "participant status")
_COLUMNS_AT_MOST = 4


def participant_lines(sheet: Sheet, people: Index | None, matches: tuple[str, ...], taken: set[str]) -> list[Line]:
    """A line for each column that lists people: found by its header, or because it names people that the CRM holds."""
    if people is None:
        return []
    lines: list[Line] = []
    used: list[Column] = []
    for column, word in _candidates(sheet, taken):
        way = pointing_of(column, people, matches)
        if way is None or _same_people(column, used) or len(used) == _COLUMNS_AT_MOST:
            continue
        if way.share >= (SURE if word is None else POSSIBLE):
            lines.append(_line(way, word))
            used.append(column)
        elif word:
            lines.append(_line(way, word, doubt=f"only {way.share:.0%} of its cells name somebody in the table of people"))
    return _with_outcome(sheet, lines, taken | {column.name for column in used})


def attendance(sheet: Sheet) -> set[str]:
    """The columns that say of those listed who came, and not how the meeting itself went."""
    found = set()
    for _, column in sheet.named(_ATTENDANCE):
        took_part, status = wording_of("participant", "took_part", column), wording_of("engagement", "status", column)
        if not took_part.too_many and took_part.share > status.share:
            found.add(column.name)
    return found


def _candidates(sheet: Sheet, taken: set[str]) -> list[tuple[Column, str | None]]:
    """Columns in the order in which they are tried: by header, then any that might hold names, ids or addresses."""
    found: list[tuple[Column, str | None]] = []
    for word in ("attended", "invited", "organised"):
        found += [(column, word) for _, column in sheet.named(header_words("participants", word)) if column.name not in taken]
    known = {column.name for column, _ in found} | taken
    # A column that is nearly empty or says one thing only finds people by chance.
    return [*found, *((column, None) for column in sheet.columns if column.name not in known and column.distinct > 2)]


def _same_people(column: Column, used: list[Column]) -> bool:
    """A column that is filled in the same rows as one already used says the same once more, as a name beside an id."""
    filled = [bool(column.at(row)) for row in range(len(column.cells))]
    return any(filled == [bool(other.at(row)) for row in range(len(other.cells))] for other in used)


def _line(way: Pointing, word: str | None, doubt: str = "") -> Line:
    options = way.options
    if word in {"invited", "organised"}:
        options["took_part"] = word
    return Line(
        "participants", (way.column,), options, f"{way.share:.0%} of its cells name somebody in the table of people{way.open_ones}", doubt
    )


def _with_outcome(sheet: Sheet, lines: list[Line], taken: set[str]) -> list[Line]:
    """Where a column says how it went for those listed (attended, declined), the first line takes it."""
    for column in sheet.columns:
        if column.name not in attendance(sheet) - taken:
            continue
        wording = wording_of("participant", "took_part", column)
        fits = wording.share >= LEAST_KNOWN and not wording.too_many
        standing = [line for line in lines if not line.doubt and "took_part" not in line.options]
        if fits and standing:
            standing[0].options["took_part"] = {"from": column.name, **({"values": wording.values} if wording.values else {})}
            standing[0].columns = (*standing[0].columns, column)
            standing[0].todo = wording.unknown
            break
    return lines
