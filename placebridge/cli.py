"""The command line. Each command says what it does and hands over; what it hands to is imported only then, so that --help is quick."""

import os
import sys
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from placebridge import __version__
from placebridge.garbage import spare_loading

DONE, FAILED, USAGE, PARTIAL, LOCKED = 0, 1, 2, 3, 75
STOPPED = 130
"""By Ctrl-C, as shells count it."""

app = typer.Typer(
    name="placebridge", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Which businesses' senior leaders are not yet engaged, why, and whom to approach: from your CRMs' records.\n\n"
    "Start with `placebridge init --from FOLDER`, then `placebridge check`, `placebridge sync` and `placebridge flags`.",
    epilog="Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 done in part, 75 another sync is running.",
)  # fmt: skip
config_app = typer.Typer(no_args_is_help=True, help="Field maps and rules as they hold.", rich_markup_mode=None)
connector_app = typer.Typer(no_args_is_help=True, help="List the kinds of connection, or begin one of your own.", rich_markup_mode=None)
connection_app = typer.Typer(no_args_is_help=True, help="Rename, replace or remove a connection.", rich_markup_mode=None)
database_app = typer.Typer(no_args_is_help=True, help="Move to another database.", rich_markup_mode=None)
export_app = typer.Typer(no_args_is_help=True, help="Write CSV files for programs.", rich_markup_mode=None)
links_app = typer.Typer(no_args_is_help=True, help="Decide which records are one business or person.", rich_markup_mode=None)
notices_app = typer.Typer(no_args_is_help=True, help="What ops are told, and whether it arrives.", rich_markup_mode=None)
preview_app = typer.Typer(no_args_is_help=True, help="Try the rules on your own notes or titles.", rich_markup_mode=None)
register_app = typer.Typer(no_args_is_help=True, help="Load the Companies House company data.", rich_markup_mode=None)
schedule_app = typer.Typer(no_args_is_help=True, help="See and change when connections are read.", rich_markup_mode=None)
app.add_typer(schedule_app, name="schedule")
app.add_typer(config_app, name="config")
app.add_typer(connection_app, name="connection")
app.add_typer(connector_app, name="connector")
app.add_typer(database_app, name="database")
app.add_typer(export_app, name="export")
app.add_typer(links_app, name="links")
app.add_typer(notices_app, name="notices")
app.add_typer(preview_app, name="preview")
app.add_typer(register_app, name="register")


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="The settings; config.env in this folder unless said.")]
Form = Annotated[Format, typer.Option("--format", help="table for people; csv or json for programs.")]


def _day(text: str) -> date:
    """A day of the command line; one so far off that no record is near it is a slip of the hand."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as in 2026-11-01") from None
    if not 1900 <= found.year < 2200:
        raise typer.BadParameter(f"'{text}' is too far off; write a day between 1900 and 2199, as in 2026-11-01")
    return found


AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="The day to judge by, as in 2026-11-01; today unless said."),
]
OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")]
ConnectionName = Annotated[str, typer.Argument(metavar="CONNECTION", help="A connection's name.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"placebridge {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """What every command takes."""


@app.command()
def init(
    folder: Annotated[Path | None, typer.Option("--from", metavar="FOLDER", help="A folder of exports; a sub-folder is one CRM.")] = None,
    into: Annotated[Path, typer.Option("--into", metavar="FOLDER", help="Where to write; here unless said.")] = Path(),
    preset: Annotated[str | None, typer.Option("--preset", metavar="NAME", help="Write only this CRM's field map, to be fitted.")] = None,
) -> None:
    """Write config.env, field maps and the database.

    With --from, the field maps are made from the headers of the exports, by a preset where they are a known CRM's, else guessed. They
    show how full each column is; doubtful lines are commented out. Nothing that exists is overwritten."""
    from placebridge.setting_up import init as work

    work(folder, into, preset)


@app.command()
def check(
    connection: Annotated[str | None, typer.Argument(metavar="CONNECTION", help="Only this connection.")] = None,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """Say what works and what to mend.

    Looks at the settings, rules, field maps, database and connections; changes nothing."""
    from placebridge.checking import check as work

    raise typer.Exit(work(connection, config, form.value))


@app.command()
def doctor(config: ConfigFile = None, form: Form = Format.table) -> None:
    """Say whether it is well and, if not, what to do.

    Looks at this machine, the settings, the database, the worker and each connection's runs; asks no CRM (`check` does)."""
    from placebridge.doctor.examining import doctor as work

    raise typer.Exit(work(config, form.value))


