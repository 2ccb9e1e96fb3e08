"""Programs from npm that tests run against: installed once, beside the project's root, from a lock of their own."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class NpmPeer:
    """A program: its name as people say it, what its folder is called, where its package.json and lock are, and what demands it."""

    name: str
    slug: str
    here: Path
    needed: str
    """The environment's name by which it is installed where it is not there."""
    missing: type[Exception]
    """What is raised where it cannot be had."""

    @property
    def folder(self) -> Path:
        """Where it is installed: another for each lock."""
        digest = hashlib.sha256((self.here / "package-lock.json").read_bytes()).hexdigest()
        return ROOT / ".peers" / f"{self.slug}-{digest[:12]}"

    def installed(self) -> Path:
        """The folder that holds it, installed first where `needed` says so. Raises `missing` where it is not there."""
        if not (self.folder / "ready").exists():
            if not os.environ.get(self.needed):
                raise self.missing(f"{self.name} is not installed; {self.needed}=1 installs it into .peers/ with npm")
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder.with_suffix(".lock")):
                self._install()
        return self.folder

    def _install(self) -> None:
        if (self.folder / "ready").exists():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise self.missing("there is no npm here; install Node.js 20 or newer (Debian's packages nodejs and npm)")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(self.here / name, self.folder / name)
        words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise self.missing(f"npm could not install {self.name}: {done.stderr.strip()[-2000:]}")
        (self.folder / "ready").touch()
