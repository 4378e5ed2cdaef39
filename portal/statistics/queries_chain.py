"""Reading the map of one chain: who stands where, by positions, and what the segments produce, by cells."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalogue.snapshot import Catalogue
from ..enterprises.queries_register import enterprises_by_segment
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from .models import Cell
from .overview import ChainMap, Column, Node
from .queries import visible
from .sums import Sums

OUTPUT = "101"


def chains_for(actor: Actor, catalogue: Catalogue) -> list[str]:
    """The listed chains whose map the actor may open: a chain officer's own, everybody else's all."""
    return [c.code for c in catalogue.listed_chains if actor.scope.kind != "chains" or c.code in actor.chains]


def chain_map(session: Session, actor: Actor, catalogue: Catalogue, chain: str, ends: Quarter, day: date) -> ChainMap:
    """The map of a chain as far as `actor` sees its enterprises. Raises Denied without figures:read.

    Open segments (none of the chain's named ones) stand on the map only where somebody is on them.
    """
    segments = catalogue.segments_of(chain)
    codes = [segment.code for segment in segments]
    numbers = enterprises_by_segment(session, day, codes)
    rows = session.execute(
        select(Cell.segment, Cell.quarter, func.sum(Cell.total), func.sum(Cell.contributors))
        .where(Cell.segment.in_(codes), Cell.indicator == OUTPUT, *visible(actor, Cell))
        .where(Cell.quarter.in_([q.code for q in ends.trailing_four()]))
        .group_by(Cell.segment, Cell.quarter)
    )
    sums: dict[str, Sums] = {}
    for segment, quarter, total, contributors in rows:
        sums.setdefault(segment, Sums()).add(OUTPUT, quarter, total, int(contributors))
    columns: dict[str, list[Node]] = {}
    for found in segments:
        number = numbers.get(found.code, 0)
        if found.is_open and not number:
            continue
        output = sums.get(found.code, Sums()).over(OUTPUT, ends.trailing_four())
        columns.setdefault(found.stream, []).append(Node(found, number, output))
    ordered = tuple(Column(nodes[0].segment.stream_title, tuple(nodes)) for nodes in columns.values())
    return ChainMap(chain, catalogue.chain(chain).title, ordered)
