"""YAML read as text with line numbers, and faults gathered instead of raised one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import yaml


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file, and what to write instead."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.message}"


class Faults:
    """Gathers faults while a file is read. True when there are any."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def at(self, line: int, message: str) -> None:
        """Notes a fault at a line."""
        fault = Fault(self.file, line, message)
        if fault not in self._found:
            self._found.append(fault)

    def add(self, node: "Node", message: str) -> None:
        """Notes a fault at a node of the file."""
        self.at(node.line, message)

    def unknown(self, node: "Node", word: str, known: tuple[str, ...], what: str) -> None:
        """Notes a word that is not one of those known, with the nearest or all of them."""
        near = get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
        hint = f"did you mean '{near[0]}'?" if near else f"write one of {', '.join(known)}"
        self.add(node, f"'{word}' {what}; {hint}")

    def sorted(self) -> list[Fault]:
        """All faults, in the order of the file."""
        return sorted(self._found, key=lambda fault: fault.line)


@dataclass(frozen=True)
class Node:
    """A place in the file."""

    yaml: yaml.Node
    line: int

    def is_text(self) -> bool:
        """A single word or sentence."""
        return isinstance(self.yaml, yaml.ScalarNode)

    def is_mapping(self) -> bool:
        """Keys and values."""
        return isinstance(self.yaml, yaml.MappingNode)

    def is_list(self) -> bool:
        """A YAML sequence."""
        return isinstance(self.yaml, yaml.SequenceNode)

    def raw(self, faults: Faults, what: str) -> str | None:
        """The text as it stands, outer spaces kept; None and a fault where this is no text."""
        if isinstance(self.yaml, yaml.ScalarNode):
            return str(self.yaml.value)
        faults.add(self, f"{what} must be one word or name, not a list or a mapping")
        return None

    def text(self, faults: Faults, what: str, may_be_empty: bool = False) -> str | None:
        """The text without outer spaces, or None and a fault where there is none."""
        raw = self.raw(faults, what)
        if raw is None:
            return None
        text = raw.strip()
        if not text and not may_be_empty:
            faults.add(self, f"{what} is empty; write a name, or leave the line out")
            return None
        return text

    def plain(self, faults: Faults) -> object:
        """What stands here as texts, lists and mappings."""
        if self.is_mapping():
            return {key: value.plain(faults) for key, value in self.entries(faults, "a mapping")}
        if self.is_list():
            return [item.plain(faults) for item in self.items()]
        return self.raw(faults, "this")

    def items(self) -> list["Node"]:
        """The items of a list; anything else is a list of itself."""
        if isinstance(self.yaml, yaml.SequenceNode):
            return [_node(item) for item in self.yaml.value]
        return [self]

    def entries(self, faults: Faults, what: str, split_case: bool = False) -> Iterator[tuple[str, "Node"]]:
        """Keys and values of a mapping. A key that stands twice is a fault (with `split_case`, whatever its case)."""
        if not isinstance(self.yaml, yaml.MappingNode):
            faults.add(self, f"here belongs {what}")
            return
        seen: dict[str, int] = {}
        for key_node, value_node in self.yaml.value:
            key = str(key_node.value).strip() if isinstance(key_node, yaml.ScalarNode) else ""
            line = key_node.start_mark.line + 1
            if key == "<<":
                faults.at(line, "`<<` is not read here; write the lines out")
                continue
            once = key.casefold() if split_case else key
            if once in seen:
                faults.at(line, f"'{key}' stands twice (first on line {seen[once]}); keep one of them")
                continue
            seen[once] = line
            yield key, Node(value_node, line if isinstance(value_node, yaml.ScalarNode) else value_node.start_mark.line + 1)


def _hint(error: yaml.MarkedYAMLError) -> str:
    if "\\t" in str(error.problem):
        return "indent with spaces, not with a tab"
    if "another document" in str(error.problem):
        return "leave the line `---` out"
    return "check quotes, colons and the indent of this line"


def _node(node: yaml.Node) -> Node:
    return Node(node, node.start_mark.line + 1)


FIRST_MAP = "`placebridge init --from FOLDER` writes a first one"


def parse(text: bytes | str, faults: Faults, if_empty: str = FIRST_MAP) -> Node | None:
    """The root of a YAML file, or None and a fault where it is no YAML. `if_empty` says what to do about an empty file."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.at(mark.line + 1 if mark else 1, f"this is no YAML ({error.problem}); {_hint(error)}")
        return None
    except RecursionError:
        faults.at(1, "this is nested far too deep to be a field map; begin anew from one that `placebridge init --from FOLDER` writes")
        return None
    except (yaml.YAMLError, UnicodeDecodeError):
        faults.at(1, "this is no text in UTF-8; save the file as UTF-8")
        return None
    if root is None:
        faults.at(1, f"the file is empty; {if_empty}")
        return None
    return _node(root)
