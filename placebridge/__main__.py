"""python -m placebridge"""

from placebridge.cli import main

main()
