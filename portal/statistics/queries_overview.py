"""Reading the overview: the plan's targets in two series, groups with their growth, the ladder, by who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from ..catalogue.entries import Target
from ..catalogue.queries import catalogue_at
from ..catalogue.snapshot import Catalogue
from ..filing.queries_lock import accepted_units
from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from .ladder import Rung, Step, number_at, rung
from .measures import growth, ratio_of_sums
from .models import Cell, CellDue
from .models_panel import PanelCell
from .official import period_title
from .overview import GroupLine, Official, Overview, Panel, TargetLine
from .pace import REACHED, WAITS, Verdict, count_verdict, cumulative_shares, flow_verdict, ratio_verdict, share_verdict
from .queries import CITY, TOTAL, group_column, line_code, visible
from .queries_grounds import (
    FRAME,
    NO_CLUSTER,
    OUTPUT,
    SETTLED,
    Coverage,
    Grounds,
    add_response,
    city_for_county,
    coverage,
    least,
    read_clusters,
    read_units,
    year_end,
)
from .queries_official import newest_official
from .queries_panel import NO_PANEL, panels
from .question import By, line_title
from .sums import Sums, ratio_over
from .targets import TARGETS, TO_TARGET_UNIT, Basis, Way

Ladder = tuple[tuple[Rung, ...], tuple[Rung, ...]]
_WHOLE = ""
NO_LADDER: Ladder = ((), ())


@dataclass(frozen=True, slots=True)
class _Part:
    """What targets are computed from: sums of the whole and of the five clusters, and how much of the quarter is in."""

    whole: Sums
    five: Sums
    quarter: Quarter
    covered: Coverage

    @property
    def responded(self) -> Decimal | None:
        return self.covered.shares.get(self.quarter.code)

    @property
    def year_end(self) -> Quarter:
        return year_end(self.quarter, self.responded)

    @property
    def is_settled(self) -> bool:
        """Whether what adds up over the year can be judged by now."""
        return self.responded is not None and self.responded >= SETTLED

    def coverage(self, basis: Basis) -> Decimal | None:
        """How much of the quarters that the figure is of is approved, as far as the reader may be told."""
        is_flow = basis.way is Way.FLOW
        return least(self.covered.told, self.quarter.year_to_date() if is_flow else self.year_end.trailing_four())

    def of(self, basis: Basis) -> Sums:
        return self.five if basis.clusters else self.whole


def overview(session: Session, actor: Actor, quarter: Quarter) -> Overview:
    """The overview of a quarter as far as `actor` may see it. Raises Denied without figures:read."""
    catalogue, cells, dues = catalogue_at(session, quarter), visible(actor, Cell), visible(actor, CellDue)
    mine = read_clusters(session, quarter, catalogue, cells)
    mine.units = read_units(session, quarter, cells)
    add_response(session, quarter, catalogue, dues, mine)
    covered = coverage(session, quarter, dues)
    responded = covered.shares.get(quarter.code)
    ends = year_end(quarter, responded)
    ladder = _ladder(catalogue, mine, ends, actor)
    by = By.CHAIN if actor.scope.kind == "chains" else By.CLUSTER
    return Overview(
        quarter=quarter,
        year_end=ends,
        frame=FRAME,
        responded=covered.told.get(quarter.code),
        has_gaps=responded is not None and responded < 1,
        targets=_targets(session, catalogue, actor, mine, quarter, covered, ladder),
        groups=_lines(session, actor, catalogue, quarter, by, mine),
        units=_lines(session, actor, catalogue, quarter, By.COUNTY, mine),
        whole=_whole(session, actor, quarter, mine),
        clusters_on_ladder=ladder[0],
        chains_on_ladder=ladder[1],
        largest_chain=_largest_chain(mine, ends),
        accepted=len(accepted_units(session, quarter) & catalogue.units.keys()),
        of_units=len(catalogue.units),
    )


def _largest_chain(mine: Grounds, ends: Quarter) -> str | None:
    """Whose map is worth opening first."""
    year = ends.trailing_four()
    found = {
        code: sums.over(OUTPUT, year) or Decimal(0) for code, sums in mine.chains_all.items() if code != NO_CLUSTER
    }
    return max(sorted(found), key=lambda code: found[code], default=None)


# --- groups ------------------------------------------------------------------------------------------------------


def _lines(
    session: Session, actor: Actor, catalogue: Catalogue, quarter: Quarter, by: By, mine: Grounds
) -> tuple[GroupLine, ...]:
    span, column = quarter.year_to_date(), group_column(PanelCell, by)
    alike = panels(session, actor, span, OUTPUT, FRAME, column, lambda code: line_code(by, code, catalogue))
    groups = {By.CLUSTER: mine.clusters, By.CHAIN: mine.chains, By.COUNTY: mine.units}[by]
    codes = {
        By.CLUSTER: [*catalogue.clusters, NO_CLUSTER],
        By.CHAIN: sorted(actor.chains),
        By.COUNTY: list(catalogue.units),
    }[by]
    whole = mine.whole.over(OUTPUT, span)
    return tuple(
        _line(code, _title(by, code, catalogue), groups.get(code, Sums()), span, whole, alike.get(code, NO_PANEL))
        for code in codes
        if by is not By.COUNTY or not actor.counties or code in actor.counties
    )


def _title(by: By, code: str, catalogue: Catalogue) -> Bilingual:
    kind = {By.CLUSTER: "cluster", By.CHAIN: "chain", By.COUNTY: "unit"}[by]
    return catalogue.name_of(kind, code) or line_title(by, code, catalogue)


def _line(
    code: str, title: Bilingual, sums: Sums, span: Sequence[Quarter], whole: Decimal | None, panel: Panel
) -> GroupLine:
    output = sums.over(OUTPUT, span)
    return GroupLine(
        code,
        title,
        output,
        ratio_of_sums(output, whole),
        growth(output, sums.over(OUTPUT, [q.same_last_year for q in span])),
        panel,
        sums.response.share,
        sums.response.due,
        sums.response.approved,
    )


def _whole(session: Session, actor: Actor, quarter: Quarter, mine: Grounds) -> GroupLine:
    span, sums = quarter.year_to_date(), mine.whole
    alike = panels(session, actor, span, OUTPUT, FRAME, group_column(PanelCell, By.CLASS), lambda _: _WHOLE)
    title = CITY if actor.scope.kind == "everything" else TOTAL
    return _line(_WHOLE, title, sums, span, sums.over(OUTPUT, span), alike.get(_WHOLE, NO_PANEL))


# --- the ladder --------------------------------------------------------------------------------------------------


def _ladder(catalogue: Catalogue, mine: Grounds, ends: Quarter, actor: Actor) -> Ladder:
    """Clusters and chains by a year's output of all filers. A county sees a part of each, so none for a county."""
    if actor.scope.kind == "counties":
        return NO_LADDER
    steps = [Step(level.code, level.short, level.threshold) for level in catalogue.levels.values()]

    def stand(code: str, title: Bilingual, groups: Mapping[str, Sums]) -> Rung:
        return rung(code, title, groups.get(code, Sums()).over(OUTPUT, ends.trailing_four()), steps)

    shown = [chain for chain in catalogue.listed_chains if not actor.chains or chain.code in actor.chains]
    chains = tuple(stand(chain.code, chain.called, mine.chains_all) for chain in shown)
    if actor.scope.kind == "chains":
        return (), chains
    return tuple(stand(c.code, c.called, mine.clusters_all) for c in catalogue.clusters.values()), chains


