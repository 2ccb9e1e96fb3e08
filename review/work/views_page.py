"""Saved views: the list's filters and order under a name."""

from starlette.responses import Response

from jobs.work.views import remove_view, save_view, views
from review.forms import number_of
from review.page import Ask, Page, done
from review.rendering import render
from review.roles import EVERYONE, OFFICERS


def show(ask: Ask) -> Response:
    """All views, and the form to save the list that one came from."""
    query = ask.url.partition("?")[2]
    return render(ask, "work/views.html", views=views(ask.site.store, ask.user.sign_in), query=query, officers=OFFICERS)


def change(ask: Ask) -> Response:
    """Saves a view, or removes one."""
    store, who, now = ask.site.store, ask.user.sign_in, ask.site.now()
    if ask.said("remove"):
        remove_view(store, number_of(ask.said("remove")), who, now)
        return done(ask, "The view is removed.", "/views")
    shared = ask.said("shared") == "yes" and ask.user.may(OFFICERS)
    save_view(store, ask.said("name"), ask.said("query"), shared, who, now)
    return done(ask, "The view is saved.", "/views")


PAGES = (Page("/views", "views", EVERYONE, get=show, post=change),)
