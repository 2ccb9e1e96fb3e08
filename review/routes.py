"""Every page of the site. A test walks this list: none is without roles but those that come before signing in."""

from review.admin import pages as admin
from review.businesses import pages as businesses
from review.data import pages as data
from review.home import pages as home
from review.page import Page
from review.places import pages as places
from review.report import pages as report
from review.sign_in import pages as sign_in
from review.truth import pages as truth
from review.unlisted import pages as unlisted
from review.work import bulk, digest_page, my_list, one, views_page

PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *sign_in.PAGES,
    *businesses.PAGES,
    *truth.PAGES,
    *unlisted.PAGES,
    *places.PAGES,
    *report.PAGES,
    *data.PAGES,
    *bulk.PAGES,
    *one.PAGES,
    *views_page.PAGES,
    *my_list.PAGES,
    *digest_page.PAGES,
    *admin.PAGES,
)