# --- targets -----------------------------------------------------------------------------------------------------


def _targets(
    session: Session,
    catalogue: Catalogue,
    actor: Actor,
    mine: Grounds,
    quarter: Quarter,
    covered: Coverage,
    ladder: Ladder,
) -> tuple[TargetLine, ...]:
    """The plan's targets are the city's: bureau and auditor see all of it, a county what gives nobody away."""
    own = None
    if actor.scope.kind == "counties":
        city = read_clusters(session, quarter, catalogue, [])
        part = _Part(*city_for_county(city, mine), quarter, covered)
        own = _Part(mine.whole, mine.five, quarter, covered)
    elif actor.scope.kind == "everything":
        part = _Part(mine.whole, mine.five, quarter, covered)
    else:
        return ()
    official = newest_official(session)
    levels = {level.code: Step(level.code, level.short, level.threshold) for level in catalogue.levels.values()}
    found = []
    for target in catalogue.targets.values():
        row, basis = official.get(target.code), TARGETS.get(target.code)
        said = None
        if row is not None:
            period = period_title(row.year, row.quarter)
            said = Official(row.value, row.growth, period, row.source, row.source_on, row.is_confirmed)
        found.append(_target(target, basis, said, part, own, ladder, levels))
    return tuple(found)


def _target(
    target: Target,
    basis: Basis | None,
    official: Official | None,
    part: _Part,
    own: _Part | None,
    ladder: Ladder,
    levels: Mapping[str, Step],
) -> TargetLine:
    if basis is None or target.value is None:
        return TargetLine(target, basis, official, None, None, None, None, None)
    factor = TO_TARGET_UNIT[target.unit]
    if basis.way is Way.COUNT:
        value = _count(basis, ladder, levels)
    else:
        value = _scaled(_measured(basis, part), factor)
    mine = _scaled(_measured(basis, own), factor) if own is not None and basis.way is not Way.COUNT else None
    due = _due(basis, target, part)
    done = ratio_of_sums(value, target.value)
    verdict = _verdict(basis, target, value, due, part)
    return TargetLine(target, basis, official, value, mine, done, due, verdict, part.coverage(basis))


