"""The files connector passes the suite: over a folder whose files are written anew with each change."""

import csv
import os

from connector.conformance import ConnectorSuite, World
from connector.contract import Entity
from connector.files import FilesConnector
from connector.files.kind import KIND

COLUMNS = ("Id", "Name", "Town")


class Folder(World):
    """Two exports, one of them in two parts."""

    def __init__(self, folder):
        self.folder, self.rows, self.written = folder, {}, 0

    def connector(self):
        return FilesConnector(self.folder, page_rows=3)

    def entities(self):
        return [Entity("business", "firms-*.csv", COLUMNS, ids=("Id",)), Entity("person", "people.csv", COLUMNS, ids=("Name", "Id"))]

    def new_id(self, entity, number):
        return f"Name {number}|{number}" if entity.kind == "person" else str(number)

    def fields(self, entity, number):
        return {"Town": f"Town {number}"} if entity.kind == "person" else super().fields(entity, number)

    def put(self, entity, source_id, fields):
        ids = dict(zip(entity.ids, source_id.split("|"), strict=True))
        self.rows.setdefault(entity.source, {})[source_id] = {**fields, **ids}
        self.write(entity.source)

    def delete(self, entity, source_id):
        del self.rows[entity.source][source_id]
        self.write(entity.source)

    def write(self, source):
        parts = [source.replace("*", part) for part in "ab"] if "*" in source else [source]
        for index, name in enumerate(parts):
            with (self.folder / name).open("w", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows(list(self.rows[source].values())[index :: len(parts)])
            self.written += 1
            os.utime(self.folder / name, (self.written, self.written))


class TestFiles(ConnectorSuite):
    kind = KIND

    def make(self, folder):
        return Folder(folder)
