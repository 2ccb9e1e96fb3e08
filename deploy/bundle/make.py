"""Makes the offline bundle: `./run bundle [--out FOLDER]`. It runs in the project's .venv, whose packages say what needs what.

placebridge-VERSION-PYTHON-PLATFORM.tar.gz
    install.sh, README.txt, python-version.txt, SHA256SUMS
    requirements.txt    each wheel's name, version and hash
    wheels/             ours and what it needs, checked against requirements.lock as it came from the index
    pip-….whl, config.example.env, docs/, deploy/
"""

import argparse
import gzip
import hashlib
import importlib.metadata
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PIP = next((ROOT / "deploy" / "bootstrap").glob("pip-*.whl"))
ROOMS = ("connector", "mappings", "store", "jobs", "review", "placebridge")
LEFT_OUT = {"dev", "testing", "notify"}
"""Extras that an installation does without: what is for developers, and GOV.UK Notify's client, which needs a package without a wheel."""
DOCS = ("operations.md", "worker.md", "commands.md", "supported.md")
FOR_OPS = ("systemd", "prometheus")
LONG_AGO = 315_532_800
"""1 January 1980, the first day that a ZIP, and so a wheel, can hold: every file's date, so that the same files make the same bundle."""


def main() -> int:
    """The command; returns its exit code."""
    words = argparse.ArgumentParser(prog="./run bundle", description="Builds the wheel and a bundle that installs without a network.")
    words.add_argument("--out", type=Path, default=ROOT / "dist", metavar="FOLDER", help="where to write; dist unless said")
    out: Path = words.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        wheel = build_wheel(work)
        bundle = work / "bundle"
        fill(bundle, wheel, work)
        made = out / f"{wheel.name.split('-py3')[0]}-{python_and_platform().replace(' ', '-')}.tar.gz"
        pack(bundle, made)
        shutil.copy(wheel, out)
    print(f"{made}\n  sha256 {sha256(made)}, {made.stat().st_size / 1e6:.1f} MB\n{out / wheel.name}")
    return 0


def build_wheel(work: Path) -> Path:
    """Our wheel, built from a copy of the sources alone by the setuptools of build.lock."""
    source, tools = work / "source", work / "tools"
    source.mkdir()
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "*.db*", ".*", "node_modules"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip("install", "--target", tools, "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", HERE / "build.lock")
    pip("wheel", source, "--no-deps", "--no-build-isolation", "--wheel-dir", work / "ours", tools=tools)
    return next((work / "ours").glob("*.whl"))


def fill(bundle: Path, wheel: Path, work: Path) -> None:
    """Everything that the bundle holds, in a new folder."""
    wheels = bundle / "wheels"
    wheels.mkdir(parents=True)
    (work / "wanted.txt").write_text(wanted_lock(), encoding="utf-8")
    pip("download", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", wheels, "-r", work / "wanted.txt")
    shutil.copy(wheel, wheels)
    shutil.copy(PIP, bundle)
    for name in ("install.sh", "README.txt"):
        shutil.copy(HERE / name, bundle)
    shutil.copy(ROOT / "config.example.env", bundle)
    (bundle / "docs").mkdir()
    for name in DOCS:
        shutil.copy(ROOT / "docs" / name, bundle / "docs")
    for name in FOR_OPS:
        shutil.copytree(ROOT / "deploy" / name, bundle / "deploy" / name)
    (bundle / "python-version.txt").write_text(f"{python_and_platform()}\n", encoding="utf-8")
    (bundle / "requirements.txt").write_text("".join(requirements(wheels)), encoding="utf-8")
    sums = [f"{sha256(path)}  {path.relative_to(bundle)}\n" for path in files(bundle)]
    (bundle / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def wanted_lock() -> str:
    """The part of requirements.lock that an installation needs, hashes and all."""
    needed = closure()
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    return "\n".join(block for block in blocks if canonicalize_name(re.split("[=; ]", block)[0]) in needed) + "\n"


def closure() -> set[str]:
    """The names of the packages that ours needs, with all its extras but those left out, and what these need in turn."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for name, listed in project["optional-dependencies"].items() if name not in LEFT_OUT for one in listed]
    waiting = [Requirement(one) for one in (*project["dependencies"], *extras)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += needs_of(name, extra)
    return {name for name, _ in seen}


def needs_of(name: str, extra: str) -> Iterator[Requirement]:
    """What an installed package needs here, with one of its extras or none."""
    for line in importlib.metadata.requires(name) or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def requirements(wheels: Path) -> Iterator[str]:
    """A line for each wheel: the file that came, by its hash."""
    for path in files(wheels):
        name, version, *_ = parse_wheel_filename(path.name)
        yield f"{name}=={version} --hash=sha256:{sha256(path)}\n"


def pack(folder: Path, target: Path) -> None:
    """An archive that is the same whenever it is made of the same files."""
    top = target.name.removesuffix(".tar.gz")
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for path in files(folder):
            member = tarfile.TarInfo(f"{top}/{path.relative_to(folder)}")
            member.mode = 0o755 if path.suffix == ".sh" else 0o644
            member.mtime, content = LONG_AGO, path.read_bytes()
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def files(folder: Path) -> list[Path]:
    """Every file below a folder, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def sha256(path: Path) -> str:
    """A file's hash, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def python_and_platform() -> str:
    """Which Python the wheels are for, as in 3.11 linux-x86_64."""
    return f"{sys.version_info.major}.{sys.version_info.minor} {sysconfig.get_platform()}"


def pip(*words: object, tools: Path | None = None) -> None:
    """Runs the pip that the repository carries. `tools`: packages that it is to build with."""
    also = {"SOURCE_DATE_EPOCH": str(LONG_AGO)} | ({"PYTHONPATH": str(tools)} if tools else {})
    command = [sys.executable, f"{PIP}/pip", *map(str, words), "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(command, env={**os.environ, **also}, check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{done.stderr.strip()}\nBundling failed at: pip {words[0]}. Is the network or package index reachable?")


if __name__ == "__main__":
    sys.exit(main())