def _measured(basis: Basis, part: _Part) -> Decimal | None:
    """In the units of the cells: 万元, 万元 per mu, or a plain share. A year with a quarter missing is no year."""
    sums, year = part.of(basis), part.year_end.trailing_four()
    if basis.way is Way.FLOW:
        return sums.over(basis.indicator, part.quarter.year_to_date())
    if any((basis.indicator, q.code) not in part.whole.totals for q in year):
        return None
    if basis.way is Way.SHARE:
        return ratio_of_sums(sums.over(basis.indicator, year), part.whole.over(basis.indicator, year))
    return ratio_over(sums, basis.indicator, basis.per or "", year).value


def _due(basis: Basis, target: Target, part: _Part) -> Decimal | None:
    """The share of the target that should be there by now: last year's own course for a flow, all of it otherwise."""
    if basis.way is not Way.FLOW:
        return Decimal(1)
    if target.year != part.quarter.year:
        return None
    last = [Quarter(part.quarter.year - 1, number).code for number in (1, 2, 3, 4)]
    shares = cumulative_shares([part.of(basis).totals.get((basis.indicator, code)) for code in last])
    return shares[part.quarter.number - 1] if shares else None


def _count(basis: Basis, ladder: Ladder, levels: Mapping[str, Step]) -> Decimal | None:
    rungs = ladder[0] if basis.of == "cluster" else ladder[1]
    level = levels.get(basis.level)
    return Decimal(number_at(rungs, level, basis.or_above)) if rungs and level else None


def _scaled(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else value * factor


def _verdict(basis: Basis, target: Target, value: Decimal | None, due: Decimal | None, part: _Part) -> Verdict | None:
    """What adds up over the year is behind by nature while its quarter is coming in: only “reached” is said then."""
    if value is None or target.value is None or due is None:
        return None
    if basis.way is Way.FLOW:
        said = flow_verdict(value, target.value, due, target.comparison)
        return said if part.is_settled or said is REACHED else WAITS
    if basis.way is Way.RATIO:
        return ratio_verdict(value, target.value, target.comparison)
    if basis.way is Way.SHARE:
        return share_verdict(value, target.value, target.comparison)
    return count_verdict(int(value), int(target.value))
