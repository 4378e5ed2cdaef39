"""What a table of figures can be asked for, and what its lines are called. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..kernel.word import Word
from .measures import Span


class By(Word):
    """What the lines of a table are."""

    CLUSTER = "cluster"
    CHAIN = "chain"
    SEGMENT = "segment"
    COUNTY = "county"
    SIZE = "size"
    CLASS = "class"

    @property
    def title(self) -> Bilingual:
        return _BY_TITLES[self]


_BY_TITLES = {
    By.CLUSTER: Bilingual("产业集群", "Cluster"),
    By.CHAIN: Bilingual("产业链", "Chain"),
    By.SEGMENT: Bilingual("链条环节", "Segment"),
    By.COUNTY: Bilingual("县（市、区）", "County"),
    By.SIZE: Bilingual("企业规模", "Size class"),
    By.CLASS: Bilingual("填报类别", "Respondent class"),
}


class Frame(Word):
    """Which enterprises a total is about. Every total names its frame; above-scale is the default (rulings 7)."""

    ABOVE_SCALE = "L"
    ALL = "all"
    BELOW_SCALE = "S"
    NOT_INDUSTRIAL = "N"

    @property
    def title(self) -> Bilingual:
        return _FRAME_TITLES[self]


_FRAME_TITLES = {
    Frame.ABOVE_SCALE: Bilingual("规模以上工业", "Above-scale industry"),
    Frame.ALL: Bilingual("全部填报企业", "All filers"),
    Frame.BELOW_SCALE: Bilingual("规模以下工业", "Below-scale industry"),
    Frame.NOT_INDUSTRIAL: Bilingual("非工业", "Not industry"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a table of figures is asked for."""

    quarter: Quarter
    span: Span = Span.QUARTER
    by: By = By.CLUSTER
    frame: Frame = Frame.ABOVE_SCALE


_SIZES = {
    "L": Bilingual("大型", "Large"),
    "M": Bilingual("中型", "Medium"),
    "S": Bilingual("小型", "Small"),
    "X": Bilingual("微型", "Micro"),
}
_CLASSES = {frame.value: frame.title for frame in Frame if frame is not Frame.ALL}
_NO_CLUSTER = Bilingual("不属于五大集群", "In none of the five clusters")


def line_title(by: By, code: str, catalogue: Catalogue) -> Bilingual:
    if by is By.CLUSTER and code == "00":
        return _NO_CLUSTER
    if by is By.SIZE:
        return _SIZES[code]
    if by is By.CLASS:
        return _CLASSES[code]
    kind = {By.CLUSTER: "cluster", By.CHAIN: "chain", By.SEGMENT: "segment", By.COUNTY: "unit"}[by]
    entry = catalogue.entry(kind, code)
    return entry.called if by in (By.CLUSTER, By.CHAIN) else entry.title


def lines_of(by: By, found: Collection[str], catalogue: Catalogue) -> list[str]:
    """Lines in the order people list them; clusters, units and chains also where nothing is in yet."""
    known: dict[By, list[str]] = {
        By.CLUSTER: [*catalogue.clusters, "00"],
        By.CHAIN: list(catalogue.chains),
        By.SEGMENT: list(catalogue.segments),
        By.COUNTY: list(catalogue.units),
        By.SIZE: list(_SIZES),
        By.CLASS: list(_CLASSES),
    }
    listed = known[by] if by is not By.SEGMENT else [code for code in known[by] if code in found]
    return [*listed, *sorted(set(found) - set(listed))]
