"""The whole examination, in the order in which things are to be mended. What cannot be looked at is said, and the rest goes on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from placebridge.doctor import program
from placebridge.doctor.configuration import settings
from placebridge.doctor.connections import connections
from placebridge.doctor.database import database, opened
from placebridge.doctor.finding import Finding, page
from placebridge.doctor.work import waiting, workers
from placebridge.faults import message_of
from placebridge.settings import Config
from placebridge.worker.run import configured
from placebridge.worker.standing import living, standings
from store.database import Database

WELL, NOT_WELL = 0, 1


def doctor(file: Path | None, form: str) -> int:
    """Prints the page; returns 0 where all is well, else 1."""
    findings = list(_examine(file))
    page(findings, form)
    return WELL if all(finding.ok for finding in findings) else NOT_WELL


def _examine(file: Path | None) -> Iterator[Finding]:
    yield from program.versions()
    yield from program.zone_data()
    read = settings(file)
    yield from read.findings
    if read.config is None:
        yield from program.disks(Path(), None)
        yield Finding("database", "not looked at, as the settings cannot be used", "mend the settings first")
        return
    with opened(read.config) as store:
        yield from program.disks(read.config.folder, store.file)
        usable, found = database(store)
        yield from found
        if usable:
            yield from _work(read.config, store)
        else:
            yield Finding("worker", "not looked at, as the database cannot be used", "mend the database first")


def _work(config: Config, store: Database) -> Iterator[Finding]:
    now, worker = datetime.now(UTC), config.settings.worker
    try:
        with store.reading() as connection:
            found = standings(connection, configured(config))
            yield from workers(connection, worker, found, now)
            if living(connection, worker, now):
                yield from waiting(worker, found, now)
        yield from connections(config, found, now)
    except Exception as fault:  # a database that breaks off in the midst
        yield Finding("database", message_of(fault), "run `placebridge doctor` again; restore a backup where it is damaged")
