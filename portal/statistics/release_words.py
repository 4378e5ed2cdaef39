"""What each published figure means, in words and in the unit its digits are kept in. Pure."""

from __future__ import annotations

from decimal import Decimal

from ..kernel.bilingual import Bilingual

COVERAGE = Bilingual(
    "规模以上工业企业（年主营业务收入2,000万元以上），按主产业链归类；企业填报、审核通过的数据，现价。非统计部门数据",
    "Above-scale industrial enterprises (annual core revenue of 20 m yuan or more), each in its primary chain; "
    "their own approved filings at current prices. Not data of the statistics bureau",
)
LICENCE = Bilingual("可自由使用，请注明来源和期间", "Free to use; name the source and the period")

_MONEY = Bilingual("万元", "10k yuan")
_PER_MU = Bilingual("万元/亩", "10k yuan/mu")
# code: unit, factor of the kept value to that unit, meaning
FIGURES: dict[str, tuple[Bilingual, Decimal, Bilingual]] = {
    "output": (_MONEY, Decimal(1), Bilingual("当季工业总产值之和", "Sum of gross output in the quarter")),
    "value_added": (
        _MONEY,
        Decimal(1),
        Bilingual(
            "当季工业增加值之和，均为企业自己填报的数，没有推算数",
            "Sum of value added in the quarter, each figure the enterprise’s own, none estimated",
        ),
    ),
    "revenue": (_MONEY, Decimal(1), Bilingual("当季营业收入之和", "Sum of operating revenue in the quarter")),
    "profit": (
        _MONEY,
        Decimal(1),
        Bilingual("当季利润总额之和，亏损为负", "Sum of total profit in the quarter, losses negative"),
    ),
    "tax": (_MONEY, Decimal(1), Bilingual("当季实际入库税收之和", "Sum of tax paid in the quarter")),
    "tax_per_mu": (
        _PER_MU,
        Decimal(1),
        Bilingual(
            "当季税收之和（含没有用地的企业）除以季末实际用地面积之和，未折年",
            "Tax of the quarter, of those without land too, over land in use at its end, not annualised",
        ),
    ),
    "added_per_mu": (
        _PER_MU,
        Decimal(1),
        Bilingual(
            "当季工业增加值之和（含没有用地的企业）除以季末实际用地面积之和，未折年",
            "Value added of the quarter, of those without land too, over land in use at its end, not annualised",
        ),
    ),
    "rd_share": (
        Bilingual("%", "%"),
        Decimal(100),
        Bilingual("当季研发费用之和除以营业收入之和", "R&D spending of the quarter over operating revenue"),
    ),
    "energy": (
        Bilingual("吨标准煤/万元", "tce per 10k yuan"),
        Decimal(1),
        Bilingual("当季综合能源消费量之和除以工业总产值之和", "Energy use of the quarter over gross output"),
    ),
    "staff": (
        Bilingual("人", "persons"),
        Decimal(1),
        Bilingual("季末从业人员之和", "Sum of staff at the end of the quarter"),
    ),
    "per_head": (
        Bilingual("万元/人", "10k yuan a head"),
        Decimal(1),
        Bilingual("当季工业总产值之和除以平均用工人数之和", "Gross output of the quarter over average staff"),
    ),
}
