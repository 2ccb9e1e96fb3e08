"""Databases for the tests: SQLite always, PostgreSQL from a throwaway server made of the machine's own binaries."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from store import migrate
from store.database import Database


def _binaries() -> Path | None:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [path for path in [shutil.which("initdb")] if path]
    return Path(os.path.realpath(found[-1])).parent if found else None


def _as_server_user() -> list[str]:
    """PostgreSQL refuses root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("PLACEBRIDGE_NEED_POSTGRES"):
            pytest.fail("no PostgreSQL server here, and it is demanded")
        pytest.skip("no PostgreSQL server here: install the package postgresql to run these tests")
    folder = Path(tempfile.mkdtemp(prefix="pb-pg-", dir="/tmp"))
    folder.chmod(0o777)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    user, data = _as_server_user(), folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True, "cwd": "/"}
    subprocess.run([*user, binaries / "initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8"], **quiet)
    subprocess.run(
        [*user, binaries / "pg_ctl", "-D", data, "-w", "-o", f"-p {port} -k {folder} -c fsync=off", "-l", folder / "log", "start"], **quiet
    )
    yield f"postgresql://test@127.0.0.1:{port}"
    subprocess.run([*user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that is empty, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    server = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(f"{server}/postgres".replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database(database_url)
    migrate.upgrade(database)
    yield database
    database.close()
