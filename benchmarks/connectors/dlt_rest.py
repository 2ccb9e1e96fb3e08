"""dlt's read of each way: its REST source, at the settings that were found best (docs/performance.md).

PYTHON_OF_DLT -m benchmarks.connectors.dlt_rest WAY ADDRESS DATABASE FOLDER       FOLDER: where dlt keeps its state between runs
"""

import sys
from typing import Any

from benchmarks.connectors.ways import DATAVERSE, DATAVERSE_PAGE, FIRST_CHANGE, REST_PAGE, WAYS
from benchmarks.load.dlt_load import load


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


def main() -> None:
    """Loads."""
    name, address, database_url, folder = sys.argv[1:]
    load(client_of(name, address), resource_of(name), database_url, folder)


if __name__ == "__main__":
    main()
