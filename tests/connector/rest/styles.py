"""The stand-in's styles as a field map says them."""

PAGING = {
    "none": {"by": "none"},
    "next": {"by": "next", "at": "links.next"},
    "link": {"by": "link"},
    "page": {"by": "page", "param": "page"},
    "offset": {"by": "offset", "param": "offset"},
    "cursor": {"by": "cursor", "at": "cursor", "param": "after"},
}
SIGN_IN = {
    "none": "none",
    "bearer": "bearer",
    "basic": "basic",
    "header": {"by": "header", "name": "X-Api-Key"},
    "oauth": {"by": "oauth", "token_url": "/token", "scope": "read"},
}
DELETED = {
    "sweep": "sweep",
    "flag": {"by": "flag", "column": "deleted"},
    "list": {"by": "list", "path": "firms/deletions", "id": "record", "params": {"since": "{since}"}, "keeps": "30"},
    "whole": None,
}
BODY = '{"size": "{size}", "after": "{cursor}", "offset": "{offset}", "page": "{page}", "since": "{since}", "deleted": "all", "fields": "{fields}"}'
WHOLE_BODY = BODY.replace('"deleted": "all", ', "")


def said(paging: str, sign_in: str = "bearer", deleted: str = "sweep", post: bool = False, totals: bool = True, **more) -> dict:
    """`connector:` at the top of a field map for that style."""
    page = {**PAGING[paging], "size": "50"} | ({} if post or paging == "none" else {"size_param": "size"})
    if post:
        page = {name: value for name, value in page.items() if name != "param"}
    options: dict = {"sign_in": SIGN_IN[sign_in], "paging": page, "rows": "rows", "order": "kept"}
    if totals:
        options["total"] = "meta.total"
    flagged = {"deleted": "all"} if deleted == "flag" else {}
    if deleted != "whole":
        options |= {"changed": {"params": {"since": "{since}"}, "lookback": "0"}, "deleted": DELETED[deleted]}
    if post:
        body = BODY if flagged else WHOLE_BODY
        options |= {"body": body, "fields": {}}
        options |= {"changed": {"body": body, "lookback": "0"}} if deleted != "whole" else {}
        options |= {"deleted": {"by": "list", "path": "firms/deletions", "id": "record", "body": WHOLE_BODY}} if deleted == "list" else {}
    else:
        options |= {"params": flagged, "fields": {"param": "fields"}}
    return options | more
