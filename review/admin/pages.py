"""The pages of admins and auditors."""

from review.admin import audit, connections, editor, rejects, runs, schedules, uploads
from review.page import Page
from review.roles import ADMINS, AUDITORS

CONNECTION = "/connections/{name}"
MAP, RULE = f"{CONNECTION}/map", "/rules/{kind}"

PAGES = (
    Page("/connections", "connections", ADMINS, get=connections.the_list),
    Page(CONNECTION, "connection", ADMINS, get=connections.one),
    Page(f"{CONNECTION}/run", "connection-run", ADMINS, post=connections.run_now),
    Page(f"{CONNECTION}/pause", "connection-pause", ADMINS, post=connections.pause),
    Page(f"{CONNECTION}/resume", "connection-resume", ADMINS, post=connections.resume),
    Page(f"{CONNECTION}/check", "connection-check", ADMINS, post=connections.check),
    Page(f"{CONNECTION}/schedule", "schedule", ADMINS, get=schedules.show, post=schedules.save),
    Page(f"{CONNECTION}/upload", "upload", ADMINS, get=uploads.show, post=uploads.send, uploads=True),
    Page(f"{CONNECTION}/uploads/{{token}}", "upload-one", ADMINS, get=uploads.one),
    Page(f"{CONNECTION}/uploads/{{token}}/keep", "upload-keep", ADMINS, post=uploads.keep),
    Page(f"{CONNECTION}/uploads/{{token}}/throw-away", "upload-throw-away", ADMINS, post=uploads.throw_away),
    Page(MAP, "field-map", ADMINS, get=editor.show, post=editor.send),
    Page(f"{MAP}/versions/{{number}}", "field-map-version", ADMINS, get=editor.version, post=editor.bring_back),
    Page(f"{MAP}/reset", "field-map-reset", ADMINS, post=editor.reset),
    Page("/runs", "runs", ADMINS, get=runs.the_list),
    Page("/rejects", "rejects", ADMINS, get=rejects.the_list),
    Page("/rejects.csv", "rejects-csv", ADMINS, get=rejects.as_csv),
    Page("/rules", "rules", ADMINS, get=editor.rules),
    Page(RULE, "rule", ADMINS, get=editor.show, post=editor.send),
    Page(f"{RULE}/versions/{{number}}", "rule-version", ADMINS, get=editor.version, post=editor.bring_back),
    Page(f"{RULE}/reset", "rule-reset", ADMINS, post=editor.reset),
    Page("/audit", "audit", AUDITORS, get=audit.the_list),
    Page("/audit.csv", "audit-csv", AUDITORS, get=audit.as_csv),
)
