"""`placebridge check`: what works and what to mend, for an admin."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from connector.http import SlidingBudget
from jobs import versions
from jobs.checking import check_lookup, check_source
from jobs.comparing import against
from jobs.rules import Rules
from jobs.schedules.plans import Plan, plan_of, plans
from jobs.setup import Setup
from jobs.sources import LookupSource, Source
from jobs.versions import Version
from jobs.wording import say_day
from placebridge.opening import lookups_of, outdated, rules_of, setup_of, sources_of, unconfigured
from placebridge.output import say, show
from placebridge.scheduling import differing, in_words
from placebridge.settings import Config, ConfigError
from placebridge.settings import load as load_settings
from placebridge.worker.run import configured
from store import migrate
from store.database import Database, StoreError

COLUMNS = ("connection", "check", "ok", "detail")
Line = dict[str, str]


def check(name: str | None, file: Path | None, form: str) -> int:
    """Prints one line for each thing looked at; 0 where all is well, else 1. Raises ConfigError for what keeps it from looking."""
    config = load_settings(file)
    lines = [_line("", "settings", True, str(config.folder))]
    with closing(Database(config.database_url)) as database:
        store = database if _readable(database) else None
        told = versions.in_force(store) if store else {}
        lines += [*_rules(config, store), *_told(told, setup_of(config)), *_database(config), *_sign_in(config)]
        lines += _twins(sources_of(config, store))
        sources = sources_of(config, store, (name,) if name else ())
    planned = _plans(config)
    for source in sources:
        lines += [*_connection(source), _schedule(config, planned[source.name])]
    for lookup in lookups_of(config, (name,) if name else ()):
        lines += [*_lookup(lookup), _schedule(config, planned[lookup.name])]
    show(lines, COLUMNS, form, "")
    bad = sum(line["ok"] == "no" for line in lines)
    if form == "table":
        say("All is well; `placebridge sync --dry-run` shows what a sync would do." if not bad else f"{bad} to mend.")
    return 1 if bad else 0


def _line(connection: str, what: str, ok: bool, detail: str) -> Line:
    return {"connection": connection, "check": what, "ok": "yes" if ok else "no", "detail": detail}


def _readable(store: Database) -> bool:
    """Whether it can be told what was saved on the page; where not, the line on the database says why."""
    try:
        versions.in_force(store)
    except StoreError:
        return False
    return True


def _told(told: Mapping[versions.Key, Version], setup: Setup) -> Iterator[Line]:
    """What was saved on the page and wins over a file."""
    for found in sorted(told.values(), key=lambda one: (one.connection, one.kind)):
        said = f"version {found.number}, saved on the page by {found.who} on {say_day(found.saved_at.date())}, wins over {against(found, setup)}"
        yield _line(found.connection, versions.NAMES[found.kind], True, said)


def _rules(config: Config, store: Database | None) -> Iterator[Line]:
    rules: Rules = rules_of(config, store)
    yield _line(
        "",
        "rules",
        True,
        f"{len(rules.themes.ids)} themes, {len(rules.resources.ids)} resources, window of {rules.policy.window_days} days",
    )


def _database(config: Config) -> Iterator[Line]:
    store = Database(config.database_url)
    shown = store.url.set(query={}).render_as_string(hide_password=True)
    try:
        if store.file is not None and not store.file.exists():
            yield _line("", "database", True, f"{shown}: not there yet; the first sync makes it")
        elif outdated(store):
            yield _line("", "database", True, f"{shown}: older than this program or empty; the next sync brings it up to date")
        else:
            yield _line("", "database", True, f"{shown}: schema {migrate.head()}")
            for name, said in unconfigured(store, config):
                yield _line(name, "settings", False, said)
    except StoreError as fault:
        yield _line("", "database", False, str(fault))
    finally:
        store.close()


def _sign_in(config: Config) -> Iterator[Line]:
    """The provider of the review page's sign-in, where one is set: whether it can be reached and publishes what it takes."""
    from placebridge.reviewing import provider_of  # few configurations have one, and its libraries are slow to load
    from review.sign_in.asking import Unreachable

    issuer, url = config.settings.review.oidc_issuer, config.settings.review.url
    if not issuer:
        return
    try:
        provider = provider_of(config)
        if provider is not None:
            provider.published()
        yield _line("", "sign-in", True, f"{issuer} answers; it has to send people back to {url}/sign-in/back")
    except (ConfigError, Unreachable) as fault:
        yield _line("", "sign-in", False, str(fault))


def _plans(config: Config) -> dict[str, Plan]:
    """Each connection's plan; what was told since the settings were written counts where the database can be read."""
    store = Database(config.database_url)
    try:
        missing = store.file is not None and not store.file.exists()
        if not missing and not outdated(store):
            return {plan.connection: plan for plan in plans(store, configured(config))}
    except StoreError:
        pass  # the line on the database says it
    finally:
        store.close()
    return {name: plan_of(name, words, None) for name, words in configured(config).items()}


def _schedule(config: Config, plan: Plan) -> Line:
    said = in_words(plan.cron, config.zone)
    if plan.paused_at:
        said = f"it is paused; `placebridge schedule resume {plan.connection}` lets the worker read it again"
    return _line(plan.connection, "schedule", True, "; ".join(part for part in (said, differing(plan)) if part))


def _twins(sources: list[Source]) -> Iterator[Line]:
    """Connections that read what another reads already."""
    first: dict[str, str] = {}
    for source in sources:
        if (other := first.setdefault(repr(source.reads), source.name)) != source.name:
            said = f"it reads the same by the same field map as {other}, so every record is there twice; take one of them out"
            yield _line(source.name, "settings", False, said)


def _connection(source: Source) -> Iterator[Line]:
    return (_line(source.name, found.check, found.ok, found.detail) for found in check_source(source, SlidingBudget))


def _lookup(source: LookupSource) -> Iterator[Line]:
    return (_line(source.name, found.check, found.ok, found.detail) for found in check_lookup(source, SlidingBudget))