@app.command()
def sync(
    connections: Annotated[list[str] | None, typer.Argument(metavar="CONNECTION", help="Only these connections.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, even what has not changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would change and write nothing.")] = False,
    as_of: AsOf = None,
    accept_deletions: Annotated[bool, typer.Option("--accept-deletions", help="Remove records even where very many are gone.")] = False,
    config: ConfigFile = None,
) -> None:
    """Read the CRMs and bring the flags up to date.

    Stopped at any moment and run again, it goes on where it was. A read that would remove more than a fifth of an entity's records
    (and more than ten) is refused until --accept-deletions says that it is meant."""
    from placebridge.syncing import Wanted
    from placebridge.syncing import sync as work

    raise typer.Exit(work(config, Wanted(tuple(connections or ()), full, dry_run, as_of, accept_deletions)))


@app.command()
def worker(config: ConfigFile = None) -> None:
    """Keep every connection on its schedule, until stopped.

    The background service: SIGTERM or Ctrl-C stops it between two pages, within ten seconds; started again, it goes on."""
    from placebridge.worker.service import serve as work

    raise typer.Exit(work(config))


@schedule_app.command("list")
def schedule_list(config: ConfigFile = None, form: Form = Format.table) -> None:
    """List when each connection is read, and how it stands."""
    from placebridge.scheduling import listed as work

    work(config, form.value)


@schedule_app.command("set")
def schedule_set(
    name: ConnectionName,
    words: Annotated[str, typer.Argument(metavar="CRON", help="Five cron words in quotes, as in '0 6 * * mon-fri'.")],
    config: ConfigFile = None,
) -> None:
    """Give a connection another schedule than its settings'."""
    from placebridge.scheduling import tell as work

    work(config, name, words)


@schedule_app.command("reset")
def schedule_reset(name: ConnectionName, config: ConfigFile = None) -> None:
    """Let a connection follow its settings' schedule again."""
    from placebridge.scheduling import reset as work

    work(config, name)


@schedule_app.command("pause")
def schedule_pause(name: ConnectionName, config: ConfigFile = None) -> None:
    """Let no run of a connection become due."""
    from placebridge.scheduling import pause as work

    work(config, name)


@schedule_app.command("resume")
def schedule_resume(name: ConnectionName, config: ConfigFile = None) -> None:
    """Let a connection's runs become due again."""
    from placebridge.scheduling import resume as work

    work(config, name)


@schedule_app.command("run")
def schedule_run(name: ConnectionName, config: ConfigFile = None) -> None:
    """Have the worker read a connection now."""
    from placebridge.scheduling import ask as work

    work(config, name)


@app.command()
def review(
    host: Annotated[str | None, typer.Option("--host", metavar="H", help="The address to listen on; the settings' unless said.")] = None,
    port: Annotated[int | None, typer.Option("--port", metavar="N", min=1, max=65535, help="The port; the settings' unless said.")] = None,
    config: ConfigFile = None,
) -> None:
    """Serve the review page.

    Officers work the list in it, admins see to connections. Without a sign-in provider it can only be tried out, on this computer."""
    from placebridge.reviewing import review as work

    work(config, host, port)


