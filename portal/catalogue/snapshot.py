"""The catalogue as it stands in one quarter: every kind by code, in the order people list it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar, cast

from ..kernel.bilingual import Bilingual, both
from ..kernel.errors import Busy, Missing
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
from .size import RespondentClass, SizeClass, respondent_class, size_class

_NOT_LOADED = Bilingual(
    "基础数据尚未载入，请稍后再试。", "The reference data are not loaded yet; please try again later."
)

_DIVISION_DIGITS = 2
_E = TypeVar("_E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One quarter's reference data. The mappings hold what is in use; the look-up methods also find retired entries.

    Look-ups raise Missing for a code that never was.
    """

    quarter: Quarter
    clusters: Mapping[str, Cluster]
    chains: Mapping[str, Chain]
    segments: Mapping[str, Segment]
    units: Mapping[str, Unit]
    divisions: Mapping[str, Division]
    classes: Mapping[str, Entry]
    size_rules: Mapping[str, SizeRule]
    levels: Mapping[str, Level]
    targets: Mapping[str, Target]
    tasks: Mapping[str, Task]
    measures: Mapping[str, Measure]
    sources: Mapping[str, Source]
    plans: Mapping[str, Plan]
    schedules: Mapping[str, Schedule]
    everything: Mapping[tuple[str, str], Entry]

    @property
    def plan(self) -> Plan:
        """The plan of this quarter; outside every plan the newest one, which pages then call ended."""
        covering = [plan for plan in self.plans.values() if plan.covers(self.quarter)]
        return max(covering or self.plans.values(), key=lambda plan: plan.first_quarter)

    @property
    def schedule(self) -> Schedule:
        """Raises Busy while no reference data were ever loaded: the operator has one command left to run."""
        if "quarterly" not in self.schedules:
            raise Busy("no-catalogue", _NOT_LOADED)
        return self.schedules["quarterly"]

    @property
    def listed_chains(self) -> tuple[Chain, ...]:
        """The plan's chains, without `00`."""
        return tuple(chain for chain in self.chains.values() if chain.is_listed)

    def cluster(self, code: str) -> Cluster:
        return cast(Cluster, self.entry("cluster", code))

    def chain(self, code: str) -> Chain:
        return cast(Chain, self.entry("chain", code))

    def segment(self, code: str) -> Segment:
        return cast(Segment, self.entry("segment", code))

    def unit(self, code: str) -> Unit:
        return cast(Unit, self.entry("unit", code))

    def entry(self, kind: str, code: str) -> Entry:
        found = self.everything.get((kind, code))
        if found is None:
            raise Missing
        return found

    def name_of(self, kind: str, code: str) -> Bilingual | None:
        """What an entry is called, for lists of codes; `gb` stands for industry classes. None when unknown."""
        found = self.everything.get(("class" if kind == "gb" else kind, code))
        return found.called if found else None

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        """Every entry of a kind in listing order, retired ones last."""
        rows = [entry for (name, _), entry in self.everything.items() if name == kind]
        return tuple(sorted(rows, key=lambda entry: (entry.retired, *entry.place)))

    def cluster_of(self, chain: str) -> Cluster | None:
        """The cluster a chain belongs to; None for `00`."""
        code = self.chain(chain).cluster
        return None if code is None else self.cluster(code)

    def cluster_of_segment(self, segment: str) -> Cluster | None:
        """The chain's cluster; for `00-SEMI` and its like the one it names; None for `00`."""
        found = self.segment(segment)
        return self.cluster(found.cluster) if found.cluster else self.cluster_of(found.chain)

    def chains_of(self, cluster: str) -> tuple[Chain, ...]:
        return tuple(chain for chain in self.chains.values() if chain.cluster == cluster)

    def segments_of(self, chain: str) -> tuple[Segment, ...]:
        return tuple(segment for segment in self.segments.values() if segment.chain == chain)

    def division_of(self, gb_class: str) -> Division | None:
        """The loaded division of a four-digit industry class, or None when it lies outside the portal's field."""
        return self.divisions.get(gb_class[:_DIVISION_DIGITS])

    def class_title(self, gb_class: str) -> Bilingual:
        """The class's own name where the catalogue has one, else its division's, else the bare code."""
        known = self.classes.get(gb_class) or self.division_of(gb_class)
        return known.title if known else both(gb_class)

    def is_industrial(self, gb_class: str) -> bool:
        division = self.division_of(gb_class)
        return division is not None and division.industrial

    def size_rule_for(self, gb_class: str) -> SizeRule:
        """The rule that names the class's division, else its section. Raises Missing outside the loaded divisions."""
        division = self.division_of(gb_class)
        for scope in (division.code, division.section) if division else ():
            for rule in self.size_rules.values():
                if scope in rule.applies_to:
                    return rule
        raise Missing

    def size_class(self, gb_class: str, staff: int, revenue: Decimal) -> SizeClass:
        """Size by staff and by revenue in 万元 of the last complete year."""
        return size_class(self.size_rule_for(gb_class).floors, staff, revenue)

    def respondent_class(self, gb_class: str, is_above_scale: bool) -> RespondentClass:
        return respondent_class(self.is_industrial(gb_class), is_above_scale)

    def source_title(self, entry: Entry) -> Bilingual:
        """A source's full name; a source written out in words is shown as it is written."""
        known = self.sources.get(entry.source)
        return known.title if known else both(entry.source)


def catalogue_of(quarter: Quarter, entries: Iterable[Entry]) -> Catalogue:
    """Puts a quarter's entries (one per kind and code) into a Catalogue."""
    rows = sorted(entries, key=lambda entry: (entry.kind, *entry.place))
    everything = {(entry.kind, entry.code): entry for entry in rows}

    def used(kind: str, shape: type[_E]) -> dict[str, _E]:
        return {e.code: cast(_E, e) for e in rows if e.kind == kind and not e.retired}

    return Catalogue(
        quarter=quarter,
        clusters=used("cluster", Cluster),
        chains=used("chain", Chain),
        segments=used("segment", Segment),
        units=used("unit", Unit),
        divisions=used("division", Division),
        classes=used("class", Entry),
        size_rules=used("size_rule", SizeRule),
        levels=used("level", Level),
        targets=used("target", Target),
        tasks=used("task", Task),
        measures=used("measure", Measure),
        sources=used("source", Source),
        plans=used("plan", Plan),
        schedules=used("schedule", Schedule),
        everything=everything,
    )
