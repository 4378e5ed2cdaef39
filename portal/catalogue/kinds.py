"""What each kind of catalogue entry consists of: one table, read by the loader, the linter and the edit form.

Pure. The values built from an entry stand in `entries`, the checks in `linter`; form editions are not entries.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel.bilingual import Bilingual
from ..kernel.word import Word


class Shape(Word):
    """How a field is written in TOML and JSON. Numbers are strings (exact), counts are integers."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    DATE = "date"
    QUARTER = "quarter"
    CODE = "code"
    CODES = "codes"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind. `refers` names the kind whose codes it may hold; `language` says the tongue."""

    name: str
    title: Bilingual
    shape: Shape = Shape.LINE
    required: bool = False
    refers: str = ""
    choices: tuple[tuple[str, Bilingual], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry: its names, what its codes look like, and the fields beyond the common ones."""

    code: str
    title: Bilingual
    plural: Bilingual
    pattern: str
    fields: tuple[Field, ...] = ()

    @property
    def all_fields(self) -> tuple[Field, ...]:
        return (*NAMES, *self.fields, *PROVENANCE)

    def field(self, name: str) -> Field | None:
        return next((field for field in self.all_fields if field.name == name), None)


STATUSES = (
    ("confirmed", Bilingual("已确认", "Confirmed")),
    ("to_confirm", Bilingual("待确认", "To be confirmed")),
)
EVIDENCE = (
    ("V", Bilingual("原始来源可见", "seen in the source itself")),
    ("V2", Bilingual("转载或次级来源可见", "seen in a secondary source")),
    ("I", Bilingual("由已知事实推断", "inferred from seen facts")),
    ("N", Bilingual("按名称归类", "by its own name")),
    ("O", Bilingual("按清单次序归类", "by its place in the list")),
    ("T", Bilingual("由英文回译", "translated back from English")),
    ("A", Bilingual("设定", "assumed")),
    ("U", Bilingual("未见来源", "no source seen")),
)
STREAMS = (
    ("U", Bilingual("上游", "Upstream")),
    ("M", Bilingual("中游", "Midstream")),
    ("D", Bilingual("下游", "Downstream")),
    ("S", Bilingual("服务支撑", "Services")),
    ("X", Bilingual("其他", "Other")),
)
COMPARISONS = (
    ("gt", Bilingual("突破（超过）", "above")),
    ("ge", Bilingual("以上（不低于）", "at least")),
    ("eq", Bilingual("等于", "exactly")),
    ("some", Bilingual("不定数", "no number set")),
)
TARGET_UNITS = (
    ("yi_yuan", Bilingual("亿元", "100 m yuan")),
    ("wan_yuan_per_mu", Bilingual("万元/亩", "10k yuan per mu")),
    ("percent", Bilingual("%", "%")),
    ("industries", Bilingual("个", "industries")),
)

NAMES = (
    Field("name_zh", Bilingual("中文名称", "Chinese name"), required=True, language="zh"),
    Field("name_en", Bilingual("英文名称", "English name"), required=True, language="en"),
    Field("short_zh", Bilingual("中文简称", "Chinese short name"), language="zh"),
    Field("short_en", Bilingual("英文简称", "English short name"), language="en"),
)
PROVENANCE = (
    Field("source", Bilingual("来源", "Source"), required=True),
    Field("evidence", Bilingual("依据类别", "Evidence"), Shape.CHOICE, choices=EVIDENCE),
    Field("status", Bilingual("确认状态", "Status"), Shape.CHOICE, required=True, choices=STATUSES),
    Field("retired", Bilingual("不再使用", "No longer in use"), Shape.FLAG),
)
_ORDER = Field("order", Bilingual("排列次序", "Order"), Shape.COUNT, required=True)


def _count(name: str, zh: str, en: str) -> Field:
    return Field(name, Bilingual(zh, en), Shape.COUNT, required=True)


def _number(name: str, zh: str, en: str) -> Field:
    return Field(name, Bilingual(zh, en), Shape.NUMBER)


