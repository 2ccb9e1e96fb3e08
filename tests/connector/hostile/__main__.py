"""`python -m tests.connector.hostile [--connector NAME] [--seeds 200] [--first 0]`: reads hostile systems, seed after seed."""

import sys
from functools import partial

from tests.connector.hostile import lookups
from tests.connector.hostile.outcome import command
from tests.connector.hostile.running import subjects

registers = {name: partial(lookups.run, register) for name, register in lookups.REGISTERS.items()}
sys.exit(command({**subjects(), **registers}))
