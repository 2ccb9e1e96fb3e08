"""The digest: when it is due, what it tells, and that it is sent once."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from jobs.notices.channel import NotSent
from jobs.refused import Refused
from jobs.work.digest import Choice, choice_of, choose, newest_moment, stop
from jobs.work.digest_mail import Links
from jobs.work.digest_sending import due, make, send
from jobs.work.steps import assign, snooze
from store import bulk
from store.tables import DigestMail
from tests.jobs.work.world import ANN, BEN, DAY, ZONE, Town, noon

WEEK = timedelta(days=7)
LINKS = Links("https://placebridge.council.example")
SENDER = "placebridge@council.example"
mails = bulk.table_of(DigestMail)


class Post:
    """A mail server's door that takes everything, or says why not."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal, self.taken = refusal, list[tuple[str, EmailMessage]]()

    def __call__(self, address: str, mail: EmailMessage) -> None:
        if self.refusal:
            raise NotSent(self.refusal)
        self.taken.append((address, mail))


@pytest.mark.parametrize(
    ("every", "weekday", "now", "moment"),
    [
        ("day", 0, datetime(2026, 11, 4, 6, 59, tzinfo=UTC), date(2026, 11, 3)),
        ("day", 0, datetime(2026, 11, 4, 7, 0, tzinfo=UTC), date(2026, 11, 4)),
        ("week", 0, datetime(2026, 11, 2, 8, 0, tzinfo=UTC), date(2026, 11, 2)),
        ("week", 0, datetime(2026, 11, 2, 6, 0, tzinfo=UTC), date(2026, 10, 26)),
        ("week", 4, datetime(2026, 11, 2, 8, 0, tzinfo=UTC), date(2026, 10, 30)),
        ("month", 0, datetime(2026, 11, 1, 6, 0, tzinfo=UTC), date(2026, 10, 1)),
        ("month", 0, datetime(2026, 11, 30, 6, 0, tzinfo=UTC), date(2026, 11, 1)),
        ("day", 0, datetime(2026, 7, 1, 6, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_it_is_due_at_seven_of_its_day(every: str, weekday: int, now: datetime, moment: date) -> None:
    found = newest_moment(every, weekday, now, ZONE)
    assert (found.date(), found.hour) == (moment, 7)


def _week(town: Town) -> None:
    """A week in which one comes new, one goes cold, and one comes back."""
    cold, back, mine = (town.business(name, place="Bexford") for name in ("Cold & <b>Ltd", "Back Ltd", "Mine Ltd"))
    town.visit(cold, "p0", DAY - timedelta(days=364))
    town.flag(DAY - timedelta(days=1))
    snooze(town.store, [back], DAY + timedelta(days=2), ANN, noon(DAY), DAY)
    assign(town.store, [mine], ANN, BEN, noon(DAY))
    choose(town.store, Choice("ann@council.example"), ANN, noon(DAY))
    town.flag(DAY + timedelta(days=3))
    town.business("New Ltd", place="Alderton")
    town.flag(DAY + timedelta(days=4))


def test_it_tells_what_is_new_cold_back_and_mine(town: Town) -> None:
    _week(town)
    (found,) = due(town.store, noon(DAY + WEEK), ZONE)
    told = {
        name: [row.name for row in part.rows]
        for name, part in (
            ("new", found.digest.new),
            ("cold", found.digest.cold),
            ("back", found.digest.back),
            ("mine", found.digest.mine),
        )
    }
    assert told == {"new": ["New Ltd"], "cold": ["Cold & <b>Ltd"], "back": ["Back Ltd"], "mine": ["Mine Ltd"]}


def test_it_tells_only_of_the_places_that_were_chosen_and_of_all_that_is_mine(town: Town) -> None:
    _week(town)
    choose(town.store, Choice("ann@council.example", places=("Alderton",)), ANN, noon(DAY))
    (found,) = due(town.store, noon(DAY + WEEK), ZONE)
    assert [part.total for part in (found.digest.new, found.digest.cold, found.digest.back, found.digest.mine)] == [1, 0, 0, 1]


def test_the_mail_says_the_same_in_text_and_html_and_names_no_person(town: Town) -> None:
    _week(town)
    assert make(town.store, noon(DAY + WEEK), ZONE, LINKS) == 1
    post = Post()
    assert send(town.store, post, SENDER, LINKS, noon(DAY + WEEK)) == 1
    ((address, mail),) = post.taken
    assert (address, mail["To"], mail["Subject"]) == (
        "ann@council.example",
        "ann@council.example",
        "Placebridge: 1 new, 1 gone cold, 1 back, 1 waiting for you",
    )
    assert mail["List-Unsubscribe"] == "<https://placebridge.council.example/digest>"
    assert "digest.placebridge.council.example" in mail["List-Id"]
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert "Cold & <b>Ltd" in text
    assert "Cold &amp; &lt;b&gt;Ltd" in html
    assert "It was snoozed until 4 November 2026." in text
    for said in (text, html):
        assert "Name of" not in said
        assert "https://placebridge.council.example/businesses/b1" in said


def test_whoever_finds_it_due_it_is_made_once_and_told_of_no_day_twice(town: Town) -> None:
    _week(town)
    now = noon(DAY + WEEK)
    assert [make(town.store, now, ZONE, LINKS) for _ in range(2)] == [1, 0]
    town.flag(DAY + WEEK)
    assert [send(town.store, Post(), SENDER, LINKS, now) for _ in range(2)] == [1, 0]
    (found,) = due(town.store, now + WEEK, ZONE)
    assert [part.total for part in (found.digest.new, found.digest.cold, found.digest.back, found.digest.mine)] == [0, 0, 0, 1]
    with town.store.reading() as connection:
        row = connection.execute(select(mails)).one()
    assert (row.state, row.address, row.text, row.html, row.subject) == ("sent", "", "", "", "")


def test_one_whose_process_died_while_it_sent_is_not_sent_again(town: Town) -> None:
    _week(town)
    now, post = noon(DAY + WEEK), Post()
    make(town.store, now, ZONE, LINKS)
    with town.store.connect() as connection:
        connection.execute(update(mails).values(state="sending", not_before=now))
    assert send(town.store, post, SENDER, LINKS, now + timedelta(hours=1)) == 0
    assert send(town.store, post, SENDER, LINKS, now + timedelta(days=2)) == 0
    assert post.taken == []
    with town.store.reading() as connection:
        assert connection.execute(select(mails.c.state, mails.c.text)).one() == ("given_up", "")


def test_one_that_is_refused_is_tried_again_and_given_up_after_a_day(town: Town) -> None:
    _week(town)
    now, refusing = noon(DAY + WEEK), Post("email: the mail server cannot be reached")
    make(town.store, now, ZONE, LINKS)
    assert send(town.store, refusing, SENDER, LINKS, now) == 0
    assert send(town.store, Post(), SENDER, LINKS, now + timedelta(minutes=1)) == 0
    assert send(town.store, refusing, SENDER, LINKS, now + timedelta(days=1)) == 0
    with town.store.reading() as connection:
        assert connection.execute(select(mails.c.state, mails.c.address)).one() == ("given_up", "")


def test_where_there_is_nothing_to_tell_no_mail_is_made(town: Town) -> None:
    choose(town.store, Choice("ann@council.example"), ANN, noon(DAY))
    assert make(town.store, noon(DAY + WEEK), ZONE, LINKS) == 0
    assert due(town.store, noon(DAY + WEEK), ZONE) == []


def test_it_can_be_changed_and_stopped(town: Town) -> None:
    choose(town.store, Choice("ann@council.example"), ANN, noon(DAY))
    changed = Choice("ann.lee@council.example", ("Alderton",), ("skills",), "month")
    choose(town.store, changed, ANN, noon(DAY))
    assert choice_of(town.store, ANN) == changed
    stop(town.store, ANN, noon(DAY))
    assert choice_of(town.store, ANN) is None
    assert due(town.store, noon(DAY + 5 * WEEK), ZONE) == []


@pytest.mark.parametrize("choice", [Choice("ann"), Choice("a@b\nBcc: x@y"), Choice("ann@x", every="hour"), Choice("ann@x", weekday=7)])
def test_what_cannot_be_sent_is_refused(town: Town, choice: Choice) -> None:
    with pytest.raises(Refused):
        choose(town.store, choice, ANN, noon(DAY))
