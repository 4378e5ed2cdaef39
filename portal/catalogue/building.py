"""From the content of an entry (a TOML paragraph, a JSON document) to its value. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from .entries import (
    Chain,
    Cluster,
    Division,
    Entry,
    Level,
    Measure,
    Plan,
    Schedule,
    Segment,
    SizeRule,
    Source,
    Target,
    Task,
    Unit,
)
from .size import Floors, SizeClass

Content = Mapping[str, Any]


def entry(kind: str, code: str, content: Content) -> Entry:
    """The value of one entry. `content` must have passed the linter: a wrong one raises KeyError or ValueError."""
    title = Bilingual(content["name_zh"], content["name_en"])
    common = {
        "kind": kind,
        "code": code,
        "title": title,
        "short": Bilingual(content.get("short_zh") or title.zh, content.get("short_en") or title.en),
        "source": content["source"],
        "confirmed": content["status"] == "confirmed",
        "evidence": content.get("evidence", ""),
        "retired": bool(content.get("retired", False)),
    }
    return _BUILDERS[kind](common, content)


def _pair(content: Content, name: str) -> Bilingual:
    return Bilingual(content[f"{name}_zh"], content[f"{name}_en"])


def _codes(content: Content, name: str) -> tuple[str, ...]:
    return tuple(content.get(name, ()))


def _number(content: Content, name: str) -> Decimal | None:
    return Decimal(content[name]) if content.get(name) else None


def _day(content: Content, name: str) -> date | None:
    return date.fromisoformat(content[name]) if content.get(name) else None


def _plan(common: dict[str, Any], content: Content) -> Plan:
    return Plan(
        **common,
        issuer=_pair(content, "issuer"),
        city=_pair(content, "city"),
        city_code=content["city_code"],
        issued_on=date.fromisoformat(content["issued_on"]),
        first_quarter=Quarter.parse(content["first_quarter"]),
        last_quarter=Quarter.parse(content["last_quarter"]),
    )


def _chain(common: dict[str, Any], content: Content) -> Chain:
    named = bool(content.get("chief_zh") and content.get("chief_en"))
    return Chain(
        **common,
        cluster=content.get("cluster"),
        counties=_codes(content, "counties"),
        level=content.get("level"),
        chief=_pair(content, "chief") if named else None,
    )


def _segment(common: dict[str, Any], content: Content) -> Segment:
    return Segment(
        **common,
        chain=content["chain"],
        stream=content["stream"],
        cluster=content.get("cluster"),
        gb_classes=_codes(content, "gb_classes"),
    )


def _size_rule(common: dict[str, Any], content: Content) -> SizeRule:
    floors = tuple(
        Floors(size, content[f"staff_{word}"], _number(content, f"revenue_{word}"))
        for size, word in ((SizeClass.LARGE, "large"), (SizeClass.MEDIUM, "medium"), (SizeClass.SMALL, "small"))
    )
    return SizeRule(**common, applies_to=_codes(content, "applies_to"), floors=floors)


def _target(common: dict[str, Any], content: Content) -> Target:
    return Target(
        **common,
        year=content["year"],
        comparison=content["comparison"],
        value=_number(content, "value"),
        unit=content["unit"],
        wording=_pair(content, "wording"),
    )


_SCHEDULE = ("due_day", "tax_day", "gap_days", "return_days", "review_days", "lock_months", "edition")
_BUILDERS: dict[str, Callable[[dict[str, Any], Content], Entry]] = {
    "plan": _plan,
    "cluster": lambda common, c: Cluster(**common, order=c["order"]),
    "chain": _chain,
    "segment": _segment,
    "unit": lambda common, c: Unit(
        **common, order=c["order"], gb2260=bool(c.get("gb2260", False)), ground=c.get("ground")
    ),
    "division": lambda common, c: Division(**common, section=c["section"], industrial=bool(c.get("industrial", False))),
    "class": lambda common, c: Entry(**common),
    "size_rule": _size_rule,
    "level": lambda common, c: Level(**common, threshold=Decimal(c["threshold"])),
    "target": _target,
    "task": lambda common, c: Task(**common, order=c["order"]),
    "measure": lambda common, c: Measure(**common, order=c["order"]),
    "schedule": lambda common, c: Schedule(**common, **{name: c[name] for name in _SCHEDULE}),
    "source": lambda common, c: Source(**common, published_on=_day(c, "published_on"), address=c.get("address", "")),
}
