"""A reader of the SOQL that tests need: SELECT fields or count() FROM one object, WHERE, ORDER BY, LIMIT.

Grammar: SOQL and SOSL Reference, "SOQL SELECT Syntax", "Condition Expression Syntax (WHERE Clause)" (AND, OR, NOT, parentheses; = != < <= > >= IN),
"Quoted String Escape Sequences", "Date Formats and Date Literals"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<stamp>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))|(?P<date>\d{4}-\d\d-\d\d)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|!=|<>|[=<>(),]))"
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
Test = Callable[[Callable[[str], Any]], bool]


class Malformed(Exception):
    """The text is none of this grammar."""


@dataclass
class Select:
    """A query, read."""

    fields: list[str]
    """Empty for count()."""
    source: str
    test: Test
    named: list[str]
    """Every field that conditions and order name."""
    order: list[tuple[str, bool]]
    """Field, and whether it falls."""
    limit: int | None


class Reader:
    """Reads one query by recursive descent."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise Malformed(f"unexpected token at {at}")
            self.tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
            at = found.end()
        self.at = 0
        self.named: list[str] = []

    def select(self) -> Select:
        self.need("SELECT")
        fields = self.fields()
        self.need("FROM")
        source = self.word()
        test = self.either() if self.has("WHERE") else lambda row: True
        order = self.order() if self.has("ORDER") else []
        limit = int(self.next()[1]) if self.has("LIMIT") else None
        if self.at < len(self.tokens):
            raise Malformed("more than was expected")
        return Select(fields, source, test, self.named, order, limit)

    def fields(self) -> list[str]:
        first = self.word()
        if first.lower() == "count" and self.has("("):
            self.need(")")
            return []
        found = [first]
        while self.has(","):
            found.append(self.word())
        return found

    def order(self) -> list[tuple[str, bool]]:
        self.need("BY")
        found = []
        while True:
            name = self.word()
            self.named.append(name)
            falls = self.has("DESC")
            self.has("ASC")
            found.append((name, falls))
            if not self.has(","):
                return found

    def either(self) -> Test:
        tests = [self.both()]
        while self.has("OR"):
            tests.append(self.both())
        return lambda row: any(test(row) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.has("AND"):
            tests.append(self.one())
        return lambda row: all(test(row) for test in tests)

    def one(self) -> Test:
        if self.has("NOT"):
            inner = self.one()
            return lambda row: not inner(row)
        if self.has("("):
            inner = self.either()
            self.need(")")
            return inner
        name = self.word()
        self.named.append(name)
        if self.has("IN"):
            values = self.values()
            return lambda row: row(name) in values
        kind, sign = self.next()
        if kind != "sign":
            raise Malformed(f"unexpected token: {sign}")
        value = self.literal()
        return lambda row: compared(row(name), sign, value)

    def values(self) -> list[Any]:
        self.need("(")
        found = [self.literal()]
        while self.has(","):
            found.append(self.literal())
        self.need(")")
        return found

    def literal(self) -> Any:
        kind, text = self.next()
        if kind == "text":
            return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text[1:-1])
        if kind == "number":
            return float(text)
        if kind == "stamp":
            return datetime.fromisoformat(text).timestamp()
        if kind == "word" and text.lower() in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[text.lower()]
        if kind == "date":
            return text
        raise Malformed(f"no literal: {text}")

    def next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Malformed("unexpected end")
        self.at += 1
        return self.tokens[self.at - 1]

    def word(self) -> str:
        kind, text = self.next()
        if kind != "word":
            raise Malformed(f"unexpected token: {text}")
        return text

    def has(self, word: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at][1].upper() == word and self.tokens[self.at][0] != "text":
            self.at += 1
            return True
        return False

    def need(self, word: str) -> None:
        if not self.has(word):
            raise Malformed(f"expecting {word}")


def compared(left: Any, sign: str, right: Any) -> bool:
    """Null is less than nothing and greater than nothing."""
    if sign in {"=", "!=", "<>"}:
        return (left == right) == (sign == "=")
    if left is None or right is None:
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]
