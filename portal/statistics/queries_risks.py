"""Reading the risks behind an overview: from cells, panels, positions and what waits past its day; never from facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.entries import Chain
from ..catalogue.queries import catalogue_at, window
from ..catalogue.snapshot import Catalogue
from ..enterprises.queries_register import none_one_or_more
from ..filing.queries_lock import accepted_units
from ..kernel.bilingual import Bilingual
from ..kernel.measure import divided
from ..kernel.roles import Actor, Permission
from ..kernel.workflow import IN_REVIEW, Kind
from .models import Cell
from .models_panel import PanelCell
from .official import WHOLE_YEAR, period_title
from .overview import GroupLine, Overview, TargetLine
from .queries import group_column, visible
from .queries_grounds import FRAME, OUTPUT
from .queries_panel import panels
from .question import By
from .risks import Risk, dependence, fall, late_reviews, missing_links, ranked, response_gap, target_gap
from .targets import AMOUNTS, Way

_NOTHING = Decimal(0)
_YEAR_TO = Bilingual("截至{quarter}的四个季度", "Four quarters to {quarter}")


@dataclass(slots=True)
class _Output:
    """A chain's above-scale output in one quarter, and what its largest enterprise makes at least, both in 万元."""

    total: Decimal = _NOTHING
    largest: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks for which overview, and what several kinds of risk are computed from."""

    session: Session
    actor: Actor
    found: Overview
    catalogue: Catalogue
    chains: tuple[Chain, ...]
    outputs: dict[str, _Output]
    day: date

    def share(self, chain: str) -> Decimal:
        whole = sum((each.total for each in self.outputs.values()), _NOTHING)
        return divided(self.outputs.get(chain, _Output()).total, whole) or _NOTHING

    @property
    def period(self) -> Bilingual:
        quarter = self.found.quarter
        return period_title(quarter.year, WHOLE_YEAR if quarter.number == 4 else quarter.number)


def risks(session: Session, actor: Actor, found: Overview, day: date) -> tuple[Risk, ...]:
    """The risks that `actor` may know of, the gravest first. Raises Denied without figures:read.

    A county's are its own; a chain officer's those of their chains. How much of a chain one enterprise makes is that
    enterprise's figure: bureau and auditor alone learn it. Who reviews late is for those who see cases.
    """
    catalogue = catalogue_at(session, found.quarter)
    chains = tuple(c for c in catalogue.listed_chains if not actor.chains or c.code in actor.chains)
    asked = _Asked(session, actor, found, catalogue, chains, _outputs(session, actor, found), day)
    return ranked(
        [*_falls(asked), *_responses(asked), *_dependences(asked), *_missing(asked), *_targets(asked), *_reviews(asked)]
    )


def _outputs(session: Session, actor: Actor, found: Overview) -> dict[str, _Output]:
    """In the last quarter that is settled. A cell of few enterprises bounds the largest: it makes the mean or more."""
    chain = group_column(Cell, By.CHAIN).label("chain")
    rows = session.execute(
        select(chain, Cell.contributors, func.sum(Cell.total), func.max(Cell.total))
        .where(Cell.quarter == found.year_end.code, Cell.indicator == OUTPUT, Cell.respondent_class == FRAME.value)
        .where(Cell.contributors > 0, *visible(actor, Cell))
        .group_by(chain, Cell.contributors)
    )
    outputs: dict[str, _Output] = {}
    for code, contributors, total, top in rows:
        entry = outputs.setdefault(code, _Output())
        entry.total += total
        entry.largest = max(entry.largest, divided(top, Decimal(int(contributors))) or _NOTHING)
    return outputs


def _falls(asked: _Asked) -> Iterator[Risk | None]:
    """Of units and chains; a panel too small for the reader says nothing."""
    span = asked.found.quarter.year_to_date()
    for line in asked.found.units:
        growth = line.panel.growth
        if growth is not None and growth.rate is not None:
            share = line.share or _NOTHING
            yield fall("unit", line.code, line.title, asked.period, growth.rate, line.panel.fewest, share)
    column = group_column(PanelCell, By.CHAIN)
    alike = panels(asked.session, asked.actor, span, OUTPUT, FRAME, column, lambda code: code)
    for chain in asked.chains:
        panel = alike.get(chain.code)
        if panel is not None and panel.growth is not None and panel.growth.rate is not None:
            share = asked.share(chain.code)
            yield fall("chain", chain.code, chain.called, asked.period, panel.growth.rate, panel.fewest, share)


def _responses(asked: _Asked) -> Iterator[Risk | None]:
    """Once the day to file has passed: by unit, for a chain officer by chain. What is accepted is as it is."""
    found = asked.found
    opened = window(asked.session, found.quarter)
    if opened is None or opened.due_on >= asked.day:
        return
    by_chain = asked.actor.scope.kind == "chains"
    lines: tuple[GroupLine, ...] = found.groups if by_chain else found.units
    accepted = accepted_units(asked.session, found.quarter)
    by, quarter = ("chain" if by_chain else "unit"), found.quarter.title
    for line in lines:
        if line.code not in accepted:
            counts = line.approved, line.due
            yield response_gap(by, line.code, line.title, quarter, opened.due_on, counts, line.weight_share)


def _dependences(asked: _Asked) -> Iterator[Risk | None]:
    if asked.actor.scope.kind != "everything":
        return
    for chain in asked.chains:
        output, share = asked.outputs.get(chain.code, _Output()), asked.share(chain.code)
        quarter = asked.found.year_end.title
        yield dependence(chain.code, chain.called, quarter, output.largest, output.total, share)


def _missing(asked: _Asked) -> Iterator[Risk | None]:
    """A county's part of a chain is not the chain: for bureau, auditor and chain officers."""
    if asked.actor.scope.kind == "counties":
        return
    named = {
        chain.code: [s for s in asked.catalogue.segments_of(chain.code) if not s.is_open] for chain in asked.chains
    }
    codes = [segment.code for segments in named.values() for segment in segments]
    numbers = none_one_or_more(asked.session, asked.day, codes)
    for chain in asked.chains:
        segments = [(segment.short, numbers.get(segment.code, 0)) for segment in named[chain.code]]
        yield missing_links(chain.code, chain.called, asked.day, segments, asked.share(chain.code))


