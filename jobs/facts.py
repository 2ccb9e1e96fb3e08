"""Facts: all that the store knows of some businesses, gathered for the flag policy."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jobs.decisions.corrected import NOTHING, Corrected, for_flags
from jobs.members import Held
from jobs.own_engagements import OwnEngagements, by_frequency
from mappings.companies import Company
from mappings.leader_levels import highest
from mappings.policy import NOBODY, Facts, Member, Touch
from store import bulk
from store.queries import among, instant
from store.tables import (
    Business,
    BusinessRecord,
    Engagement,
    EngagementBusiness,
    LookupAnswer,
    Participant,
    Person,
    PersonRecord,
    Post,
    Record,
    ThemeFound,
)
from store.tables import Connection as ConnectionRow

business, business_record, record = bulk.table_of(Business), bulk.table_of(BusinessRecord), bulk.table_of(Record)
engagement, named, participant = bulk.table_of(Engagement), bulk.table_of(EngagementBusiness), bulk.table_of(Participant)
person, person_record, post = bulk.table_of(Person), bulk.table_of(PersonRecord), bulk.table_of(Post)
theme, connections = bulk.table_of(ThemeFound), bulk.table_of(ConnectionRow)
answer = bulk.table_of(LookupAnswer)

COMPANIES = "companies_house"
"""The register whose answers are about companies."""


@dataclass
class Known:
    """One business: its facts for the policy, and what the sentences about it need."""

    id: str
    name: str
    place: str
    facts: Facts
    connections: list[str]
    owners: dict[int, str] = field(default_factory=dict)
    """Who on our side had an engagement, by engagement id."""
    themes: dict[int, list[str]] = field(default_factory=dict)
    resources: dict[int, list[str]] = field(default_factory=dict)
    """What an engagement says that the business offers, by engagement id."""
    company: Company | None = None
    """What Companies House says, where it was asked."""
    corrected: Corrected = NOTHING
    """What people said of it."""
    records: Sequence[Held] = ()
    """Its live records."""


class _Post(NamedTuple):
    """What the facts need of a row of `post`; quicker to ask than a row is, as is the next."""

    person_record_id: int
    business_record_id: int
    title: str
    level: str
    until: datetime | None
    has_left: bool
    left_on: date | None
    changed: datetime | None
    changed_on: date | None


class _Person(NamedTuple):
    record_id: int
    id: str
    name: str
    do_not_contact: bool


ENGAGEMENT = tuple(engagement.c[name] for name in ("record_id", "kind", "direction", "status", "owner", "has_participants"))
POST = tuple(post.c[name] for name in _Post._fields)
PERSON = (person_record.c.record_id, *(person.c[name] for name in _Person._fields[1:]))
TOOK = tuple(participant.c[name] for name in ("engagement_id", "person_record_id", "took_part", "stated"))
THEME = (theme.c.engagement_id, theme.c.kind, theme.c.found)


class Loader:
    """Gathers facts for batches of businesses."""

    def __init__(self, connection: Connection, zone: ZoneInfo) -> None:
        self.connection = connection
        self.zone = zone
        self.names = {
            row.id: (row.name, row.side) for row in connection.execute(select(connections.c.id, connections.c.name, connections.c.side))
        }

    def load(self, ids: Sequence[str]) -> list[Known]:
        """What is known of these businesses, in their order; those that have no live record are left out."""
        rows = {row.id: row for row in self.connection.execute(select(business).where(among(self.connection, business.c.id, ids)))}
        live = {found: rows[found].company_number for found in ids if found in rows and not rows[found].gone}
        batch, own = _Batch(self, live), OwnEngagements(self.connection, list(live))
        return [own.added_to(batch.known(rows[found])) for found in batch.ids]


class _Batch:
    """One batch: a handful of queries, then everything in memory."""

    def __init__(self, loader: Loader, numbers: Mapping[str, str | None]) -> None:
        """`numbers`: the businesses' company numbers, by their ids."""
        self.loader = loader
        self.ids = list(numbers)
        self._load_companies([number for number in numbers.values() if number])
        self._load_records()
        self._load_posts()
        self._load_touches()
        self.corrected = for_flags(loader.connection, self.ids)

    def _query(self, columns: Iterable[Any], column: Any, values: Iterable[Any], source: Any = None) -> Sequence[Any]:
        query = select(*columns) if source is None else select(*columns).select_from(source)
        return self.loader.connection.execute(query.where(among(self.loader.connection, column, sorted(set(values))))).all()

    def _load_records(self) -> None:
        joined = business_record.join(record, record.c.id == business_record.c.record_id)
        columns = (business_record.c.business_id, record.c.id, record.c.connection_id, record.c.source_id, record.c.fields)
        self.business_of: dict[int, str] = {}
        self.records_of: dict[str, list[Held]] = defaultdict(list)
        held = select(*columns).select_from(joined).where(record.c.deleted_on.is_(None))
        rows = self.loader.connection.execute(held.where(among(self.loader.connection, business_record.c.business_id, self.ids))).all()
        for business_id, record_id, connection_id, source_id, fields in rows:
            self.business_of[record_id] = business_id
            self.records_of[business_id].append(Held(record_id, *self.loader.names[connection_id], source_id, fields))

    def _load_companies(self, numbers: list[str]) -> None:
        mine = select(answer).where(answer.c.name == COMPANIES, among(self.loader.connection, answer.c.key, sorted(set(numbers))))
        self.companies = {row.key: Company.of(row.facts, row.asked_on) for row in self.loader.connection.execute(mine)}

    def _load_posts(self) -> None:
        mine = {person_record_id for (person_record_id,) in self._query(POST[:1], post.c.business_record_id, self.business_of)}
        self.posts: dict[int, list[_Post]] = defaultdict(list)
        for row in map(_Post._make, self._query(POST, post.c.person_record_id, mine)):
            self.posts[row.person_record_id].append(row)
        joined = person_record.join(person, person.c.id == person_record.c.person_id)
        people = map(_Person._make, self._query(PERSON, person_record.c.record_id, mine, joined))
        self.people = {found.record_id: found for found in people}
        self.posts_at: dict[str, dict[str, list[_Post]]] = defaultdict(lambda: defaultdict(list))
        for record_id, held in self.posts.items():
            for found in held:
                business_id = self.business_of.get(found.business_record_id)
                if business_id and record_id in self.people:
                    self.posts_at[business_id][self.people[record_id].id].append(found)

    def _load_touches(self) -> None:
        self.engagements: dict[int, Any] = {}
        """Each as its row, `starts_at` and ENGAGEMENT first: to give a million of them names takes more time."""
        self.named: dict[str, dict[int, Any]] = defaultdict(dict)
        """Those that name a business, by their ids."""
        self.themes: dict[int, set[str]] = defaultdict(set)
        self.resources: dict[int, set[str]] = defaultdict(set)
        columns = (instant(self.loader.connection, engagement.c.starts_at), *ENGAGEMENT)
        for row in self._naming(columns):
            engagement_id, business_record_id = row[1], row[-3]
            self.engagements[engagement_id] = self.named[self.business_of[business_record_id]][engagement_id] = row
            if row[-1] is not None:
                self._add_theme(engagement_id, *row[-2:])
        took = self._query(TOOK, participant.c.person_record_id, self.people)
        others = {row[0] for row in took} - self.engagements.keys()
        self.engagements |= {row[1]: row for row in self._query(columns, engagement.c.record_id, others)}
        for row in self._query(THEME, theme.c.engagement_id, others):
            self._add_theme(*row)
        self._load_present(took)

    def _naming(self, columns: Sequence[Any]) -> Sequence[Any]:
        """Engagements that name the batch's businesses: a row for each of their themes, and for each business."""
        connection = self.loader.connection
        # By what they name, not by their own ids, of which there are many more; and in the order in which they lie, which halves the time.
        mine = among(connection, named.c.business_record_id, sorted(self.business_of))
        names = select(named.c.business_record_id, named.c.engagement_id).where(mine).order_by(named.c.engagement_id).subquery()
        says = names.join(engagement, engagement.c.record_id == names.c.engagement_id)
        says = says.outerjoin(theme, theme.c.engagement_id == names.c.engagement_id)
        return connection.execute(select(*columns, names.c.business_record_id, *THEME[1:]).select_from(says)).all()

    def _add_theme(self, engagement_id: int, kind: str, found: str) -> None:
        (self.themes if kind == "theme" else self.resources)[engagement_id].add(found)

    def _load_present(self, took: Iterable[Any]) -> None:
        """Gives each participation to the business at which the record stood at the time; of two words for a person the strongest holds,
        as it comes last."""
        by_word: dict[tuple[str, bool], list[tuple[int, int]]] = {word: [] for word in _WEAKEST_FIRST}
        for engagement_id, person_record_id, took_part, stated in took:
            by_word[took_part, stated].append((engagement_id, person_record_id))
        self.present: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        for (word, _), found in by_word.items():
            for engagement_id, person_record_id in found:
                who = self.people[person_record_id].id
                for at in standing_at(self.posts[person_record_id], self.engagements[engagement_id][0]):
                    business_id = self.business_of.get(at.business_record_id)
                    if business_id is not None:
                        self.present[business_id][engagement_id][who] = word

    def known(self, row: Any) -> Known:
        """One business of the batch."""
        touches, owners = self._touches_of(row.id)
        mine = {touch.id: sorted(found) for touch in touches if (found := self.themes.get(touch.id))}
        offered = {touch.id: sorted(found) for touch in touches if (found := self.resources.get(touch.id))} if self.resources else {}
        records = self.records_of[row.id]
        facts = Facts(
            closed=row.closed,
            multi_site=row.multi_site,
            employees=row.employees,
            sides=frozenset([held.side for held in records]),
            members=self._members_of(row.id),
            touches=tuple(touches),
            themes=by_frequency(touches, mine),
        )
        company = self.companies.get(row.company_number)
        names, said = sorted({held.connection for held in records}), self.corrected.get(row.id, NOTHING)
        return Known(row.id, row.name, row.place or "", facts, names, owners, mine, offered, company, said, records)

    def _touches_of(self, business_id: str) -> tuple[list[Touch], dict[int, str]]:
        """A business's engagements, and who on our side had them."""
        named, present, zone = self.named[business_id], self.present[business_id], self.loader.zone
        others = {found: self.engagements[found] for found in present if found not in named}
        touches, owners = [], {}
        for found, row in sorted((named | others).items()):
            starts_at, _, kind, direction, status, owner, has_participants = row[:7]
            day = starts_at.astimezone(zone).date() if starts_at else None
            touches.append(Touch(found, kind, direction, status, day, present.get(found, NOBODY), found in named, has_participants))
            if owner:
                owners[found] = owner
        return touches, owners

    def _members_of(self, business_id: str) -> tuple[Member, ...]:
        members = [self._member(who, found) for who, found in sorted(self.posts_at[business_id].items())]
        said = self.corrected.get(business_id)
        return tuple(members if said is None else [as_said(member, said) for member in members])

    def _member(self, who: str, posts: list[_Post]) -> Member:
        of, zone = self.people[posts[0].person_record_id], self.loader.zone
        if len(posts) == 1:
            (post,) = posts
            left, moved = leaving_day(post, zone), post.until is not None
            return Member(who, of.name, post.title, post.level, left, post.left_on, moved, of.do_not_contact)
        level, own = highest(found.level for found in posts), still_or_last(posts)
        title = min((found.title for found in posts if found.level == level), default="")
        said = min((found.left_on for found in own if found.left_on), default=None)
        moved = any(found.until for found in own)
        return Member(who, of.name, title, level, left_from(own, zone), said, moved, of.do_not_contact)


