"""What the page of a business says of places: what the business offers, and which roles its people have."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.place import offers, roles
from jobs.place.offers import Offering
from jobs.place.roles import RoleHeld
from mappings.roles import ROLES
from review.site import Site


@dataclass(frozen=True)
class OnBusiness:
    """A business in the picture of its place."""

    offers: Sequence[tuple[str, Offering]]
    """Each resource as people say it, with what says that it is offered."""
    roles: Sequence[tuple[str, RoleHeld]]


def of_business(site: Site, business_id: str, people: Sequence[str]) -> OnBusiness:
    """What is known of a business whose people have these ids."""
    resources, ours = site.rules.resources, set(people)
    offered = offers.of_business(site.store, business_id, site.zone)
    named = [(resources.name(one.resource) if one.resource in resources.ids else one.resource, one) for one in offered]
    held = [one for one in roles.roles(site.store) if one.person_id in ours]
    return OnBusiness(named, [(ROLES[one.role], one) for one in held])
