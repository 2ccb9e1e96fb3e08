"""What every connector must do."""

from connector.conformance import ConnectorSuite
from tests.connector.salesforce.world import SalesforceWorld


class TestSalesforce(ConnectorSuite):
    kind = SalesforceWorld.kind

    def make(self, folder):
        return SalesforceWorld(folder)