def as_said(member: Member, said: Corrected) -> Member:
    """A member as people corrected it: no leader, or gone since a day, unless the records have them gone before."""
    since = said.left.get(member.person)
    if since is not None and (member.left_on is None or since < member.left_on):
        member = member._replace(left_on=since, left_said=since)
    return member._replace(not_leader=True) if member.person in said.not_leaders else member


_WEAKEST_FIRST = [(word, stated) for stated in (False, True) for word in ("invited", "declined", "absent", "attended", "organised")]
"""What may be said of somebody, and whether it is stated: of two words for a person the one that is stated holds, then the stronger."""


def standing_at(posts: list[Any], moment: datetime | None) -> list[Any]:
    """Where a person record stood at a moment: before it was moved, at the old business; else where it is now."""
    if len(posts) == 1 and posts[0].until is None:
        return posts
    ended = sorted((found for found in posts if found.until), key=lambda found: (found.until, found.business_record_id))
    before = [found for found in ended if moment is not None and moment <= found.until]
    return [found for found in before if found.until == before[0].until] or [found for found in posts if found.until is None]


def still_or_last(posts: list[Any]) -> list[Any]:
    """The posts at one business without those that ended while the same record stayed: it was pointed at another record of the same
    business, which is no leaving."""
    if len(posts) == 1:
        return posts
    staying = {found.person_record_id for found in posts if found.until is None}
    return [found for found in posts if found.until is None or found.person_record_id not in staying]


