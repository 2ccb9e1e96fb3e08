"""The demo: writes the fictional town into a folder where it is not there yet, syncs it, and shows what came out."""

import sys
from pathlib import Path

from placebridge.cli import guarded
from placebridge.demo.town import AS_OF
from placebridge.demo.writing import write
from placebridge.explaining import explain
from placebridge.looking import flags
from placebridge.syncing import Wanted, sync

FOLDER = Path("demo")
TOP = 10


def demo(folder: Path = FOLDER) -> int:
    """Returns the exit code of the sync."""
    config = folder / "config.env"
    print("The town and everybody in it are made up.\n")
    if not config.exists():
        write(folder)
        print(f"Two CRMs' exports were written to {folder}/: the council's (CSV) and the chamber's (CSV and XLSX).\n")
    code = sync(config, Wanted(as_of=AS_OF))
    print(f"\nThe {TOP} businesses to see first:")
    first = flags(config, False, AS_OF, None, "table", TOP)
    if first:
        print("\nOne of them explained:\n")
        explain(config, first[0]["business_id"], AS_OF)
    print()
    flags(config, True, AS_OF, folder / "flags.xlsx", "table")
    print("\nWhat to do next:")
    print(f"  - see it in a browser: ./run review --config {config}")
    print(f"  - open {folder}/flags.xlsx: the whole list, the engaged included")
    print(f"  - change a row in {folder}/council/contacts.csv and run ./run demo again: it tells what the change did")
    print("  - put your own exports in a folder and run: ./run init --from FOLDER --into mine")
    return code


def main() -> None:
    """The script's entry: a fault is one plain line, as on the command line."""
    sys.exit(guarded(demo))


if __name__ == "__main__":
    main()
