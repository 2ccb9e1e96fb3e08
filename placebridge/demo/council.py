"""The council's CRM of the fictional town, as it exports itself."""

from placebridge.demo.town import LEFT_ON, Firm, Person, Town

Rows = list[list[str]]
FORMS = ("{} Ltd", "{} Limited", "{} LTD", "{}", "{} Ltd.")

ACCOUNTS = [
    "Account",
    "Account Name",
    "Company No.",
    "Street 1",
    "Town",
    "Post Code",
    "Website",
    "Main Phone",
    "Staff",
    "Several Sites",
    "State",
]
CONTACTS = ["Contact", "First", "Last", "Job Title", "Email", "Mobile", "Account", "Left", "DNC"]
ACTIVITIES = ["Activity", "Type", "Activity Status", "Direction", "Subject", "Description", "Start", "Regarding", "Owner", "Attendees"]


def held(firm: Firm) -> bool:
    """Whether the council knows the business."""
    return firm.number % 6 != 5


def accounts(town: Town) -> Rows:
    """A row for each business it knows, a few twice, and the totals line that its report adds."""
    rows = [_account(town, firm, f"A-{firm.number:04}") for firm in town.firms if held(firm)]
    rows += [_account(town, firm, f"A-{firm.number + 5000}") for firm in town.firms if firm.number % 71 == 7]
    return [*rows, ["Total", str(len(rows)), *[""] * (len(ACCOUNTS) - 2)]]


def _account(town: Town, firm: Firm, account: str) -> list[str]:
    name = town.pick(FORMS).format(firm.name) + (f" t/a {firm.trading_as}" if firm.trading_as else "")
    if firm.number % 83 == 3:
        name += " (DO NOT USE - see new record)"
    number = "" if firm.number % 3 == 0 else firm.company_number.lstrip("0") if firm.number % 3 == 1 else firm.company_number
    phone = f"01632 96{firm.number:04}" if firm.number % 2 else ""
    staff = town.pick(["", "8", "60", "1,200", "50-99", "c. 20"])
    several, state = ("Y" if firm.number % 29 == 0 else "N"), ("Inactive" if firm.number % 47 == 1 else "Active")
    website = f"https://www.{firm.domain}/contact" if firm.number % 4 else ""
    return [account, name, number, f"{firm.number % 90 + 1} Mill Lane", firm.place, firm.postcode, website, phone, staff, several, state]


def contacts(town: Town) -> Rows:
    """A row for each person at the businesses it knows, and one that somebody began and left without an id."""
    rows = [_contact(person) for person in town.people if held(person.firm)]
    return [*rows, ["", "Begun", "Not Finished", "Director", "", "", "A-0001", "", ""]]


def _contact(person: Person) -> list[str]:
    n = person.number
    left = f"{LEFT_ON:%d/%m/%Y}" if person.has_left else "31/11/2025" if n % 211 == 5 else ""
    mobile = f"07700 9{n:05}" if n % 3 else ""
    return [f"C-{n:04}", person.first, person.last, person.title, person.mail, mobile, f"A-{person.firm.number:04}", left, "yes" if n % 41 == 0 else "no"]  # fmt: skip


def activities(town: Town) -> Rows:
    """2,200 engagements; one has a date that is none, one a kind that nobody knows."""
    known = [person for person in town.people if held(person.firm)]
    return [_activity(town, number, town.pick(known)) for number in range(2200)]


def _activity(town: Town, number: int, person: Person) -> list[str]:
    day = town.day_with(person)
    kind = town.pick(["Appointment", "Appointment", "Phone Call", "Site visit", "Campaign", "Email", "Task"])
    start = "31/02/2026 10:00" if number == 99 else f"{day:%d/%m/%Y} {town.pick(['09:30', '14:00', '16:15'])}"
    status = "Canceled" if town.often(25) else ""
    direction = town.pick(["Inbound", "Outbound", ""]) if kind == "Email" else ""
    who = [f"C-{person.number:04}"] if kind != "Campaign" and not town.often(8) else []
    return [
        f"ACT-{number:04}", "Webinar" if number == 500 else kind, status, direction, f"{town.pick(town.words['subjects'])} - {person.firm.name}",
        town.pick(town.words["notes"]), start, f"A-{person.firm.number:04}", town.pick(town.words["officers"]), ";".join(who),
    ]  # fmt: skip
