"""PostgreSQL's own programs, pg_dump, pg_restore and psql: they know its whole schema, and a dump sees one moment of a database that
others go on writing. A password goes by the environment, which other users cannot see, never by the command line, which they can."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from store.database import Database, StoreError
from store.views import VIEWS

MAGIC = b"PGDMP"
CLIENT = "install PostgreSQL's client programs, of the server's version or newer (on Debian: apt install postgresql-client)"


def dump(store: Database, target: Path) -> None:
    """Writes the whole database into `target`, in PostgreSQL's custom format. Raises StoreError."""
    call = ("--format=custom", "--no-owner", "--no-privileges", f"--file={target}", f"--dbname={_where(store)}")
    _done([_program("pg_dump"), *call], store)


def revision(store: Database, file: Path, what: str) -> str | None:
    """The revision of the schema in a dump, after reading the whole of it; None where it has none.

    `what` it is called in the StoreError that a damaged one raises."""
    program = _program("pg_restore")
    try:
        _done([program, f"--file={os.devnull}", str(file)], store)
        said = _done([program, "--data-only", "--table=alembic_version", "--file=-", str(file)], store)
    except StoreError as fault:
        raise StoreError(f"{what} is damaged, or of a newer PostgreSQL: {fault}") from None
    found = re.search(r"^COPY \S*alembic_version .*\n(\S+)\n\\\.$", said, re.M)
    return found[1] if found else None


def restore(store: Database, file: Path, instead_of: Sequence[str]) -> None:
    """Puts what a dump holds in the place of these tables and of its own, in one transaction.

    Raises StoreError, and the database is then as it was."""
    reading = [_program("pg_restore"), "--clean", "--if-exists", "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(file)]
    writing = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse", f"--dbname={_where(store)}"]
    options: dict[str, Any] = {"env": _environment(store), "stderr": subprocess.PIPE}
    with (
        subprocess.Popen(reading, stdout=subprocess.PIPE, **options) as script,
        subprocess.Popen(writing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, **options) as database,
    ):
        _hand_over(_pipe(script.stdout), _pipe(database.stdin), script, instead_of)
        said = _fault(_pipe(database.stderr)) or _fault(_pipe(script.stderr))
    if script.returncode or database.returncode:
        raise StoreError(f"the backup was not restored, and nothing was changed: {said}{_advice(said)}")


def _hand_over(statements: IO[bytes], database: IO[bytes], script: subprocess.Popen[bytes], instead_of: Sequence[str]) -> None:
    """Feeds the dump's statements to the database. It is told to keep them only once the dump was read to its end without a fault."""
    try:
        database.write(b"BEGIN;\nSET LOCAL client_min_messages = warning;\n")
        database.write(f"DROP VIEW IF EXISTS {', '.join(VIEWS)};\n".encode())
        if instead_of:
            database.write(f"DROP TABLE IF EXISTS {', '.join(instead_of)};\n".encode())
        shutil.copyfileobj(statements, database)
        if script.wait() == 0:
            database.write(b"COMMIT;\n")
        database.close()
    except BrokenPipeError:  # the database refused something and says so
        script.kill()
        with suppress(BrokenPipeError):
            database.close()
    finally:
        statements.close()


def _advice(said: str) -> str:
    if "objects depend on" not in said:
        return ""
    return "; drop the views and the like that were added to Placebridge's tables, restore, and make them again"


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise StoreError("a program was started without a pipe to it")
    return pipe


def _fault(errors: IO[bytes]) -> str:
    return _first(errors.read().decode(errors="replace"))


def _done(command: list[str], store: Database) -> str:
    done = subprocess.run(command, env=_environment(store), capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise StoreError(_first(done.stderr) or f"{Path(command[0]).name} failed")
    return done.stdout


def _first(errors: str) -> str:
    """The first fault that a program tells of; what follows it may quote rows."""
    found = re.search(r"(?:^|: )(?:error|ERROR|FATAL|fatal): +(.+)$", errors, re.M)
    return found[1].strip() if found else ""


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise StoreError(f"{name} is not installed here; {CLIENT}")
    return found


def parameters(store: Database) -> dict[str, Any]:
    """What libpq is told of where the database is, its password among it."""
    _, given = store.engine.dialect.create_connect_args(store.url)
    return {name: value for name, value in given.items() if name != "context"}


def _where(store: Database) -> str:
    """Which database, for the command line: without its password."""
    from psycopg.conninfo import make_conninfo

    given = parameters(store)
    if "sslpassword" in given:
        raise StoreError(
            "the database URL holds an sslpassword, which PostgreSQL's programs take from no safe place; use a key without one"
        )
    return make_conninfo(**{name: value for name, value in given.items() if name != "password"})


def _environment(store: Database) -> dict[str, str]:
    password = parameters(store).get("password")
    return os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": str(password)} if password else {})
