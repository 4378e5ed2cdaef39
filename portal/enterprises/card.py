"""One registered enterprise as a list of facts, each with where it comes from. A read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..catalogue.size import RespondentClass, SizeClass
from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual, both, whole_day_in_words
from ..kernel.clock import local
from ..kernel.measure import plain
from .models import SizeStatus
from .queries_register import Dossier
from .queries_registration import shown
from .registration import LABELS, REACHED_BY

STATED = Bilingual("登记时填报", "Stated at registration")
OWN = Bilingual("企业于{day}更新", "Entered by the enterprise on {day}")
SET = Bilingual("审核员设定", "Set by the county officer")
COMPUTED = Bilingual("按规模划分标准计算", "Computed by the size rules")
SIZE_BASES = {
    "stated": Bilingual("按登记时填报的{year}年数据计算", "Computed from the figures of {year} stated at registration"),
    "filings": Bilingual("按{year}年已通过的填报计算", "Computed from the approved filings of {year}"),
}
BY_STATUS = Bilingual("由主要行业和规模以上状态得出", "From main class and above-scale status")
UNIT = Bilingual("填报单元", "Reporting unit")
SIZE = Bilingual("企业规模", "Size class")
RESPONDENT = Bilingual("填报类别", "Form answered")
ABOVE = Bilingual("规模以上状态", "Above-scale status")
REGISTERED = Bilingual("登记日期", "On the register since")
_YES = Bilingual("规模以上", "On the above-scale list")
_NO = Bilingual("不在名单上", "Not on the list")
_NEVER = Bilingual("未录入", "Not entered")
_SINCE = Bilingual("{status}，自{day}起", "{status}, from {day}")
_SIZE_ON = Bilingual("{size}，{day}起", "{size}, from {day}")


@dataclass(frozen=True, slots=True)
class Fact:
    label: Bilingual
    value: Bilingual | None
    source: Bilingual


def facts_of(found: Dossier, catalogue: Catalogue, day: date) -> list[Fact]:
    """As of `day`: who it is, where it stands, how it counts."""
    row, stated = found.row, found.stated
    own = {
        "credit_code": row.credit_code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "registered_county": row.registered_county,
        "founded_on": "",
        "gb_class": row.gb_class,
        "figures_year": str(row.figures_year or ""),
        "staff": str(row.staff) if row.staff is not None else "",
        "revenue": _figure(row.revenue),
        "base_output": _figure(row.base_output),
    }
    contact = {name: stated.get(name, "") for name in ("address", "representative", "contact_name", "contact_phone")}
    texts = own | contact
    facts = {name: Fact(LABELS[name], shown(name, value, catalogue), STATED) for name, value in texts.items()}
    if row.founded_on:
        facts["founded_on"] = Fact(LABELS["founded_on"], whole_day_in_words(row.founded_on), STATED)
    if found.particulars:
        newest = found.particulars[0]
        said = OWN.fill(day=local(newest.created_at).date())
        facts |= {name: Fact(LABELS[name], both(getattr(newest, name)), said) for name in REACHED_BY}
    order = [name for name in LABELS if name in facts]
    return [*(facts[name] for name in order), *_set(found, catalogue), *_computed(found, catalogue, day)]


def _figure(value: Decimal | None) -> str:
    return plain(value) if value is not None else ""


def _set(found: Dossier, catalogue: Catalogue) -> list[Fact]:
    day = whole_day_in_words(found.row.registered_on) if found.row.registered_on else None
    return [Fact(UNIT, shown("county", found.row.county, catalogue), SET), Fact(REGISTERED, day, SET)]


def _computed(found: Dossier, catalogue: Catalogue, day: date) -> list[Fact]:
    row, status = found.row, found.above_scale_on(day)
    above = status is not None and status.is_above_scale
    counted, size, base = found.size_on(day), SizeClass(row.size_class).title, COMPUTED
    if counted is not None:
        size = _SIZE_ON.fill(size=SizeClass(counted.size_class).title, day=counted.since_on)
        base = size_base(counted)
    said = _NEVER
    if status is not None:
        said = _SINCE.fill(status=_YES if above else _NO, day=status.since_on)
    return [
        Fact(SIZE, size, base),
        Fact(ABOVE, said, both(status.source) if status is not None else both("")),
        Fact(RESPONDENT, RespondentClass(catalogue.respondent_class(row.gb_class, above).value).title, BY_STATUS),
    ]


def size_base(size: SizeStatus) -> Bilingual:
    """Whose figures a size class was computed from, and of which year."""
    return SIZE_BASES[size.basis].fill(year=size.since_on.year - 1)


def place_of(segment: str, catalogue: Catalogue) -> Bilingual:
    """A chain position with its chain."""
    return shown("primary_segment", segment, catalogue) or both(segment)
