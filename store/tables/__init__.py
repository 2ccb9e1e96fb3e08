"""The tables. What a CRM holds (records), what is worked out from it, and what people decided.

Days are local to the configured zone; instants are UTC. What is worked out can be rebuilt from records, link decisions and corrections at
any time; those three cannot.
"""

import store.tables.columns  # noqa: F401 - names what follows
from store.tables.crm import Arrival, Connection, Cursor, Merged, Notice, Record, Reject
from store.tables.flags import Dirty, Flag, FlagHistory, FlagLooked
from store.tables.joined import Business, BusinessRecord, Correction, LinkDecision, Person, PersonRecord, RegisterCompany
from store.tables.lookups import LookupAnswer
from store.tables.notices import Alert, OpsDelivery, OpsNotice
from store.tables.resolved import Engagement, EngagementBusiness, Participant, Post, ThemeFound, ThemeRead
from store.tables.site import SignInFailure, SiteSession
from store.tables.versions import SettingVersion
from store.tables.work import Audit, BudgetHold, BudgetUse, Run, Stage
from store.tables.worker import DueRun, Lease, Schedule, Worker

__all__ = [
    "Alert",
    "Arrival",
    "Audit",
    "BudgetHold",
    "BudgetUse",
    "Business",
    "BusinessRecord",
    "Connection",
    "Correction",
    "Cursor",
    "Dirty",
    "DueRun",
    "Engagement",
    "EngagementBusiness",
    "Flag",
    "FlagHistory",
    "FlagLooked",
    "Lease",
    "LinkDecision",
    "LookupAnswer",
    "Merged",
    "Notice",
    "OpsDelivery",
    "OpsNotice",
    "Participant",
    "Person",
    "PersonRecord",
    "Post",
    "Record",
    "RegisterCompany",
    "Reject",
    "Run",
    "Schedule",
    "SettingVersion",
    "SignInFailure",
    "SiteSession",
    "Stage",
    "ThemeFound",
    "ThemeRead",
    "Worker",
]
