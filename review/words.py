"""What the pages call our terms: short words for people, and the colour of each one's tag."""

from typing import Final

STATES: Final = {
    "engaged": ("Engaged", "green"),
    "leader_left": ("Leader left", "red"),
    "leader_lapsed": ("Leader lapsed", "orange"),
    "leader_not_engaged": ("Leader not engaged", "yellow"),
    "no_leader_known": ("No leader known", "grey"),
}
REACHES: Final = {
    "leader": "A leader took part",
    "staff_only": "Only staff took part",
    "invited_only": "Only invited",
    "none": "Not reached",
}
LEVELS: Final = {
    "top_leader": "Top leader",
    "senior_leader": "Senior leader",
    "site_leader": "Site leader",
    "department_head": "Department head",
    "not_senior": "Not senior",
}
