"""When a connection is read: said in words with its next times before it is saved."""

from starlette.responses import Response

from jobs.refused import Refused
from jobs.schedules import cron
from jobs.schedules import plans as planning
from review.admin.connections import configured
from review.admin.standing import next_times, schedule_words, standings
from review.page import Ask, done
from review.rendering import render

LONGEST = 200
EXAMPLES = (
    ("0 6 * * mon-fri", "at 06:00 on weekdays"),
    ("30 */2 * * *", "every two hours, at half past"),
    ("0 7,13 * * *", "at 07:00 and 13:00"),
    ("0 5 * * sun", "at 05:00 on Sundays"),
    ("0 6 1 * *", "at 06:00 on the first of each month"),
)


def show(ask: Ask) -> Response:
    """The schedule, and what other words would mean (`?cron=`)."""
    of = configured(ask)
    standing = standings(ask.site, [of.name])[0]
    typed = ask.asked("cron")
    wrong, meant = "", None
    if "cron" in ask.query:
        try:
            words = _checked(typed)
            meant = {"cron": words, "words": schedule_words(words), "next": next_times(ask.site, words)}
        except Refused as fault:
            wrong = str(fault)
    return render(
        ask, "admin/schedule.html", 422 if wrong else 200,
        of=of, one=standing, typed=typed, wrong=wrong, meant=meant, examples=EXAMPLES, zone=ask.site.zone.key,
    )  # fmt: skip


def save(ask: Ask) -> Response:
    """Another schedule than the settings', or theirs again."""
    of, who, now = configured(ask), ask.user.sign_in, ask.site.now()
    path = f"/connections/{of.name}"
    if ask.said("reset"):
        planning.tell(ask.site.store, of.name, None, who, now)
        return done(ask, f"{of.name} follows the settings again: {schedule_words(of.schedule)}.", path)
    words = _checked(ask.said("cron"))
    planning.tell(ask.site.store, of.name, words, who, now)
    return done(ask, f"{of.name} is read by its new schedule: {schedule_words(words)}.", path)


def _checked(words: str) -> str:
    if not words:
        raise Refused("Write five cron words, as in 0 6 * * mon-fri")
    try:
        return cron.checked(words[:LONGEST])
    except cron.BadSchedule as fault:
        raise Refused(f"'{words[:40]}' {fault}") from None
