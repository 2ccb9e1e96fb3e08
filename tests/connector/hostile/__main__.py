"""`python -m tests.connector.hostile [--connector NAME] [--seeds 200] [--first 0]`: reads hostile systems, seed after seed."""

import sys

from tests.connector.hostile.outcome import command
from tests.connector.hostile.running import subjects

sys.exit(command(subjects()))
