"""Uploads, for organisations that can only send a file: tried first, then put among the exports."""

from contextlib import suppress
from functools import partial

from starlette.datastructures import UploadFile
from starlette.responses import Response

from jobs import uploading
from jobs.audit import note
from jobs.refused import Refused
from review.admin.connections import configured
from review.admin.field_maps import map_in_force
from review.errands import PATIENCE, NotYet
from review.page import Ask, done, go_to
from review.rendering import render


def show(ask: Ask, wrong: str = "", chosen: str = "") -> Response:
    """The form; or why there is none."""
    of = configured(ask)
    files = uploading.wanted(map_in_force(ask.site, of)) if of.folder is not None else []
    return render(
        ask, "admin/upload.html", 422 if wrong else 200,
        of=of, files=files, wrong=wrong, chosen=chosen, largest=ask.site.setup.largest_upload // 1_000_000,
    )  # fmt: skip


def send(ask: Ask) -> Response:
    """Takes the file in, and looks what it would change."""
    of, site = configured(ask), ask.site
    sent, chosen = ask.form.get("file"), ask.said("which")
    try:
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise Refused("Choose a file to upload")
        field_map = map_in_force(site, of)
        if not chosen and len(files := uploading.wanted(field_map)) == 1:
            chosen = files[0].pattern
        name = uploading.name_for(field_map, sent.filename, chosen)
        if sent.size is not None and sent.size > site.setup.largest_upload:
            raise Refused(f"The file has more than {site.setup.largest_upload // 1_000_000:,} MB; leave out columns that are not needed")
        waiting = uploading.lay_out(of, field_map, name, sent.file)
    except Refused as fault:
        return show(ask, str(fault), chosen)
    with site.store.connect() as connection:
        note(connection, ask.user.sign_in, "upload try", of.name, site.now(), f"{waiting.bytes} bytes")
    errand = site.errands.begin(
        _key(of.name, waiting.token), site.now(), partial(uploading.rehearse, site.store, of, field_map, waiting, site.zone)
    )
    with suppress(Exception):  # the page that follows says what became of it
        errand.result(PATIENCE)
    return go_to(ask, f"/connections/{of.name}/uploads/{waiting.token}")


def one(ask: Ask) -> Response:
    """What would change, and whether it is to be kept."""
    of, token = configured(ask), ask.path["token"]
    waiting = uploading.find_waiting(of, token)
    errand = ask.site.errands.find(_key(of.name, token))
    if errand is None:  # another process, or another day
        work = partial(uploading.rehearse, ask.site.store, of, map_in_force(ask.site, of), waiting, ask.site.zone)
        errand = ask.site.errands.begin(_key(of.name, token), ask.site.now(), work)
    found, fault, still = None, "", False
    try:
        found = errand.result(PATIENCE)
    except NotYet:
        still = True
    except Refused as refused:
        fault = str(refused)
        ask.site.errands.forget(_key(of.name, token))
    except Exception:
        fault = "What it would change cannot be told. Run `placebridge sync --dry-run` on the machine after you have put the file there."
    return render(ask, "admin/upload_one.html", of=of, waiting=waiting, found=found, fault=fault, still=still)


def keep(ask: Ask) -> Response:
    """Puts it among the exports and has it read."""
    of, site = configured(ask), ask.site
    aside = uploading.keep(site.store, of, map_in_force(site, of), ask.path["token"], ask.user.sign_in, site.now())
    site.errands.forget(_key(of.name, ask.path["token"]))
    old = f" The file that was there is kept beside it as {aside}." if aside else ""
    return done(ask, f"The file is in its place, and {of.name} is due now.{old}", f"/connections/{of.name}")


def throw_away(ask: Ask) -> Response:
    """Forgets it."""
    of, site = configured(ask), ask.site
    uploading.throw_away(site.store, of, ask.path["token"], ask.user.sign_in, site.now())
    site.errands.forget(_key(of.name, ask.path["token"]))
    return done(ask, "The file was thrown away. Nothing was changed.", f"/connections/{of.name}/upload")


def _key(name: str, token: str) -> tuple[str, ...]:
    return "upload", name, token
