"""The tables. What a CRM holds (records), what is worked out from it, and what people decided.

Days are local to the configured zone; instants are UTC. What is worked out can be rebuilt from records, link decisions and corrections at
any time; those three cannot.
"""

import store.tables.columns  # noqa: F401 - names what follows
from store.tables.crm import Arrival, Connection, Cursor, Merged, Notice, Record, Reject
from store.tables.flags import Dirty, Flag, FlagHistory, FlagLooked
from store.tables.joined import RULES, Business, BusinessRecord, Correction, LinkDecision, Person, PersonRecord, RegisterCompany
from store.tables.list_work import DigestChoice, DigestMail, Listed, ListVersion, OwnEngagement, SavedView, WorkStep
from store.tables.lookups import LookupAnswer, RegisterOfficer
from store.tables.notices import Alert, OpsDelivery, OpsNotice
from store.tables.places import Need, Offer, PersonRole, PersonRoleSaid, Readiness, Seat, SeatTheme, Tally
from store.tables.resolved import Engagement, EngagementBusiness, Participant, Post, ThemeFound, ThemeRead
from store.tables.site import Colleague, SignInFailure, SiteSession
from store.tables.versions import SettingVersion
from store.tables.work import Audit, BudgetHold, BudgetUse, Run, Stage
from store.tables.worker import DueRun, Lease, Schedule, Worker

__all__ = [
    "RULES",
    "Alert",
    "Arrival",
    "Audit",
    "BudgetHold",
    "BudgetUse",
    "Business",
    "BusinessRecord",
    "Colleague",
    "Connection",
    "Correction",
    "Cursor",
    "DigestChoice",
    "DigestMail",
    "Dirty",
    "DueRun",
    "Engagement",
    "EngagementBusiness",
    "Flag",
    "FlagHistory",
    "FlagLooked",
    "Lease",
    "LinkDecision",
    "ListVersion",
    "Listed",
    "LookupAnswer",
    "Merged",
    "Need",
    "Notice",
    "Offer",
    "OpsDelivery",
    "OpsNotice",
    "OwnEngagement",
    "Participant",
    "Person",
    "PersonRecord",
    "PersonRole",
    "PersonRoleSaid",
    "Post",
    "Readiness",
    "Record",
    "RegisterCompany",
    "RegisterOfficer",
    "Reject",
    "Run",
    "SavedView",
    "Schedule",
    "Seat",
    "SeatTheme",
    "SettingVersion",
    "SignInFailure",
    "SiteSession",
    "Stage",
    "Tally",
    "ThemeFound",
    "ThemeRead",
    "WorkStep",
    "Worker",
]
