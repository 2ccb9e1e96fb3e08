"""Two small CRMs in a folder with their settings, and a database of either kind: for commands that work on more than one connection."""

import csv
import json
from contextlib import closing, redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from store.database import Database
from tests.databases import fill_like
from tests.placebridge.commands import Commands, Done
from tests.small_world import CHAMBER, COUNCIL, files, write
from tests.snapshot import Rows, everything

DAY = "2026-11-01"
MAPS = {"council": COUNCIL, "chamber": CHAMBER}
SIDES = {"council": "council", "chamber": "business"}


def first_sync(store: Database, folder: Path) -> None:
    """Fills a new store as `placebridge sync` does it."""
    from placebridge.syncing import Wanted, sync

    TwoCrms(folder, store.url.set(drivername=store.engine.dialect.name).render_as_string(hide_password=False))
    with redirect_stdout(StringIO()):
        assert sync(folder / "config.env", Wanted(as_of=date.fromisoformat(DAY))) == 0


class TwoCrms:
    """`placebridge WORDS...` where a council's and a chamber's CRM are connected."""

    def __init__(self, folder: Path, url: str, commands: Commands | None = None, firms: int = 24) -> None:
        self.folder, self.url = folder, url
        if commands is not None:
            self.run = commands
        self.lines = files(1, firms)
        write(folder, self.lines)
        for name, text in MAPS.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.configure("council", "chamber")

    def configure(self, *names: str, also: str = "", url: str = "") -> None:
        """Writes config.env with these connections; a name may be `new:council`, which reads council's exports under another name."""
        lines = [f"PLACEBRIDGE_DATABASE_URL={url or self.url}"]
        for name in names:
            own, _, crm = name.partition(":")
            key, of = f"PLACEBRIDGE_CONNECTIONS__{own.upper()}__", crm or own
            lines += [f"{key}KIND=files", f"{key}SIDE={SIDES[of]}", f"{key}PATH={of}", f"{key}MAPPING={of}.yaml"]
        (self.folder / "config.env").write_text("\n".join(lines) + f"\n{also}", encoding="utf-8")

    def __call__(self, *words: str) -> Done:
        return self.run(*words)

    def synced(self) -> None:
        """What the first sync leaves, for tests of what comes after it."""
        with closing(Database(self.url)) as store:
            fill_like(store, self.folder, first_sync)
        self.configure("council", "chamber")

    def sync(self, *words: str, as_of: str = DAY) -> Done:
        """A sync as of a fixed day."""
        return self.run("sync", "--as-of", as_of, *words)

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """What a command that succeeds lists as JSON."""
        done = self.run(*words, "--format", "json")
        assert done.code == 0, done
        return self._parsed(done.out)

    def rows_of(self, *words: str) -> list[dict[str, Any]]:
        """What a command lists as JSON, whatever its exit code."""
        return self._parsed(self.run(*words, "--format", "json").out)

    def _parsed(self, text: str) -> list[dict[str, Any]]:
        found = json.loads(text)
        assert isinstance(found, list)
        return found

    def flags(self, as_of: str = DAY) -> dict[str, dict[str, Any]]:
        """Every business's flag by its id."""
        return {row["business_id"]: row for row in self.rows("flags", "--all", "--as-of", as_of)}

    def export(self, what: str, *words: str) -> list[dict[str, str]]:
        """The rows of an export."""
        done = self.run("export", what, f"{what}.csv", *words)
        assert done.code == 0, done
        return list(csv.DictReader((self.folder / f"{what}.csv").read_text(encoding="utf-8").splitlines()))

    def tables(self) -> dict[str, Rows]:
        """Every table, to be compared."""
        store = Database(self.url)
        try:
            return everything(store)
        finally:
            store.close()

    def change(self, path: str, old: str, new: str) -> None:
        """Replaces text in a file of the folder; it must be there."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
