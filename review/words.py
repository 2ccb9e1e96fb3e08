"""What the pages call our terms: short words for people, and the colour of each one's tag."""

from typing import Final

from review.site import Site

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


def points_for(name: str) -> str:
    """What a point is given for, as people say it: `state leader_left` as leader left."""
    kind, _, word = name.partition(" ")
    if kind == "state" and word in STATES:
        return STATES[word][0].lower()
    if kind == "reach" and word in REACHES:
        return REACHES[word].lower()
    return name


def theme_name(site: Site, theme: str) -> str:
    """A theme's name; its id where the rules no longer have it."""
    try:
        return site.rules.themes.name(theme)
    except KeyError:
        return theme.replace("_", " ")
