"""`placebridge config export`: what holds, the page's versions included, as files that the settings can name; and `config reset`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jobs import versions
from jobs.comparing import file_of, text_of
from jobs.schedules.plans import plans
from jobs.setup import Setup
from jobs.versions import FIELD_MAP, NAMES, RULES, Version
from placebridge.faults import UserError
from placebridge.opening import opened, setup_of
from placebridge.output import counted, replacing, say, show
from placebridge.settings_file import CONNECTIONS, PREFIX
from placebridge.user import user
from placebridge.worker.run import configured

LINES = "config-lines.env"
COLUMNS = ("file", "what", "came_from")


@dataclass(frozen=True)
class _Written:
    name: str
    what: str
    came_from: str
    text: str
    setting: str


def export(file: Path | None, folder: Path, overwrite: bool) -> None:
    """Writes a file for each field map and each of a council's own rules, and the lines that name them.

    Raises UserError where a file of one of these names is there, or nothing can be written."""
    with opened(file) as at:
        told, setup = versions.in_force(at.store), setup_of(at.config)
        found = [*_field_maps(told, setup), *_rules(told, setup)]
        schedules = {plan.connection: plan.told for plan in plans(at.store, configured(at.config)) if plan.told}
        base = at.config.folder.resolve()
    lines = [f"{one.setting}={_from(base, folder / one.name)}" for one in found]
    lines += [f"{CONNECTIONS}{name.upper()}__SCHEDULE={cron}" for name, cron in sorted(schedules.items())]
    texts = {one.name: one.text for one in found} | {LINES: "".join(f"{line}\n" for line in lines)}
    _demand_free(folder, texts, overwrite)
    for name, text in texts.items():
        with replacing(folder / name) as target:
            target.write_text(text, encoding="utf-8")
    show(
        [{"file": one.name, "what": one.what, "came_from": one.came_from} for one in found], COLUMNS, "table", "There is nothing to write."
    )
    say(f"{counted(len(texts), 'file')} written to {folder}. The lines in {LINES} name them; write those into the settings to use them.")
    if told:
        say("What was saved on the page goes on winning over files; under Rules and Field map, let the file hold again where it is to.")


def reset(file: Path | None, what: str) -> None:
    """Lets a file hold again in the place of what was saved on the page. Raises UserError where nothing was.

    It works where what was saved cannot be read any more, when the page does not begin."""
    wanted = what.strip().lower()
    key = (wanted, "") if wanted in RULES else (FIELD_MAP, wanted)
    with opened(file, write=True) as at:
        history = versions.history(at.store, *key)
        if not history or history[0].text is None:
            known = [connection or kind for kind, connection in sorted(versions.in_force(at.store))]
            there = f"what was saved and holds: {', '.join(known)}" if known else "nothing that was saved there holds"
            raise UserError(f"nothing saved on the page holds for '{what}'; {there}")
        versions.save(at.store, key, None, user(), datetime.now(UTC), history[0].id)
        path = file_of(setup_of(at.config), *key)
    said = path.name if path else "what ships"
    say(f"{said} holds again from the next run on. Version {history[0].number} is kept, and can be brought back on the page.")


def _field_maps(told: dict[versions.Key, Version], setup: Setup) -> Iterator[_Written]:
    for name, found in setup.connections.items():
        if found.map_file is not None:
            setting = f"{CONNECTIONS}{name.upper()}__MAPPING"
            yield from _written(told, setup, FIELD_MAP, name, f"{name}.yaml", setting)


def _rules(told: dict[versions.Key, Version], setup: Setup) -> Iterator[_Written]:
    for kind in RULES:
        yield from _written(told, setup, kind, "", f"rules-{kind}.yaml", f"{PREFIX}{kind.upper()}")


def _written(told: dict[versions.Key, Version], setup: Setup, kind: str, connection: str, name: str, setting: str) -> Iterator[_Written]:
    saved, path = told.get((kind, connection)), file_of(setup, kind, connection)
    what = f"{NAMES[kind]} of {connection}" if connection else NAMES[kind]
    if saved is not None and saved.text is not None:
        yield _Written(name, what, f"version {saved.number}, saved by {saved.who}", saved.text, setting)
    elif path is not None:
        text = text_of(path)
        if text is None:
            raise UserError(f"{path} cannot be read; correct its name or its permissions, and save it as UTF-8")
        yield _Written(name, what, path.name, text, setting)


def _from(base: Path, path: Path) -> Path:
    """As the settings name it: relative to their own folder where it is in there."""
    whole = path.resolve()
    return whole.relative_to(base) if whole.is_relative_to(base) else whole


def _demand_free(folder: Path, texts: dict[str, str], overwrite: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file; name a folder")
    there = [name for name in texts if (folder / name).exists()]
    if there and not overwrite:
        raise UserError(f"{folder} holds {', '.join(there)} already; name another folder, or say --overwrite")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UserError(f"{folder} cannot be made ({(fault.strerror or 'no reason was given').lower()}); name another folder") from None