def left_from(posts: list[Any], zone: ZoneInfo) -> date | None:
    """The first day on which one record says that the person has left and none that changed later says otherwise."""
    if len(posts) == 1:
        return leaving_day(posts[0], zone)
    days = {id(found): leaving_day(found, zone) for found in posts}
    leaving = []
    for found in posts:
        later = [days[id(other)] for other in posts if changed_later(other, found, zone)]
        every = [days[id(found)], *later]
        if None not in every:
            leaving.append(max(day for day in every if day is not None))
    return min(leaving, default=None)


def leaving_day(found: Any, zone: ZoneInfo) -> date | None:
    """The first day on which a post says that the person has left; None where it says that they are still there."""
    if found.has_left:
        return date.min
    days = [found.left_on] if found.left_on else []
    if found.until:
        days.append(found.until.astimezone(zone).date())
    return min(days, default=None)


def changed_later(one: Any, other: Any, zone: ZoneInfo) -> bool:
    """Whether one record changed later than another: by the CRMs' own clocks, else by the day on which we saw it change."""
    moments = [found.until or found.changed for found in (one, other)]
    if all(moments):
        return bool(moments[0] > moments[1])
    seen_one, seen_other = (found.until.astimezone(zone).date() if found.until else found.changed_on for found in (one, other))
    return seen_one is not None and (seen_other is None or seen_one > seen_other)