@app.command()
def flags(
    everybody: Annotated[bool, typer.Option("--all", help="The engaged too.")] = False,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write a list for people: .xlsx, .csv or .json.")] = None,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """List businesses whose leaders are not engaged.

    The most important first: state, why, whom to approach and through whom. --format and --out hold every column."""
    from placebridge.looking import flags as work

    work(config, everybody, as_of, out, form.value)


@app.command()
def explain(
    business: Annotated[str, typer.Argument(metavar="BUSINESS", help="An id, a company number or a name.")],
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show everything behind one business's state."""
    from placebridge.explaining import explain as work

    work(config, business, as_of)


@app.command()
def report(
    share: Annotated[bool, typer.Option("--share", help="Counts fit to leave the building: small ones are hidden.")] = False,
    threshold: Annotated[int | None, typer.Option("--threshold", metavar="N", help="With --share: hide 1 to N - 1; 5 unless said.")] = None,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write a page (.html) or a list (.csv).")] = None,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """Show places by themes, who is at the table, and measures.

    Who is engaged, which sectors are missing, which resources are offered, and how it changed. --share is for handing on."""
    from placebridge.report import report as work

    work(config, share, threshold, as_of, out, form.value)


@app.command()
def runs(
    config: ConfigFile = None,
    form: Form = Format.table,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest so many.")] = 20,
) -> None:
    """List the newest runs and what they changed."""
    from placebridge.looking import runs as work

    work(config, form.value, limit)


@app.command()
def rejects(config: ConfigFile = None, form: Form = Format.table) -> None:
    """List the rows that stand refused, and why.

    Beside them, what was noticed of rows that were kept: words that are none of ours, references that point at nothing."""
    from placebridge.looking import rejects as work

    work(config, form.value)


@connection_app.command("rename")
def connection_rename(
    name: ConnectionName, new_name: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")], config: ConfigFile = None
) -> None:
    """Give a connection another name; every id stays."""
    from placebridge.connections import rename as work

    work(config, name, new_name)


@connection_app.command("replace")
def connection_replace(
    connection: ConnectionName,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which records are which.")] = False,
    config: ConfigFile = None,
) -> None:
    """Move a connection to another system; every id stays.

    Write the new system's lines into the settings first. Says which records are the same, and asks."""
    from placebridge.connections import replace as work

    work(config, connection, yes, dry_run)


@connection_app.command("remove")
def connection_remove(
    name: ConnectionName,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    config: ConfigFile = None,
) -> None:
    """Remove a connection and all that was read from it. Says first what goes."""
    from placebridge.connections import remove as work

    work(config, name, yes)


@connector_app.command("list")
def connector_list(form: Form = Format.table) -> None:
    """List the kinds of connection and the settings each wants.

    Those that other packages offer are listed too."""
    from placebridge.listing_connectors import kinds as work

    work(form.value)


@connector_app.command("new")
def connector_new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The kind's name, as in my_crm.")],
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Where to write; a new folder placebridge-NAME unless said.")
    ] = None,
) -> None:
    """Write a folder with a connector to make yours.

    It holds the package, a stand-in for its service and the tests that every connector passes."""
    from placebridge.new_connector import new as work

    work(name, folder)


@export_app.command("links")
def export_links(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")],
    band: Annotated[str | None, typer.Option("--band", help="sure: only joins that are sure.")] = None,
    config: ConfigFile = None,
) -> None:
    """Which business each business record is, by which evidence."""
    from placebridge.exporting import links as work

    work(config, file, band)


