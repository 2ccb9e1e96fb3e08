"""The objects of the stand-in, with the fields that tests use, as the Object Reference and "sObject Describe" give them."""

from dataclasses import dataclass, field


@dataclass
class FieldSpec:
    """One field: its type, and where a reference leads."""

    name: str
    type: str = "string"
    relation: str | None = None
    targets: list[str] = field(default_factory=list)
    part_of: str | None = None

    def described(self) -> dict:
        """As describe tells it; only what a client reads."""
        return {
            "name": self.name,
            "type": self.type,
            "relationshipName": self.relation,
            "referenceTo": self.targets,
            "compoundFieldName": self.part_of,
            "polymorphicForeignKey": len(self.targets) > 1,
        }


def spec(text: str) -> FieldSpec:
    """`Name`, `Employees:int`, `AccountId:reference>Account=Account`, `BillingStreet:textarea@BillingAddress`."""
    text, _, part_of = text.partition("@")
    text, _, relation = text.partition("=")
    text, _, targets = text.partition(">")
    name, _, kind = text.partition(":")
    return FieldSpec(name, kind or "string", relation or None, targets.split("|") if targets else [], part_of or None)


OWN = ["Id:id", "IsDeleted:boolean", "CreatedDate:datetime", "LastModifiedDate:datetime", "SystemModstamp:datetime"]
"""Object Reference, "System Fields"."""
ADDRESS = ["Street:textarea", "City", "PostalCode", "Country"]


def address(prefix: str) -> list[str]:
    """A compound field and its parts ("Address Compound Fields")."""
    return [f"{prefix}Address:address", *(f"{prefix}{part}@{prefix}Address" for part in ADDRESS)]


ACTIVITY = ["Subject", "Description:textarea", "WhoId:reference>Contact|Lead=Who", "WhatId:reference>Account|Opportunity=What", "AccountId:reference>Account=Account",
            "OwnerId:reference>User=Owner", "IsArchived:boolean"]  # fmt: skip
OBJECTS: dict[str, list[str]] = {
    "Account": [*OWN, "MasterRecordId:reference>Account=MasterRecord", "Name", "Type:picklist", "Phone:phone", "Website:url", "NumberOfEmployees:int",
                "AnnualRevenue:currency", "Description:textarea", "OwnerId:reference>User=Owner", *address("Billing")],
    "Contact": [*OWN, "MasterRecordId:reference>Contact=MasterRecord", "Name", "FirstName@Name", "LastName@Name", "Title", "Email:email",
                "HasOptedOutOfEmail:boolean", "AccountId:reference>Account=Account", "OwnerId:reference>User=Owner"],
    "Event": [*OWN, *ACTIVITY, "StartDateTime:datetime", "IsChild:boolean", "IsRecurrence:boolean"],
    "Task": [*OWN, *ACTIVITY, "ActivityDate:date", "Status:picklist", "TaskSubtype:picklist", "IsRecurrence:boolean"],
    "EventRelation": [*OWN, "EventId:reference>Event=Event", "RelationId:reference>Contact|Lead|User|Account=Relation", "Status:picklist",
                      "IsInvitee:boolean", "IsWhat:boolean"],
    "User": ["Id:id", "SystemModstamp:datetime", "LastModifiedDate:datetime", "Name", "Username", "Email:email"],
    "Organization": ["Id:id", "SystemModstamp:datetime", "Name", "IsSandbox:boolean"],
    "Name": ["Id:id", "Name", "Type:picklist", "Email:email", "Title"],
}  # fmt: skip
UNLOGGED = {"User", "Organization", "Name"}
"""Objects that are not replicateable."""
