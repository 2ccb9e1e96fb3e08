"""Placebridge's read of a way, in a process that begins as `placebridge sync` does.

python -m benchmarks.connectors.ours WAY ADDRESS DATABASE
"""

import sys

from placebridge.garbage import spare_loading


def main() -> None:
    """Loads what the read needs, and reads."""
    spare_loading()
    from benchmarks.connectors.pulling import read

    read(*sys.argv[1:])


if __name__ == "__main__":
    main()
