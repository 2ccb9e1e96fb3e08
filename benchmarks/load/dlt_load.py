"""dlt's load of the same pages: its rest_api source, merge on the primary key, incremental on nothing (a full read).

    PYTHON_OF_DLT -m benchmarks.load.dlt_load URL DATABASE FOLDER       FOLDER: where dlt keeps its state between runs

dlt needs an environment of its own (benchmarks/load/requirements.txt); this file imports nothing of ours.
"""

import os
import sys
from typing import Any

os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    # Without primary keys its merge on SQLite is quadratic.
    "DESTINATION__CREATE_PRIMARY_KEYS": "true",
}


def load(client: dict[str, Any], resource: dict[str, Any], database_url: str, folder: str, file_format: str | None) -> None:
    """Runs dlt's REST source with one resource into the database."""
    from dlt.sources.rest_api import rest_api_source

    run(rest_api_source({"client": client, "resources": [resource]}), database_url, folder, file_format)


def run(source: Any, database_url: str, folder: str, file_format: str | None) -> None:
    """Runs a source of dlt's into the database; `file_format` is that of the loader's files, None for dlt's choice."""
    import dlt

    is_sqlite = database_url.startswith("sqlite")
    with_password = database_url.replace("@", ":any@", 1)  # it wants one even where the server does not
    destination = dlt.destinations.sqlalchemy(database_url) if is_sqlite else dlt.destinations.postgres(with_password)
    pipeline = dlt.pipeline("contacts", destination=destination, dataset_name="main" if is_sqlite else "crm", pipelines_dir=folder)
    pipeline.run(source, loader_file_format=file_format)


def main() -> None:
    """Loads."""
    url, database_url, folder = sys.argv[1:]
    base, path = url.rsplit("/", 1)
    load(
        {"base_url": f"{base}/", "paginator": {"type": "json_link", "next_url_path": "next"}},
        {
            "name": "contact",
            "primary_key": "id",
            "write_disposition": {"disposition": "merge", "strategy": "delete-insert"},
            "endpoint": {"path": path, "data_selector": "rows"},
        },
        database_url,
        folder,
        None if database_url.startswith("sqlite") else "csv",
    )


if __name__ == "__main__":
    main()
