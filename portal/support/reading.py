"""Reads conditions: text to tree, with the place of whatever cannot be read. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from .language import (
    BASES,
    GRADES,
    OPERATORS,
    ROLES,
    SIZES,
    AboveScale,
    ChainIs,
    Compare,
    Condition,
    Difference,
    Either,
    Every,
    Figure,
    Grade,
    Growth,
    Holds,
    InPlan,
    Level,
    Listed,
    Months,
    Not,
    Number,
    Officer,
    OnFile,
    Ratio,
    RoleIs,
    SizeIn,
    Sum,
    UnitIs,
    Value,
)
from .tokens import END, Token, Unreadable, tokens, unexpected

__all__ = ["Unreadable", "read_condition"]

DEEPEST = 24
_ROW_FUNCTIONS = ("f", "g", "ratio")
_TOO_DEEP = Bilingual("嵌套太深，或者加减项太多。", "Nested too deeply, or too many terms.")


def read_condition(text: str) -> Condition:
    """Raises Unreadable."""
    reader = _Reader(tokens(text))
    found = reader.either(0)
    reader.take(END)
    return found


class _Reader:
    """Walks the tokens once, one method a rule of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def sees(self, *texts: str) -> bool:
        return self.here.kind != "text" and self.here.text in texts

    def take(self, kind: str | None = None, *texts: str) -> str:
        token = self.here
        if (kind is not None and token.kind != kind) or (texts and token.text not in texts):
            raise unexpected(token.place, token.text)
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token.text

    def either(self, depth: int) -> Condition:
        parts = self._parts("or", lambda: self.every(depth))
        return parts[0] if len(parts) == 1 else Either(parts)

    def every(self, depth: int) -> Condition:
        parts = self._parts("and", lambda: self.single(depth))
        return parts[0] if len(parts) == 1 else Every(parts)

    def _parts(self, between: str, part: Callable[[], Condition]) -> tuple[Condition, ...]:
        """One part, and one more after each `between`."""
        found = [part()]
        while self.sees(between):
            self.take()
            found.append(part())
        return tuple(found)

    def single(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise Unreadable(self.here.place, _TOO_DEEP)
        if self.sees("not"):
            self.take()
            return Not(self.single(depth + 1))
        if self.sees("("):
            self.take()
            inner = self.either(depth + 1)
            self.take("sign", ")")
            return inner
        return self.predicate() or self.comparison(depth)

    def comparison(self, depth: int) -> Compare:
        left = self.value(depth)
        operator = self.take("sign", *OPERATORS)
        return Compare(left, operator, self.value(depth))

    def predicate(self) -> Condition | None:
        if self.here.kind != "word":
            return None
        rule = {
            "chain": self._chain,
            "unit": self._unit,
            "size": self._size,
            "role": self._role,
            "above_scale": self._above_scale,
            "grade": self._grade,
            "holds": self._holds,
            "listed": self._listed,
            "doc": self._document,
            "officer": self._officer,
        }.get(self.here.text)
        if rule is None:
            return None
        self.take()
        return rule()

    def value(self, depth: int) -> Value:
        left, terms = self.operand(depth), 1
        while self.sees("+", "-"):
            terms += 1
            if terms > DEEPEST:
                raise Unreadable(self.here.place, _TOO_DEEP)
            left = (Sum if self.take() == "+" else Difference)(left, self.operand(depth))
        return left

    def operand(self, depth: int) -> Value:
        if depth > DEEPEST:
            raise Unreadable(self.here.place, _TOO_DEEP)
        if self.sees("("):
            self.take()
            inner = self.value(depth + 1)
            self.take("sign", ")")
            return inner
        if self.here.kind == "number" or self.sees("-"):
            return self._number()
        name = self.take("word", *_ROW_FUNCTIONS, "months_operating", "digital")
        self.take("sign", "(")
        found: Value
        if name == "months_operating":
            found = Months()
        elif name == "digital":
            found = Level(self._whole())
        else:
            found = self._of_rows(name)
        self.take("sign", ")")
        return found

    def _number(self) -> Number:
        minus = self.sees("-")
        if minus:
            self.take()
        value = Decimal(self.take("number"))
        unit = self.take() if self.here.kind == "unit" else ""
        return Number(-value if minus else value, unit)

    def _whole(self) -> int:
        token = self.here
        text = self.take("number")
        if not text.isdigit() or len(text) > 4:
            raise unexpected(token.place, text)
        return int(text)

    def _of_rows(self, name: str) -> Value:
        if name == "g" and self.sees("ratio"):
            self.take()
            self.take("sign", "(")
            row, below = self.take("number"), self._after_comma("number")
            self.take("sign", ")")
            return Growth(row, below, self._base())
        row = self.take("number")
        if name == "ratio":
            return Ratio(row, self._after_comma("number"), self._base())
        return Figure(row, self._base()) if name == "f" else Growth(row, None, self._base())

    def _after_comma(self, kind: str, *texts: str) -> str:
        self.take("sign", ",")
        return self.take(kind, *texts)

    def _base(self) -> str:
        """The base after the rows. A missing one is a fault of its own, with its own words."""
        if self.sees(")"):
            raise Unreadable(
                self.here.place,
                Bilingual(
                    "第{place}个字符处缺少期间：须写明y-1、y-2、ttm、q、last或last@y-1。",
                    "The base is missing at character {place}: say y-1, y-2, ttm, q, last or last@y-1.",
                ).fill(place=self.here.place),
            )
        self.take("sign", ",")
        return self.take(None, *BASES)

    def _among(self, words: tuple[str, ...]) -> tuple[str, ...]:
        self.take("sign", "(")
        found = [self.take("word", *words)]
        while self.sees(","):
            found.append(self._after_comma("word", *words))
        self.take("sign", ")")
        return tuple(found)

    def _text(self) -> str:
        token = self.here
        try:
            text = str(json.loads(self.take("text")))
        except ValueError:
            raise unexpected(token.place, token.text[:12]) from None
        if any("\ud800" <= letter <= "\udfff" for letter in text):  # half a letter: no page could show it
            raise unexpected(token.place, token.text[:12])
        return text

    def _quoted(self) -> str:
        self.take("sign", "(")
        return self._text()

    # --- predicates ---

    def _chain(self) -> Condition:
        if self.sees("in"):
            self.take()
            self.take("word", "plan")
            return InPlan()
        self.take("sign", "=")
        return ChainIs(self._text())

    def _unit(self) -> Condition:
        self.take("sign", "=")
        return UnitIs(self._text())

    def _size(self) -> Condition:
        self.take("word", "in")
        return SizeIn(self._among(SIZES))

    def _role(self) -> Condition:
        self.take("sign", "=")
        return RoleIs(self.take("word", *ROLES))

    def _above_scale(self) -> Condition:
        self.take("sign", "(")
        on = self.take(None, "today", "y-1", "earlier")
        self.take("sign", ")")
        return AboveScale(on)

    def _grade(self) -> Condition:
        self.take("sign", "(")
        self.take("base", "y-1")
        self.take("sign", ")")
        self.take("word", "in")
        return Grade(self._among(GRADES))

    def _holds(self) -> Condition:
        name, is_first = self._quoted(), False
        if self.sees(","):
            self._after_comma("word", "first")
            self.take("sign", "=")
            self.take("word", "true")
            is_first = True
        self.take("sign", ")")
        return Holds(name, is_first)

    def _listed(self) -> Condition:
        name = self._quoted()
        self.take("sign", ",")
        years = self._whole()
        self.take("sign", ")")
        return Listed(name, years)

    def _document(self) -> Condition:
        kind = self._quoted()
        self.take("sign", ")")
        return OnFile(kind)

    def _officer(self) -> Condition:
        zh = self._quoted()
        self.take("sign", ",")
        en = self._text()
        self.take("sign", ")")
        return Officer(Bilingual(zh, en))
