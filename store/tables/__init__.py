"""The tables. What a CRM holds (records), what is worked out from it, and what people decided.

Days are local to the configured zone; instants are UTC. What is worked out can be rebuilt from records, link decisions and corrections at
any time; those three cannot.

To make them all takes a quarter of a second, which every short command would pay: a module of them is loaded when one of its names is
asked for. `everything` is for whoever wants the whole schema.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlmodel import SQLModel

import store.tables.columns  # noqa: F401 - names what follows

if TYPE_CHECKING:
    from store.tables.crm import *  # noqa: F403
    from store.tables.data_tokens import *  # noqa: F403
    from store.tables.flags import *  # noqa: F403
    from store.tables.joined import *  # noqa: F403
    from store.tables.list_work import *  # noqa: F403
    from store.tables.lookups import *  # noqa: F403
    from store.tables.notices import *  # noqa: F403
    from store.tables.places import *  # noqa: F403
    from store.tables.resolved import *  # noqa: F403
    from store.tables.site import *  # noqa: F403
    from store.tables.versions import *  # noqa: F403
    from store.tables.work import *  # noqa: F403
    from store.tables.worker import *  # noqa: F403

HOLDS = {
    "crm": ("Arrival", "Connection", "Cursor", "Merged", "Notice", "Record", "Reject"),
    "data_tokens": ("DataToken",),
    "flags": ("Dirty", "Flag", "FlagHistory", "FlagLooked"),
    "joined": ("RULES", "Business", "BusinessRecord", "Correction", "LinkDecision", "Person", "PersonRecord", "RegisterCompany"),
    "list_work": ("DigestChoice", "DigestMail", "Listed", "ListVersion", "OwnEngagement", "SavedView", "WorkStep"),
    "lookups": ("LookupAnswer", "RegisterOfficer"),
    "notices": ("Alert", "OpsDelivery", "OpsNotice"),
    "places": ("Need", "Offer", "PersonRole", "PersonRoleSaid", "Readiness", "Seat", "SeatTheme", "Tally"),
    "resolved": ("Engagement", "EngagementBusiness", "Participant", "Post", "ThemeFound", "ThemeRead"),
    "site": ("Colleague", "SignInFailure", "SiteSession"),
    "versions": ("SettingVersion",),
    "work": ("Audit", "BudgetHold", "BudgetUse", "Run", "Stage"),
    "worker": ("DueRun", "Lease", "Schedule", "Worker"),
}
"""What each module offers."""
_HOMES = {name: module for module, names in HOLDS.items() for name in names}


def everything() -> list[Table]:
    """Every table of the schema, those that others point at first."""
    for module in HOLDS:
        import_module(f"store.tables.{module}")
    return list(SQLModel.metadata.sorted_tables)


if not TYPE_CHECKING:  # mypy is to know the names, and to refuse any other

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'store.tables' has no attribute '{name}'")
        found = globals()[name] = getattr(import_module(f"store.tables.{_HOMES[name]}"), name)
        return found
