"""What a field of the filing's pages is called where it stands alone: on a page that shows what was typed. Pure."""

from __future__ import annotations

import re

from ..kernel.bilingual import Bilingual
from ..kernel.measure import Scale
from ..questionnaire.checks import APPROACHES
from ..questionnaire.edition import Edition

_ROW = re.compile(r"(f|b|y|n|why-[A-Za-z0-9]+-|whycode-[A-Za-z0-9]+-)(\d{3})", re.ASCII)
_ABOUT = {
    "f": Bilingual("{row}", "{row}"),
    "b": Bilingual("{row}，本季度以前累计", "{row}, year to date before this quarter"),
    "y": Bilingual("{row}，去年同期", "{row}, same quarter last year"),
    "n": Bilingual("{row}，不适用的原因", "{row}, why it does not apply"),
    "why": Bilingual("{row}，变动原因", "{row}, reason for the change"),
    "whycode": Bilingual("{row}，原因类别", "{row}, kind of reason"),
}
_CODE = Bilingual("指标{code}", "Row {code}")
_OTHERS = {
    "typing": Bilingual("填写方式", "How flows are typed"),
    "scale": Bilingual("金额单位", "Unit of money"),
    "stopped": Bilingual("本季度停产", "Production stopped"),
    "stop_reason": Bilingual("停产原因", "Why production stopped"),
    "stop_from": Bilingual("停产开始日期", "Stopped from"),
    "stop_to": Bilingual("停产结束日期", "Stopped until"),
    "correcting": Bilingual("更正以前季度", "Corrects an earlier quarter"),
    "correction": Bilingual("更正的季度和原因", "Which quarter is corrected, and why"),
    "approach": Bilingual("增加值计算方法", "Approach to value added"),
    "w_input": Bilingual("中间投入", "Intermediate input"),
    "w_vat": Bilingual("应交增值税", "VAT payable"),
    "w_depreciation": Bilingual("固定资产折旧", "Depreciation"),
    "w_pay": Bilingual("劳动者报酬", "Labour pay"),
    "w_tax": Bilingual("生产税净额", "Net production tax"),
    "w_surplus": Bilingual("营业盈余", "Operating surplus"),
    "head_name": Bilingual("单位负责人", "Head of the enterprise"),
    "chief_name": Bilingual("统计负责人", "In charge of statistics"),
    "preparer_name": Bilingual("填表人", "Prepared by"),
    "reason": Bilingual("退回理由", "What has to change"),
    "reply": Bilingual("答复", "Your answer"),
    "declaration": Bilingual("声明", "Declaration"),
}
_TICKED = {"1": Bilingual("是", "Yes")}
_CHOSEN = {
    "typing": {"quarter": Bilingual("本季度填写", "For the quarter"), "ytd": Bilingual("年初累计", "Year to date")},
    "scale": {scale.name: scale.title for scale in Scale},
    "approach": APPROACHES,
    "stopped": _TICKED,
    "correcting": _TICKED,
    "estimate": _TICKED,
    "declaration": _TICKED,
}


def name_of(field: str, edition: Edition | None = None) -> Bilingual | None:
    """The field's name, with the row's title where the edition is known; None for what only machines read."""
    match = _ROW.fullmatch(field)
    if match is None:
        return _OTHERS.get(field)
    question = edition.by_code.get(match[2]) if edition is not None else None
    title = question.title if question is not None else Bilingual("", "")
    row = Bilingual(f"{match[2]} {title.zh}".strip(), f"{match[2]} {title.en}".strip())
    row = row if question is not None else _CODE.fill(code=match[2])
    return _ABOUT[match[1].partition("-")[0]].fill(row=row)


def choice_of(field: str, text: str) -> Bilingual | None:
    """What was chosen there, in words; None for what was typed."""
    return _CHOSEN.get(field, {}).get(text)
