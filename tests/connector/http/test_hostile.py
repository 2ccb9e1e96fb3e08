"""A sample of the hostile seeds; the script runs more."""

import pytest

from tests.connector.http.hostile import run


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_service_does(seed):
    """All rows or an error of the contract; no secret anywhere; nothing to another host; the time under its ceiling."""
    assert run(seed).broken == []
