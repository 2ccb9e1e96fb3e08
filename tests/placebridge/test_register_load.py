"""`placebridge register load`: the published file as it is, its ZIP, other files, and what is no register."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.placebridge.commands import ROOT, Commands
from tests.placebridge.two_crms import DAY, TwoCrms

HEADER = "CompanyName, CompanyNumber,RegAddress.CareOf,RegAddress.PostTown,RegAddress.PostCode,CompanyStatus, PreviousName_1.CONDATE, PreviousName_1.CompanyName"
ROWS = [
    '"FIRM 0 LIMITED","04100000","","ZEDTON","ZX1 1AB","Active","",""',
    '"FIRM 4 LIMITED","04103668","","ZEDTON","ZX5 1AB","Active","01/02/2020","QUARRY, TOOLS & CO LIMITED"',
    '"","04100001","","","","Active","",""',
    '"NUMBERLESS LIMITED","","","","","Active","",""',
    '"FIRM 0 LIMITED","04100000","","","","Active","",""',
]
PUBLISHED = "\n".join([HEADER, *ROWS]) + "\n"


def _zipped(path: Path, *files: tuple[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)


def _without_numbers(crms: TwoCrms) -> None:
    crms.change("council.yaml", "company_number: No, ", "")
    crms.configure("council")


@pytest.mark.parametrize("form", ["csv", "zip", "crlf", "bom", "mapped"])
def test_a_sync_links_to_what_was_loaded(crms: TwoCrms, form: str) -> None:
    _without_numbers(crms)
    crms.sync()
    assert {row["company_number"] for row in crms.export("links")} == {""}
    file, words = crms.folder / "register.csv", []
    text = PUBLISHED
    if form == "mapped":
        text = text.replace(HEADER, "Title,No,Care,Town,Code,State,Since,Before").replace('"0410', '"410')
        (crms.folder / "map.yaml").write_text("number: No\nname: Title\npostcode: Code\ntown: Town\nprevious_names: [Before]\n")
        words = ["--mapping", "map.yaml"]
    if form == "zip":
        _zipped(crms.folder / "register.zip", ("BasicCompanyData.csv", text))
        file = crms.folder / "register.zip"
    else:
        file.write_bytes((("\ufeff" if form == "bom" else "") + text).replace("\n", "\r\n" if form == "crlf" else "\n").encode())
    done = crms("register", "load", file.name, *words)
    assert (done.code, done.said) == (0, "2 companies loaded; the next `placebridge sync` links with them.")
    crms.sync()
    numbers = {row["source_id"]: row["company_number"] for row in crms.export("links")}
    assert (numbers["A0"], numbers["A4"], numbers["A3"]) == ("04100000", "04103668", "")
    assert "Firm 4 Ltd" in crms("explain", "4103668", "--as-of", DAY).out
    assert "04103668" in crms("explain", "Firm 4 Ltd", "--as-of", DAY).out


def test_a_second_load_replaces(crms: TwoCrms) -> None:
    _without_numbers(crms)
    (crms.folder / "r.csv").write_text(PUBLISHED)
    crms("register", "load", "r.csv")
    (crms.folder / "r.csv").write_text("\n".join([HEADER, ROWS[1]]) + "\n")
    assert crms("register", "load", "r.csv").said.startswith("1 company loaded")
    crms.sync()
    assert {row["company_number"] for row in crms.export("links")} == {"", "04103668"}


def _broken_zip(folder: Path) -> None:
    _zipped(folder / "r.csv", ("a.csv", PUBLISHED * 5000))
    content = bytearray((folder / "r.csv").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (folder / "r.csv").write_bytes(content)


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "no file": (lambda folder: None, "there is no file r.csv; correct its name"),
    "a folder": (lambda folder: (folder / "r.csv").mkdir(), "r.csv is a folder; name the file in it"),
    "empty": (lambda folder: (folder / "r.csv").touch(), "r.csv is empty, so the register stays as it was; get the file again"),
    "a header only": (lambda folder: (folder / "r.csv").write_text(HEADER + "\n"), "r.csv holds no company, so the register stays as it was"),
    "another file": (lambda folder: (folder / "r.csv").write_text("a,b\n1,2\n"), "r.csv has no column CompanyNumber, CompanyName; it is not the company data file. Say which columns hold what with --mapping"),
    "no text": (lambda folder: (folder / "r.csv").write_bytes(bytes(range(256)) * 99), "r.csv"),
    "two in a ZIP": (lambda folder: _zipped(folder / "r.csv", ("a.csv", PUBLISHED), ("b.csv", PUBLISHED)), "r.csv holds 2 CSV files; it should hold one"),
    "half a ZIP": (lambda folder: (folder / "r.csv").write_bytes(b"PK\x03\x04half"), "r.csv is a ZIP that is damaged or not whole; the register stays as it was"),
    "a ZIP that breaks off": (_broken_zip, "r.csv is a ZIP that is damaged or not whole; the register stays as it was"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_register_is_told_and_the_old_one_stays(crms: TwoCrms, name: str) -> None:
    (crms.folder / "first.csv").write_text(PUBLISHED)
    crms("register", "load", "first.csv")
    before = crms.tables()
    spoil, words = WRONG[name]
    spoil(crms.folder)
    done = crms("register", "load", "r.csv")
    assert done.code == 2, done
    assert words in done.said
    assert "Traceback" not in done.said
    assert crms.tables() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("number: [", "map.yaml is no YAML"),
        ("name: CompanyName", "map.yaml needs `number` and `name`"),
        ("number: CompanyNumber\nname: {from: CompanyName}", "map.yaml may only name columns, or lists of them"),
        ("number: No\nname: CompanyName", "r.csv has no column No"),
        ("", "map.yaml needs `number` and `name`"),
    ],
)
def test_a_mapping_with_a_mistake_is_told(world: Path, placebridge: Commands, text: str, words: str) -> None:
    (world / "r.csv").write_text(PUBLISHED)
    (world / "map.yaml").write_text(text)
    done = placebridge("register", "load", "r.csv", "--mapping", "map.yaml")
    assert (done.code, words in done.said) == (2, True), done
    assert "there is no file other.yaml" in placebridge("register", "load", "r.csv", "--mapping", "other.yaml").said


PEAK = """
import sys
sys.argv[0] = "placebridge"
from placebridge.cli import guarded, app
code = guarded(app)
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
sys.exit(code)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads a process's peak memory from /proc")
def test_memory_does_not_grow_with_the_file(world: Path, placebridge: Commands) -> None:
    def peak(rows: int) -> int:
        with (world / "r.csv").open("w") as out:
            out.write(HEADER + "\n")
            for number in range(rows):
                out.write(f'"MADE UP TRADING {number} LIMITED","{10_000_000 + number}","","ZEDTON","ZX1 1AB","Active","",""\n')
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", PEAK, "register", "load", "r.csv"]
        done = subprocess.run(command, cwd=world, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return int(done.stdout.split()[-1])

    small = peak(20_000)
    assert peak(200_000) < small + 20_000