_KINDS = (
    Kind(
        "plan",
        Bilingual("行动方案", "Action plan"),
        Bilingual("行动方案", "Action plans"),
        r"[A-Z0-9-]{2,20}",
        (
            Field("issuer_zh", Bilingual("印发单位（中文）", "Issuer (Chinese)"), required=True, language="zh"),
            Field("issuer_en", Bilingual("印发单位（英文）", "Issuer (English)"), required=True, language="en"),
            Field("city_zh", Bilingual("城市（中文）", "City (Chinese)"), required=True, language="zh"),
            Field("city_en", Bilingual("城市（英文）", "City (English)"), required=True, language="en"),
            Field("city_code", Bilingual("城市代码", "City code"), required=True),
            Field("issued_on", Bilingual("印发日期", "Issued on"), Shape.DATE, required=True),
            Field("first_quarter", Bilingual("开始季度", "First quarter"), Shape.QUARTER, required=True),
            Field("last_quarter", Bilingual("结束季度", "Last quarter"), Shape.QUARTER, required=True),
        ),
    ),
    Kind(
        "cluster",
        Bilingual("产业集群", "Cluster"),
        Bilingual("产业集群", "Clusters"),
        r"[A-Z]{4}",
        (_ORDER,),
    ),
    Kind(
        "chain",
        Bilingual("产业链", "Chain"),
        Bilingual("产业链", "Chains"),
        r"\d{2}",
        (
            Field("cluster", Bilingual("所属集群", "Cluster"), Shape.CODE, refers="cluster"),
            Field("cluster_evidence", Bilingual("归类依据", "Why this cluster"), Shape.CHOICE, choices=EVIDENCE),
            Field("counties", Bilingual("主要分布", "Found mainly in"), Shape.CODES, refers="unit"),
            Field("level", Bilingual("目标规模", "Target level"), Shape.CODE, refers="level"),
            Field("chief_zh", Bilingual("链长（中文）", "Chain chief (Chinese)"), language="zh"),
            Field("chief_en", Bilingual("链长（英文）", "Chain chief (English)"), language="en"),
        ),
    ),
    Kind(
        "segment",
        Bilingual("链条环节", "Segment"),
        Bilingual("链条环节", "Segments"),
        r"\d{2}(-([UMDS]\d{1,2}|x|[A-Z]{4}))?",
        (
            Field("chain", Bilingual("所属产业链", "Chain"), Shape.CODE, required=True, refers="chain"),
            Field("stream", Bilingual("上下游", "Stream"), Shape.CHOICE, required=True, choices=STREAMS),
            Field("cluster", Bilingual("所属集群", "Cluster"), Shape.CODE, refers="cluster"),
            Field("gb_classes", Bilingual("行业小类", "Industry classes"), Shape.CODES, refers="gb"),
        ),
    ),
    Kind(
        "unit",
        Bilingual("填报单元", "Reporting unit"),
        Bilingual("填报单元", "Reporting units"),
        r"\d{6}(-[A-Z]{3})?",
        (
            _ORDER,
            Field("gb2260", Bilingual("国家标准代码", "National standard code"), Shape.FLAG),
            Field("ground", Bilingual("所在地域", "Lies within"), Shape.CODE, refers="unit"),
        ),
    ),
    Kind(
        "division",
        Bilingual("行业大类", "Industry division"),
        Bilingual("行业大类", "Industry divisions"),
        r"\d{2}",
        (
            Field("section", Bilingual("门类", "Section"), required=True),
            Field("industrial", Bilingual("属于工业", "Counts as industry"), Shape.FLAG),
        ),
    ),
    Kind(
        "class",
        Bilingual("行业小类", "Industry class"),
        Bilingual("行业小类", "Industry classes"),
        r"\d{4}",
    ),
    Kind(
        "size_rule",
        Bilingual("规模划型标准", "Size rule"),
        Bilingual("规模划型标准", "Size rules"),
        r"[a-z0-9-]{2,20}",
        (
            Field("applies_to", Bilingual("适用门类或大类", "Sections or divisions"), Shape.CODES, required=True),
            _count("staff_large", "大型：从业人员下限（人）", "Large: staff from"),
            _count("staff_medium", "中型：从业人员下限（人）", "Medium: staff from"),
            _count("staff_small", "小型：从业人员下限（人）", "Small: staff from"),
            _number("revenue_large", "大型：营业收入下限（万元）", "Large: revenue from (10k yuan)"),
            _number("revenue_medium", "中型：营业收入下限（万元）", "Medium: revenue from (10k yuan)"),
            _number("revenue_small", "小型：营业收入下限（万元）", "Small: revenue from (10k yuan)"),
        ),
    ),
    Kind(
        "level",
        Bilingual("规模层级", "Scale level"),
        Bilingual("规模层级", "Scale levels"),
        r"\d{2,4}",
        (Field("threshold", Bilingual("产值门槛（万元）", "Output from (10k yuan)"), Shape.NUMBER, required=True),),
    ),
    Kind(
        "target",
        Bilingual("目标", "Target"),
        Bilingual("目标", "Targets"),
        r"T\d{1,2}",
        (
            _count("year", "目标年份", "Target year"),
            Field("comparison", Bilingual("比较方式", "Comparison"), Shape.CHOICE, required=True, choices=COMPARISONS),
            _number("value", "目标值", "Target value"),
            Field("unit", Bilingual("计量单位", "Unit"), Shape.CHOICE, required=True, choices=TARGET_UNITS),
            Field("wording_zh", Bilingual("原文表述", "Wording (Chinese)"), required=True, language="zh"),
            Field("wording_en", Bilingual("英文表述", "Wording (English)"), required=True, language="en"),
        ),
    ),
    Kind("task", Bilingual("重点任务", "Focus task"), Bilingual("重点任务", "Focus tasks"), r"\d{1,2}", (_ORDER,)),
    Kind(
        "measure",
        Bilingual("政策措施", "Policy measure"),
        Bilingual("政策措施", "Policy measures"),
        r"\d{1,2}",
        (_ORDER,),
    ),
    Kind(
        "schedule",
        Bilingual("报送时间规则", "Filing schedule"),
        Bilingual("报送时间规则", "Filing schedules"),
        r"[a-z]{2,20}",
        (
            _count("due_day", "报送截止日（季后首月几日）", "Filings due on day of the month after the quarter"),
            _count("tax_day", "纳税申报期限（每月几日）", "Tax filing limit, day of the month"),
            _count("gap_days", "距纳税申报期限至少（工作日）", "At least so many working days after the tax limit"),
            _count("return_days", "退回后补正期限（工作日）", "Working days to correct a returned filing"),
            _count("review_days", "审核期限（工作日）", "Working days for a review"),
            _count("lock_months", "季后锁定（月）", "Quarter locks after so many months"),
            Field("edition", Bilingual("报表版本", "Form edition"), required=True),
        ),
    ),
    Kind(
        "source",
        Bilingual("来源文献", "Source"),
        Bilingual("来源文献", "Sources"),
        r"[A-Z][A-Z0-9-]{1,19}",
        (
            Field("published_on", Bilingual("发布日期", "Published on"), Shape.DATE),
            Field("address", Bilingual("网址", "Address")),
        ),
    ),
)
KINDS: dict[str, Kind] = {kind.code: kind for kind in _KINDS}
