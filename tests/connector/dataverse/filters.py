"""OData's $filter, as far as a reader needs it: comparisons, `and`, `or`, brackets, and one step to a related row.

https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/filter-rows"""

import operator
import re
from collections.abc import Callable

WORD = re.compile(r"\s*('(?:[^']|'')*'|[()]|[^\s()']+)")
COMPARISONS = {"eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}


class BadFilter(Exception):
    """The service answers 400."""


def parse(text: str) -> Callable[[Callable[[str], object]], bool]:
    """A test of a row, given how to get the row's property by its name or path. Raises BadFilter."""
    words = WORD.findall(text)
    test = _either(words)
    if words:
        raise BadFilter(f"Syntax error at '{words[0]}'.")
    return test


def _either(words):
    tests = [_both(words)]
    while words and words[0] == "or":
        words.pop(0)
        tests.append(_both(words))
    return lambda get: any(test(get) for test in tests)


def _both(words):
    tests = [_one(words)]
    while words and words[0] == "and":
        words.pop(0)
        tests.append(_one(words))
    return lambda get: all(test(get) for test in tests)


def _one(words):
    if words and words[0] == "(":
        words.pop(0)
        inner = _either(words)
        if not words or words.pop(0) != ")":
            raise BadFilter("A closing bracket is missing.")
        return inner
    if len(words) < 3 or words[1] not in COMPARISONS:
        raise BadFilter("A comparison was expected.")
    name, compare, value = words.pop(0), COMPARISONS[words.pop(0)], _literal(words.pop(0))
    return lambda get: _compared(get(name), compare, value)


def _compared(held, compare, value) -> bool:
    """Null is equal to null alone (OData 4.0 part 2, 5.1.1.1)."""
    if held is None or value is None:
        return compare(held, value) if compare in {operator.eq, operator.ne} else False
    return compare(held, value)


def _literal(word: str):
    plain = {"null": None, "true": True, "false": False}
    if word in plain:
        return plain[word]
    if word.startswith("'"):
        return word[1:-1].replace("''", "'")
    return int(word) if re.fullmatch(r"-?\d+", word) else word