def _targets(asked: _Asked) -> Iterator[Risk | None]:
    for line in asked.found.targets:
        if line.verdict is not None and line.verdict.kind == "warn" and line.basis is not None:
            yield _target(asked, line, line.basis.way)


def _target(asked: _Asked, line: TargetLine, way: Way) -> Risk | None:
    wanted = line.target.value
    if line.done is None or line.due is None or line.value is None or wanted is None:
        return None
    amount = AMOUNTS[line.target.unit]
    sums = (
        Bilingual(amount.text(line.value, "zh"), amount.text(line.value, "en")),
        Bilingual(amount.short(wanted, "zh"), amount.short(wanted, "en")),
    )
    period = asked.period if way is Way.FLOW else _YEAR_TO.fill(quarter=asked.found.year_end.title)
    return target_gap(line.target.code, line.target.short, period, sums, line.due - line.done)


def _reviews(asked: _Asked) -> Iterator[Risk | None]:
    if not asked.actor.may(Permission.CASE_READ):
        return
    rows = asked.session.execute(
        select(Case.county, func.count(Case.id), func.min(Case.due_on))
        .where(Case.kind == Kind.FILING, Case.state.in_(IN_REVIEW), Case.due_on < asked.day)
        .group_by(Case.county)
    )
    for county, late, oldest in rows:
        if oldest is None:
            continue
        unit = asked.catalogue.name_of("unit", county)
        part = divided(Decimal(int(late)), Decimal(max(asked.found.whole.due, int(late)))) or _NOTHING
        yield late_reviews(county, unit or Bilingual(county, county), asked.day, int(late), oldest, part)
