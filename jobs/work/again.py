"""Looks at businesses again at once, so that who wrote something down sees what it changes."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from jobs import flag
from mappings.policy_rules import PolicyRules
from store.database import Database


def look_again(store: Database, business_ids: Sequence[str], as_of: date, rules: PolicyRules, zone: ZoneInfo) -> None:
    """Brings the flags of these businesses up to a day. What is not, as where this is killed, stays marked for the next sync."""
    ids = sorted(set(business_ids))
    with store.connect() as connection:
        flag._write(connection, ids, list(flag._decide(connection, ids, as_of, rules, zone)), as_of)