@export_app.command("people")
def export_people(file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")], config: ConfigFile = None) -> None:
    """Which person each person record is, where, at which level."""
    from placebridge.exporting import people as work

    work(config, file)


@export_app.command("engagements")
def export_engagements(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")], config: ConfigFile = None
) -> None:
    """Each engagement with its businesses, themes and resources."""
    from placebridge.exporting import engagements as work

    work(config, file)


People = Annotated[bool, typer.Option("--people", help="Of people, not of businesses.")]
Things = Annotated[list[str], typer.Argument(metavar="WHICH", help="Ids, or records as CONNECTION:ID.")]


@links_app.command("review")
def links_review(
    people: People = False,
    decided: Annotated[bool, typer.Option("--decided", help="What people decided, undone or not.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The first so many.")] = 20,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """List pairs that may be one and nobody decided."""
    from placebridge.linking import review as work

    work(config, people, decided, limit, form.value)


@links_app.command("join")
def links_join(things: Things, people: People = False, config: ConfigFile = None) -> None:
    """Say that these are one business or person.

    It holds through every sync, until it is undone."""
    from placebridge.linking import join as work

    work(config, things, people)


@links_app.command("split")
def links_split(things: Things, people: People = False, config: ConfigFile = None) -> None:
    """Say that records are another business, or two not one.

    Records of one business are split from the rest of it; two of different businesses are never joined."""
    from placebridge.linking import split as work

    work(config, things, people)


@links_app.command("undo")
def links_undo(
    number: Annotated[int, typer.Argument(metavar="DECISION", help="A decision's number, as `links review --decided` shows it.")],
    config: ConfigFile = None,
) -> None:
    """Take a decision about links back."""
    from placebridge.linking import undo as work

    work(config, number)


@notices_app.command("test")
def notices_test(config: ConfigFile = None, form: Form = Format.table) -> None:
    """Send a test notice to every channel.

    Prints a line for each: whether it was taken, or what to mend."""
    from placebridge.notices import test as work

    raise typer.Exit(work(config, form.value))


@notices_app.command("list")
def notices_list(
    config: ConfigFile = None,
    form: Form = Format.table,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest so many.")] = 20,
) -> None:
    """List the newest notices and how each was delivered."""
    from placebridge.notices import newest as work

    work(config, form.value, limit)


@app.command()
def digest(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what is due and send nothing.")] = False,
    config: ConfigFile = None,
    form: Form = Format.table,
) -> None:
    """Send the officers' digests that are due now.

    The worker does so by itself; this is to see what it would send."""
    from placebridge.digests import digest as work

    work(config, dry_run, form.value)


@preview_app.command("themes")
def preview_themes(
    file: Annotated[Path, typer.Argument(metavar="IN.csv", help="With the columns id, subject and notes.")],
    out: OutFile,
    config: ConfigFile = None,
) -> None:
    """Find the themes of notes, and the words that earned them."""
    from placebridge.previewing import themes as work

    work(file, out, config)


@preview_app.command("titles")
def preview_titles(
    file: Annotated[Path, typer.Argument(metavar="IN.csv", help="With the column title.")], out: OutFile, config: ConfigFile = None
) -> None:
    """Find the leader level of job titles in a file, and why."""
    from placebridge.previewing import titles as work

    work(file, out, config)


@register_app.command("load")
def register_load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The company data file, CSV or its ZIP.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="A YAML file: our columns on the left, the file's on the right.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Load the company data file, which linking then uses.

    It is free from Companies House: the Free Company Data Product, as CSV or ZIP."""
    from placebridge.register import load as work

    work(config, file, mapping)


Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file where it exists.")]


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    overwrite: Overwrite = False,
    config: ConfigFile = None,
) -> None:
    """Write the database into one file, while syncs run or not."""
    from placebridge.keeping.backup import backup as work

    work(config, file, overwrite)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what the database holds.")] = False,
    config: ConfigFile = None,
) -> None:
    """Put a backup in the place of what the database holds."""
    from placebridge.keeping.restore import restore as work

    work(config, file, yes)


@app.command()
def upgrade(config: ConfigFile = None) -> None:
    """Bring the database to this version of the program.

    SQLite is backed up first. Several at once do no harm."""
    from placebridge.keeping.upgrade import upgrade as work

    work(config)


@app.command("support-bundle")
def support_bundle(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The file to write.")],
    log: Annotated[Path | None, typer.Option("--log", metavar="FILE", help="The service's log, in JSON.")] = None,
    overwrite: Overwrite = False,
    config: ConfigFile = None,
) -> None:
    """Write a file for whoever helps you, without anybody's data."""
    from placebridge.keeping.support import support_bundle as work

    work(config, file, overwrite, log)


@config_app.command("export")
def config_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to write into.")],
    overwrite: Overwrite = False,
    config: ConfigFile = None,
) -> None:
    """Write the field maps and rules that hold as files.

    What was saved on the review page is among them, and the lines by which the settings name them."""
    from placebridge.config_export import export as work

    work(config, folder, overwrite)


@config_app.command("reset")
def config_reset(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="themes, policy, places, titles, sectors, or a connection's name.")],
    config: ConfigFile = None,
) -> None:
    """Let the file hold again, not what was saved on the page.

    For a connection that is its field map. What was saved is kept, and can be brought back on the page."""
    from placebridge.config_export import reset as work

    work(config, what)


@database_app.command("move")
def database_move(
    url: Annotated[str, typer.Argument(metavar="URL", help="An empty database, as in postgresql://user@host/name.")],
    config: ConfigFile = None,
) -> None:
    """Copy everything into another, empty database.

    Reads it back, and says which line to write into the settings."""
    from placebridge.keeping.move import move as work

    work(config, url)


def main() -> None:
    """The console script."""
    spare_loading()
    sys.exit(guarded(lambda: app(prog_name="placebridge")))


def guarded(work: Callable[[], int | None]) -> int:
    """Does the work; turns every fault into one plain line and an exit code."""
    try:
        return work() or DONE
    except SystemExit as end:
        if end.code == STOPPED:
            typer.echo("stopped; run it again to go on where it was", err=True)
        return end.code if isinstance(end.code, int) else DONE if end.code is None else FAILED
    except KeyboardInterrupt:
        typer.echo("stopped; run it again to go on where it was", err=True)
        return STOPPED
    except Exception as fault:
        return _told(fault)


def _told(fault: Exception) -> int:
    """Says what went wrong on standard error; returns the exit code."""
    from placebridge.faults import code_of, message_of
    from placebridge.output import say

    if os.environ.get("PLACEBRIDGE_TRACEBACK"):
        raise fault
    say(message_of(fault), stderr=True)
    return code_of(fault)
