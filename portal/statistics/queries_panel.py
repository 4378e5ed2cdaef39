"""Reading panels: growth like for like of any group, with its size, by who asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel.period import Quarter
from ..kernel.roles import Actor
from .measures import growth
from .models_panel import PanelCell
from .overview import Panel
from .queries import SMALLEST_N, visible
from .question import Frame

NO_PANEL = Panel(0, 0, None)


@dataclass(slots=True)
class _Sum:
    now: Decimal = Decimal(0)
    then: Decimal = Decimal(0)
    sizes: dict[int, int] = field(default_factory=dict)


def panels(
    session: Session,
    actor: Actor,
    span: Sequence[Quarter],
    indicator: str,
    frame: Frame,
    column: Any,
    line_of: Callable[[str], str],
) -> dict[str, Panel]:
    """The panels of a span by line; `line_of` says into which line a value of `column` counts.

    A panel of several quarters is the sum of theirs. Raises Denied without figures:read.
    """
    framed = [] if frame is Frame.ALL else [PanelCell.respondent_class == frame.value]
    counted = (PanelCell.enterprises, PanelCell.value_now, PanelCell.value_then)
    rows = session.execute(
        select(column, PanelCell.quarter, *(func.sum(each) for each in counted))
        .where(PanelCell.quarter.in_([q.code for q in span]), PanelCell.indicator == indicator)
        .where(*framed, *visible(actor, PanelCell))
        .group_by(column, PanelCell.quarter)
    )
    sums: dict[str, _Sum] = {}
    for found, quarter, number, now, then in rows:
        entry = sums.setdefault(line_of(found), _Sum())
        entry.now, entry.then = entry.now + now, entry.then + then
        entry.sizes[quarter] = entry.sizes.get(quarter, 0) + int(number)
    return {line: _panel(actor, entry, len(span)) for line, entry in sums.items()}


def _panel(actor: Actor, entry: _Sum, quarters: int) -> Panel:
    """Below three enterprises only bureau and auditor see the growth: it would be somebody's own. Where a quarter has
    no panel yet there is none of the span: it would be of other months than the figures beside it say."""
    smallest, most = min(entry.sizes.values()), max(entry.sizes.values())
    may_see = smallest >= SMALLEST_N or actor.scope.kind == "everything"
    fewest = smallest if len(entry.sizes) == quarters else 0
    return Panel(fewest, most, growth(entry.now, entry.then) if may_see and fewest else None)
