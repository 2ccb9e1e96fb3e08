"""The tables of the stand-in: Microsoft's own, cut down to what the tests read.

Names, types, choices and lookups: https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/account and the pages
beside it (contact, lead, appointment, phonecall, email, activityparty, systemuser); properties as the Web API offers them:
https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/activityparty and the pages beside it."""

from dataclasses import dataclass, field


@dataclass
class Table:
    logical: str
    entity_set: str
    key: str
    name: str
    """The column that holds a row's name, which formatted lookups show."""
    attributes: dict[str, str]
    """AttributeType by logical name; `X of Y` for a column that only describes another (AttributeOf)."""
    choices: dict[str, dict[int, str]] = field(default_factory=dict)
    privilege: str | None = None
    """Activities of all kinds share prvReadActivity; activity parties have none of their own."""
    tracked: bool = True
    trackable: bool = True
    unreadable: set[str] = field(default_factory=set)
    """Columns that are not valid for read (IsValidForRead)."""

    def property_of(self, attribute: str) -> str | None:
        """What the column is called in the Web API: lookups are `_name_value`, lists of parties and describing columns are no properties.
        https://learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-properties"""
        kind = self.attributes[attribute]
        if kind == "PartyList" or " of " in kind or attribute in self.unreadable:
            return None
        return f"_{attribute}_value" if kind in {"Lookup", "Customer", "Owner"} else attribute

    @property
    def properties(self) -> list[str]:
        return [name for attribute in self.attributes if (name := self.property_of(attribute))]


TIMES = {"createdon": "DateTime", "modifiedon": "DateTime", "versionnumber": "BigInt", "ownerid": "Owner", "owneridtype": "EntityName of ownerid"}
STATE = {"statecode": "State", "statuscode": "Status", "statuscodename": "Virtual of statuscode"}
MERGING = {"merged": "Boolean", "masterid": "Lookup"}
ACTIVITY = {
    "activityid": "Uniqueidentifier", "subject": "String", "description": "Memo", "scheduledstart": "DateTime", "scheduledend": "DateTime",
    "actualstart": "DateTime", "actualend": "DateTime", "regardingobjectid": "Lookup", "activitytypecode": "EntityName", **TIMES, **STATE,
}  # fmt: skip
ACTIVE = {"statecode": {0: "Active", 1: "Inactive"}, "statuscode": {1: "Active", 2: "Inactive"}}


def tables() -> list[Table]:
    return [
        Table("account", "accounts", "accountid", "name", {
            "accountid": "Uniqueidentifier", "name": "String", "accountnumber": "String", "address1_line1": "String", "address1_city": "String",
            "address1_postalcode": "String", "websiteurl": "String", "emailaddress1": "String", "telephone1": "String", "numberofemployees": "Integer",
            "industrycode": "Picklist", "revenue": "Money", "parentaccountid": "Lookup", "primarycontactid": "Lookup", "donotemail": "Boolean", **MERGING, **TIMES, **STATE,
        }, {**ACTIVE, "industrycode": {1: "Accounting", 7: "Consulting"}}, "prvReadAccount"),
        Table("contact", "contacts", "contactid", "fullname", {
            "contactid": "Uniqueidentifier", "fullname": "String", "firstname": "String", "lastname": "String", "jobtitle": "String", "emailaddress1": "String",
            "telephone1": "String", "parentcustomerid": "Customer", "parentcustomeridname": "String of parentcustomerid", "donotemail": "Boolean", **MERGING, **TIMES, **STATE,
        }, ACTIVE, "prvReadContact"),
        Table("lead", "leads", "leadid", "fullname", {
            "leadid": "Uniqueidentifier", "fullname": "String", "companyname": "String", "emailaddress1": "String", **MERGING, **TIMES, **STATE,
        }, ACTIVE, "prvReadLead"),
        Table("appointment", "appointments", "activityid", "subject", {**ACTIVITY, "requiredattendees": "PartyList", "organizer": "PartyList"},
              {"statecode": {0: "Open", 1: "Completed", 2: "Canceled", 3: "Scheduled"}}, "prvReadActivity"),
        Table("phonecall", "phonecalls", "activityid", "subject", {**ACTIVITY, "directioncode": "Boolean", "to": "PartyList"},
              {"statecode": {0: "Open", 1: "Completed", 2: "Canceled"}}, "prvReadActivity"),
        Table("email", "emails", "activityid", "subject", {**ACTIVITY, "directioncode": "Boolean", "to": "PartyList"},
              {"statecode": {0: "Open", 1: "Completed", 2: "Canceled"}}, "prvReadActivity"),
        Table("activityparty", "activityparties", "activitypartyid", "partyidname", {
            "activitypartyid": "Uniqueidentifier", "activityid": "Lookup", "partyid": "Lookup", "partyidname": "String of partyid",
            "partyobjecttypecode": "EntityName of partyid", "participationtypemask": "Picklist", "addressused": "String", "ispartydeleted": "Boolean",
            "unresolvedpartyname": "String", "scheduledstart": "DateTime", "owningbusinessunit": "Uniqueidentifier", "versionnumber": "BigInt",
        }, {"participationtypemask": {1: "Sender", 2: "To Recipient", 3: "CC Recipient", 4: "BCC Recipient", 5: "Required attendee", 6: "Optional attendee",
                                      7: "Organizer", 8: "Regarding", 9: "Owner", 10: "Resource", 11: "Customer", 12: "Chat Participant"}},
              None, tracked=False, trackable=False, unreadable={"owningbusinessunit"}),
        Table("systemuser", "systemusers", "systemuserid", "fullname", {
            "systemuserid": "Uniqueidentifier", "fullname": "String", "isdisabled": "Boolean", "modifiedon": "DateTime", "versionnumber": "BigInt",
        }, {}, "prvReadUser", tracked=False),
        Table("new_visit", "new_visits", "new_visitid", "new_name", {
            "new_visitid": "Uniqueidentifier", "new_name": "String", "new_account": "Lookup", **TIMES, **STATE,
        }, ACTIVE, "prvReadnew_visit", tracked=False),
        Table("organization", "organizations", "organizationid", "name", {"organizationid": "Uniqueidentifier", "name": "String"}, {}, "prvReadOrganization", tracked=False),
    ]  # fmt: skip
