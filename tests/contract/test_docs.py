"""The examples in the documents load, and the documents name every field, word, state and reach there is."""

import re
from pathlib import Path

import pytest

from mappings.field_map import read
from mappings.policy import REACHES, STATES
from mappings.policy_rules import PolicyRules
from mappings.vocabulary import FIELDS, KINDS, TOOK_PART, WORDS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def examples(name: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.DOTALL)


def test_the_example_of_a_field_map() -> None:
    (example,) = examples("field-map.md")
    blocks = read(example, "docs/field-map.md").blocks
    assert {entity: len(found) for entity, found in blocks.items()} == {"business": 1, "person": 1, "engagement": 2, "participant": 1}


def test_the_example_of_a_policy(tmp_path: Path) -> None:
    (example,) = examples("flags.md")
    (tmp_path / "policy.yaml").write_text(example, encoding="utf-8")
    assert PolicyRules.load(tmp_path / "policy.yaml").window_days == 365


@pytest.mark.parametrize(("document", "words"), [
    ("field-map.md", [word for fields in FIELDS.values() for word in fields]),
    ("field-map.md", [*KINDS, *TOOK_PART, *(word for words in WORDS.values() for word in words)]),
    ("flags.md", [*STATES, *REACHES]),
], ids=["fields", "words", "states"])  # fmt: skip
def test_every_word_is_there(document: str, words: list[str]) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")
    assert [word for word in words if not re.search(rf"\b{word}\b", text)] == []
