"""`placebridge init`: config.env, a field map for each CRM, guessed from its exports, and the database."""

from dataclasses import dataclass
from pathlib import Path

import typer

from placebridge.config_text import Connected, config_text
from placebridge.faults import UserError
from placebridge.guessing import presets
from placebridge.guessing.folder import NEARLY, Guess, exports_in, guess
from placebridge.guessing.sides import Side, connection_name, side_of
from placebridge.opening import opened

UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Found:
    """A folder of exports as a connection."""

    folder: Path
    name: str
    side: Side
    guess: Guess
    map_file: Path


def init(folder: Path | None, into: Path, preset: str | None = None) -> None:
    """Writes config.env, field maps and the database; overwrites nothing. Raises UserError where there are no exports, or nothing is known in them."""
    if preset is not None:
        _write_preset(preset, folder, into)
        return
    config = into / "config.env"
    if config.exists():
        raise UserError(f"{config} is there already and is left as it is; give another folder with --into")
    found = _guessed(folder, into) if folder else []
    into.mkdir(parents=True, exist_ok=True)
    for one in found:
        target = one.map_file if one.guess.valid else one.map_file.with_name(one.map_file.name + UNFINISHED)
        target.write_text(one.guess.text, encoding="utf-8")
        _say(one, target)
    connected = [
        Connected(one.name, one.side.word, one.side.assumed, str(one.folder.resolve()), one.map_file.name)
        for one in found
        if one.guess.valid
    ]
    config.write_text(config_text(connected), encoding="utf-8")
    with opened(config, write=True):
        pass
    _next(config, folder is not None, bool(connected))
    if found and not connected:
        raise UserError(f"no field map is complete yet: finish the {UNFINISHED} files above and name them in {config}")


def _write_preset(preset: str, folder: Path | None, into: Path) -> None:
    """Writes a preset's whole field map alone, for a hand to fit."""
    if folder is not None:
        raise UserError("--from finds the preset itself; write --from or --preset, not both")
    if preset not in presets.names():
        known = "; ".join(f"{name} ({about})" for name, about in presets.names().items())
        raise UserError(f"there is no preset '{preset}'; there are {known}")
    target = into / f"{preset}.yaml"
    if target.exists():
        raise UserError(f"{target} is there already and is left as it is; give another folder with --into")
    into.mkdir(parents=True, exist_ok=True)
    target.write_text(presets.text_of(preset), encoding="utf-8")
    typer.echo(
        f"{target}: the whole field map. Correct its `from` lines to your files' names, take out the lines whose columns your exports lack"
        " (`placebridge check` names them), and name the file in a connection's MAPPING."
    )


def _guessed(folder: Path, into: Path) -> list[Found]:
    """Every folder's guess, before anything is written."""
    found: list[Found] = []
    for place in _folders(folder):
        name = connection_name(place, (one.name for one in found))
        map_file = into / f"{name}.yaml"
        for target in (map_file, map_file.with_name(map_file.name + UNFINISHED)):
            if target.exists():
                raise UserError(f"{target} is there already and is left as it is; give another folder with --into")
        made = guess(name, place, by_presets=True)
        found.append(Found(place, name, side_of(place, [path.stem for path in exports_in(place)]), made, map_file))
    return found


def _folders(folder: Path) -> list[Path]:
    """The folder where it holds exports, and its sub-folders that do: each is a CRM."""
    if not folder.is_dir():
        raise UserError(
            f"there is no folder {folder}" if not folder.exists() else f"{folder} is a file; give the folder that holds the exports"
        )
    inner = sorted(place for place in folder.iterdir() if place.is_dir() and not place.name.startswith(".") and exports_in(place))
    found = [*([folder] if exports_in(folder) else []), *inner]
    if not found:
        nearly = sorted({path.suffix.lower() for path in folder.rglob("*") if path.suffix.lower() in NEARLY})
        more = "".join(f" ({ending}: {NEARLY[ending]})" for ending in nearly)
        raise UserError(f"{folder} holds no CSV, TSV or XLSX file{more}; put a CRM's exports there, or in a sub-folder for each CRM")
    return found


def _say(one: Found, target: Path) -> None:
    typer.echo(f"{target}: guessed from {one.folder}")
    for block in one.guess.blocks:
        if block.missing:
            typer.echo(f"  {block.source}: taken for {block.entity}, but {block.missing}")
            continue
        fields = sum(not line.doubt for line in block.lines)
        doubts = f", {block.doubtful} for you to decide" if block.doubtful else ""
        by = f", by the preset {block.preset}" if block.preset else ""
        typer.echo(f"  {block.source}: {block.entity}, {block.sheet.rows:,} rows looked at, {fields} fields{by}{doubts}")
    for line in one.guess.left_out:
        typer.echo(f"  not read: {line}")
    if one.side.assumed:
        typer.echo("  taken for a council's CRM; write SIDE=business in config.env if it is a chamber's or a business network's")


def _next(config: Path, from_exports: bool, connected: bool) -> None:
    option = f" --config {config}" if config != Path("config.env") else ""
    typer.echo(f"{config} and the database are written.")
    if not from_exports:
        typer.echo(f"Fill in the lines of a connection in {config}; `placebridge init --from FOLDER` guesses field maps from exports.")
    if connected:
        typer.echo("Read the field maps and decide what they leave open. Then:")
        for command in ("check", "sync --dry-run", "sync", "flags --out list.xlsx"):
            typer.echo(f"  placebridge {command}{option}")
