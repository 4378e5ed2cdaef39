"""The fields of a policy as the bureau edits them: one table for the form, the reading of it and the diff. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from ..kernel.bilingual import Bilingual
from ..kernel.word import Word
from .policy import AMOUNT_KINDS, DESIGNATES, LEVELS, VETOES, Way


class Shape(Word):
    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    LINES = "lines"
    ROWS = "rows"
    MONEY = "money"
    VALUE = "value"
    COUNT = "count"
    DAY = "day"
    FLAG = "flag"


LONGEST = {Shape.LINE: 200, Shape.TEXT: 1_000, Shape.CHOICE: 20, Shape.DAY: 20, Shape.LINES: 40, Shape.ROWS: 40}
"""Letters of a text; of lists the lines. A line of a list takes as many letters as a condition."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `path` is where the definition keeps it; `columns` are the keys of each line of a list of rows."""

    name: str
    title: Bilingual
    shape: Shape
    path: tuple[str, ...] = ()
    choices: Mapping[str, Bilingual] = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        return self.shape in (Shape.CHOICE, Shape.MONEY, Shape.VALUE, Shape.COUNT, Shape.DAY)

    @property
    def place(self) -> tuple[str, ...]:
        return self.path or (self.name,)


_B, _S = Bilingual, Shape
GROUPS: tuple[tuple[Bilingual, tuple[Field, ...]], ...] = (
    (
        _B("政策", "The policy"),
        (
            Field("task", _B("重点任务", "Focus task"), _S.CHOICE),
            Field("way", _B("办理方式", "How it is given"), _S.CHOICE, choices={w.value: w.title for w in Way}),
            Field("level", _B("层级", "Level"), _S.CHOICE, choices=LEVELS),
            Field("title_zh", _B("中文名称", "Chinese name"), _S.LINE),
            Field("title_en", _B("英文名称", "English name"), _S.LINE),
            Field("summary_zh", _B("中文摘要", "Chinese summary"), _S.TEXT),
            Field("summary_en", _B("英文摘要", "English summary"), _S.TEXT),
        ),
    ),
    (
        _B("条件和材料", "Conditions and documents"),
        (
            Field("conditions", _B("条件（须全部满足）", "Conditions (all of them)"), _S.LINES),
            Field("vetoes", _B("否决项", "Not eligible if any of these applies"), _S.CHOICES, choices=VETOES),
            Field(
                "documents", _B("材料清单", "Documents"), _S.ROWS, columns=("kind", "title_zh", "title_en")
            ),
            Field("exclusive_with", _B("不能同时享受的政策", "Not together with"), _S.LINES),
        ),
    ),
    (
        _B("金额", "Amount"),
        (
            Field("amount_kind", _B("金额规则", "Amount rule"), _S.CHOICE, ("amount", "kind"), AMOUNT_KINDS),
            Field("amount_value", _B("金额（元）或比例（%）", "Amount (yuan) or rate (%)"), _S.VALUE, ("amount", "value")),
            Field("amount_cap", _B("单项上限（元）", "Cap per award (yuan)"), _S.MONEY, ("amount", "cap")),
            Field("annual_cap", _B("企业年度上限（元）", "Cap per enterprise and year (yuan)"), _S.MONEY),
            Field("amount_basis_zh", _B("计算基数（中文）", "Calculated from (Chinese)"), _S.LINE, ("amount", "basis_zh")),
            Field("amount_basis_en", _B("计算基数（英文）", "Calculated from (English)"), _S.LINE, ("amount", "basis_en")),
            Field("amount_unit_zh", _B("计量单位（中文）", "Unit (Chinese)"), _S.LINE, ("amount", "basis_unit_zh")),
            Field("amount_unit_en", _B("计量单位（英文）", "Unit (English)"), _S.LINE, ("amount", "basis_unit_en")),
            Field("amount_most", _B("最多计多少个单位", "Most units that count"), _S.COUNT, ("amount", "most_units")),
            Field("amount_row", _B("增加额的指标代码", "Row whose increase counts"), _S.LINE, ("amount", "row")),
            Field("amount_edition", _B("名单年份", "Year of the list"), _S.COUNT, ("amount", "edition")),
            Field(
                "amount_steps", _B("档次", "Steps"), _S.ROWS, ("amount", "steps"),
                columns=("key", "value", "title_zh", "title_en"),
            ),
            Field(
                "amount_or", _B("或者按名单给予，就高（元）", "Or a sum by list, the higher one (yuan)"), _S.ROWS,
                ("amount", "or_list"), columns=("key", "value", "title_zh", "title_en"),
            ),
            Field(
                "amount_parts", _B("分期兑现", "Instalments"), _S.ROWS, ("amount", "instalments"),
                columns=("value", "title_zh", "title_en"),
            ),
            Field("amount_designates", _B("认定为", "Designated as"), _S.CHOICE, ("amount", "designates"), DESIGNATES),
            Field("amount_years", _B("认定有效期（年）", "Years a designation lasts"), _S.COUNT, ("amount", "years")),
            Field("share_province", _B("省级承担（%）", "Paid by the province (%)"), _S.COUNT, ("shares", "province")),
            Field("share_city", _B("市级承担（%）", "Paid by the city (%)"), _S.COUNT, ("shares", "city")),
            Field("share_county", _B("县级承担（%）", "Paid by the county (%)"), _S.COUNT, ("shares", "county")),
        ),
    ),
    (
        _B("期限和办理", "Dates and steps"),
        (
            Field("accept_from", _B("受理开始", "Applications from"), _S.DAY),
            Field("accept_until", _B("受理截止", "Applications until"), _S.DAY),
            Field("valid_from", _B("有效期开始", "In force from"), _S.DAY),
            Field("valid_until", _B("有效期截止", "In force until"), _S.DAY),
            Field("accept_days", _B("第一步：县级审核承诺工作日", "Step 1: working days for the county’s check"), _S.COUNT),
            Field("handle_days", _B("第二步：市级决定承诺工作日", "Step 2: working days for the city’s decision"), _S.COUNT),
            Field("contact_zh", _B("联系方式（中文）", "Contact (Chinese)"), _S.LINE),
            Field("contact_en", _B("联系方式（英文）", "Contact (English)"), _S.LINE),
            Field("source_zh", _B("依据文件（中文）", "Source (Chinese)"), _S.LINE),
            Field("source_en", _B("依据文件（英文）", "Source (English)"), _S.LINE),
        ),
    ),
    (
        _B("公平竞争审查", "Fair-competition review"),
        (
            Field("review_conclusion_zh", _B("审查结论（中文）", "Conclusion (Chinese)"), _S.TEXT, ("review", "conclusion_zh")),
            Field("review_conclusion_en", _B("审查结论（英文）", "Conclusion (English)"), _S.TEXT, ("review", "conclusion_en")),
            Field("review_on", _B("审查日期", "Date of the review"), _S.DAY, ("review", "on")),
            Field("review_document", _B("审查文号", "Number of the review document"), _S.LINE, ("review", "document")),
            Field(
                "withdrawn",
                _B("撤下这项政策：不再列出，不再受理", "Withdraw this policy: no longer listed, no applications"),
                _S.FLAG,
            ),
        ),
    ),
)  # fmt: skip
RUNS = tuple(
    (title, tuple((is_short, tuple(run)) for is_short, run in groupby(fields, key=lambda one: one.is_short)))
    for title, fields in GROUPS
)
"""The groups with their fields in runs: short ones stand side by side."""
GRAMMAR: tuple[tuple[str, Bilingual], ...] = (
    ("f(101, ttm) >= 50000 万元", _B("指标在一段期间的数", "A row of the form over a base")),
    ("ratio(401, 105, ttm) >= 3 %", _B("两个合计数之比", "The ratio of two sums")),
    ("g(402, y-1) >= 10 %", _B("比上一期间的增长", "Growth on the base before")),
    (
        "f(403, last) >= f(403, last@y-1) + 1 人",
        _B("最近一个时点数，与上年末相比", "The newest point, beside last year’s end"),
    ),
    ("chain in plan", _B("在方案列出的产业链上", "On one of the plan’s chains")),
    ('chain = "08"', _B("在某一条产业链上", "On one chain")),
    ("size in (S, X)", _B("企业规模：L大、M中、S小、X微", "Size class: L, M, S, X (micro)")),
    ("role = key", _B("链主企业chain-leading、骨干企业key、均不是none", "chain-leading, key or none")),
    (
        "above_scale(today) and not above_scale(y-1)",
        _B("现为规模以上，上年末不是", "Above scale today, not a year ago"),
    ),
    ("not above_scale(earlier)", _B("往年从未为规模以上", "Not above scale in any earlier year")),
    ("months_operating() >= 24 个月", _B("成立以来的整月数", "Whole months since it was founded")),
    ("grade(y-1) in (A, B)", _B("上年度亩均效益评价类别", "Evaluation class of last year")),
    ("digital(2024) >= 2 级", _B("数字化水平", "Digital level")),
    ('holds("high-tech")', _B("在某份名单上", "On a dated list")),
    ('holds("high-tech", first=true)', _B("本年度首次列入", "On it for the first time, this year")),
    ('not listed("credit-breach", 2)', _B("近几年没有列入", "Not on it within so many years")),
    ('listed("srdi-provincial", 0)', _B("本年列入", "Put on it this year")),
    ('doc("audit")', _B("已提交的材料，代码见材料清单", "A document of the list below, by its code")),
    ('officer("有带动作用", "Leads its chain")', _B("由审核员判断", "Judged by an officer")),
)
"""What a condition can say, by example."""
FIELDS: dict[str, Field] = {one.name: one for _, fields in GROUPS for one in fields}
# What the linter says of a place in the definition stands at this field of the form.
_PLACES = {" ".join(one.place): one.name for one in FIELDS.values()} | {
    **{name: f"{name}_zh" for name in ("title", "summary", "contact", "source")},
    "amount": "amount_kind",
    "review": "review_document",
    "shares": "share_city",
    "tag": "task",
}


def field_at(place: str) -> str:
    """The form's field for a place that the linter names: `conditions 3` is `conditions`."""
    return _PLACES.get(place) or _PLACES.get(place.split(" ")[0], place)
