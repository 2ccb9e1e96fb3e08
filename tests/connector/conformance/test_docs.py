"""The examples of docs/connectors.md work, and it tells of all that the contract has."""

import re
from dataclasses import fields
from pathlib import Path

from connector.contract import Entity, Page
from connector.kind import Context, KindSettings

TEXT = (Path(__file__).resolve().parents[3] / "docs/connectors.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def example(word):
    (found,) = [text for text in EXAMPLES if word in text]
    names = {}
    exec(found, names)
    return names


def test_pages_become_what_the_page_says():
    assert example("state.apply")["state"].pages == 5


def test_the_smallest_connector_reads():
    connector = example("class OurConnector")["OurConnector"]({"firms": [{"id": "1", "name": "Acme"}]})
    entity = Entity("business", "firms", ("name", "id"), ids=("id",))
    assert [page.rows for page in connector.pull(entity, None)] == [[("Acme", "1")]]
    assert connector.check([entity])[0].ok


def test_the_kind_opens():
    names = example("class OurSettings")
    names["OurConnector"] = lambda settings, context: (settings.key.get_secret_value(), context.connection)
    settings = names["OurSettings"](url="https://crm.example.org", key="k")
    assert isinstance(settings, KindSettings)
    assert names["KIND"].open(settings, Context("council", Path())) == ("k", "council")


def test_it_tells_of_all_that_a_page_and_an_entity_have():
    untold = [one.name for one in (*fields(Page), *fields(Entity)) if f"`{one.name}`" not in TEXT]
    assert untold == []
