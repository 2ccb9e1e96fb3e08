"""The chamber's CRM of the fictional town, as it exports itself: names in other spellings, people without ids, references by name."""

from placebridge.demo.town import Firm, Person, Town

Rows = list[list[str | int]]

MEMBERS = ["Member Ref", "Trading As", "Crn", "Postcode", "Web", "Sector", "Joined"]
PEOPLE = ["Full Name", "Position", "E-mail", "Member"]
TOUCHPOINTS = ["Touchpoint", "What", "Title", "Detail", "When", "Member", "Who", "Outcome"]


def held(firm: Firm) -> bool:
    """Whether the chamber knows the business."""
    return firm.number % 2 == 1


def called(firm: Firm) -> str:
    """The name that the chamber has for it: in capitals, by its trading name, or with two letters swapped."""
    if firm.trading_as:
        return firm.trading_as
    if firm.number % 37 == 1:
        return f"{firm.name[:2]}{firm.name[3]}{firm.name[2]}{firm.name[4:]}"
    return f"{firm.name.upper()} LIMITED" if firm.number % 3 else firm.name


def members(town: Town) -> Rows:
    """A row for each member. Excel has eaten the noughts of the company numbers: they are numbers there."""
    known = [firm for firm in town.firms if held(firm)]
    return [
        [f"M{firm.number:04}", called(firm), int(firm.company_number) if firm.number % 5 else "", firm.postcode.replace(" ", ""),
         f"www.{firm.domain}" if firm.number % 3 else "", town.pick(["business", "business", "Business services", ""]), 2012 + firm.number % 14]
        for firm in known
    ]  # fmt: skip


def people(town: Town) -> Rows:
    """A row for each person at a member, often by the short form of the first name."""
    return [_person(town, person) for person in town.people if held(person.firm)]


def full_name(town: Town, person: Person) -> str:
    """The name that the chamber has: Bill for William, for half of them."""
    first = town.words["short_names"].get(person.first, person.first) if person.number % 2 else person.first
    return f"{first} {person.last}"


def _person(town: Town, person: Person) -> list[str | int]:
    mail = person.mail.upper() if person.number % 5 else f"{person.last.lower().replace(chr(39), '')}{person.number}@mail.example"
    return [full_name(town, person), person.title, mail, called(person.firm)]


def touchpoints(town: Town) -> Rows:
    """800 engagements; some guests are in no list."""
    known = [person for person in town.people if held(person.firm)]
    return [_touchpoint(town, number, known) for number in range(800)]


def _touchpoint(town: Town, number: int, known: list[Person]) -> list[str | int]:
    person = town.pick(known)
    what = town.pick(["1:1", "Networking event", "Networking event", "Newsletter"])
    title = town.pick(town.words["events"]) if what == "Networking event" else town.pick(town.words["subjects"])
    who = [full_name(town, person)] if what != "Newsletter" else []
    if what == "Networking event" and town.often(6):
        who.append("A Guest")
    when = f"{town.day_with(person).isoformat()}T18:00:00"
    return [f"T{number:04}", what, title, town.pick(town.words["notes"]), when, called(person.firm), "|".join(who), town.pick(["Came", "Came", "Invited", "No show", ""])]  # fmt: skip
