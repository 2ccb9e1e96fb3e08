"""What every connector must do, as tests that its author runs: docs/connectors.md says how. Needs the extra `testing`."""

from connector.conformance.clock import HurriedClock
from connector.conformance.hearing import Heard, everything_of
from connector.conformance.state import BrokenContract, State
from connector.conformance.suite import ConnectorSuite
from connector.conformance.world import World

__all__ = ["BrokenContract", "ConnectorSuite", "Heard", "HurriedClock", "State", "World", "everything_of"]
