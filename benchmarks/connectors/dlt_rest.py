"""dlt's read of each way: its REST source, at the settings that were found best (docs/performance.md).

PYTHON_OF_DLT -m benchmarks.connectors.dlt_rest WAY ADDRESS DATABASE FOLDER [--arrow]     FOLDER: where dlt keeps its state between runs

--arrow (for the way `next`): instead of its REST source, a resource written by hand that gives it each page as an Arrow table.
"""

import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.connectors.ways import DATAVERSE, DATAVERSE_PAGE, FIRST_CHANGE, REST_PAGE, WAYS
from benchmarks.load.dlt_load import load, run


def client_of(name: str, address: str) -> dict[str, Any]:
    """How it signs in and pages."""
    if name == "offset":
        names = {"offset_param": "offset", "limit_param": "limit", "total_path": "total"}
        return {"base_url": address, "paginator": {"type": "offset", "limit": REST_PAGE} | names}
    if WAYS[name].service == "rest":
        return {"base_url": address, "paginator": {"type": "json_link", "next_url_path": "next"}}
    return {
        "base_url": address,
        "headers": {"Prefer": f"odata.maxpagesize={DATAVERSE_PAGE}"},
        "auth": {
            "type": "oauth2_client_credentials",
            "access_token_url": f"{address}tenant/oauth2/v2.0/token",
            "client_id": "app",
            "client_secret": "made-up",
        },
        "paginator": {"type": "json_link", "next_url_path": '"@odata.nextLink"'},
    }


def resource_of(name: str) -> dict[str, Any]:
    """What it asks for, and how rows are put into the table."""
    way = WAYS[name]
    rest = way.service == "rest"
    params: dict[str, Any] = {} if rest else {"$select": ",".join(DATAVERSE)}
    if way.changes:
        since = {"type": "incremental", "cursor_path": way.fields[-1], "initial_value": FIRST_CHANGE}
        params |= {"modified_since": since} if rest else {"$filter": since | {"convert": _later}}
    return {
        "name": "contact",
        "primary_key": way.fields[0],
        "write_disposition": {"disposition": "merge", "strategy": "delete-insert"},
        "endpoint": {"path": way.path, "data_selector": "rows" if rest else "value", "params": params},
    }


def _later(moment: str) -> str:
    return f"modifiedon ge {moment}"


def arrow(address: str) -> Any:
    """A resource of the way `next`. Its pages miss the steps in which dlt goes through every row in Python."""
    import dlt
    import pyarrow
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

    told = resource_of("next")

    def pages() -> Iterator[Any]:
        client = RESTClient(address, paginator=JSONLinkPaginator("next"), data_selector="rows")
        for page in client.paginate(WAYS["next"].path):
            yield pyarrow.Table.from_pylist(list(page))

    return dlt.resource(pages, name="contact", primary_key=told["primary_key"], write_disposition=told["write_disposition"])


def main() -> None:
    """Loads."""
    name, address, database_url, folder, *options = sys.argv[1:]
    if options == ["--arrow"]:
        run(arrow(address), database_url, folder, "parquet")
    else:
        load(client_of(name, address), resource_of(name), database_url, folder, "parquet")


if __name__ == "__main__":
    main()
