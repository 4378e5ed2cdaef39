"""The fixed words of papers, in both languages. What they say legally is settled here and nowhere else. Pure.

A change of a word is a change of the paper: raise `snapshot.LAYOUT` with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..kernel.bilingual import Bilingual, whole_day_in_words
from .rules import PaperKind

ISSUER = Bilingual("丽水市经济和信息化局", "Lishui Bureau of Economy and Information Technology")
SEAL = Bilingual("未加盖电子印章", "No electronic seal")
CODE = Bilingual("核验码", "Code")
CREDIT_CODE = Bilingual("统一社会信用代码", "Unified Social Credit Code")
HOLDER = Bilingual("企业", "Enterprise")
FINGERPRINT = Bilingual("数据指纹（SHA-256）", "Data fingerprint (SHA-256)")
INDICATORS = Bilingual("主要指标", "Main indicators")
UNIT = Bilingual("单位", "Unit")
PAGE = Bilingual("第1页，共1页", "Page 1 of 1")
SAMPLE = Bilingual("演示文件，不具有效力", "Demonstration, not valid")
WATERMARK = Bilingual("演示", "DEMO")

# Rulings of the bureau: a record of registration is nothing more than that.
ONLY_REGISTERED = Bilingual(
    "仅表明该企业已在本平台登记，不构成行政许可、资质认定、信用评价或对数据真实性的证明。",
    "It states only that the enterprise is registered on this portal; it is no licence, qualification, credit rating "
    "or proof of the data.",
)
_REGISTERED = Bilingual(
    "该企业已于{day}在丽水市产业链服务平台完成入链登记。本凭证{only}",
    "The enterprise named above was registered on the Lishui Industry Chain Portal on {day}. {only}",
)
RECEIVED = Bilingual(
    "本回执证明数据已收到，不代表审核通过。数据为业务填报，非统计调查。",
    "This receipt shows that the figures were received, not that they were approved. They are business reporting, "
    "not a statistical survey.",
)
_SCAN = Bilingual("扫码核验真伪和当前状态", "Scan to verify this paper and its present state")
_SCAN_RECEIPT = Bilingual("扫码核对数据是否被改动", "Scan to check that the figures are unchanged")


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of paper says by itself: what its number is called, what the QR is for, what it does not mean."""

    number: Bilingual
    scan: Bilingual
    caveat: Bilingual | None = None


WORDS = {
    PaperKind.FILING_RECEIPT: Words(Bilingual("回执编号", "Receipt no."), _SCAN_RECEIPT, RECEIVED),
    PaperKind.REGISTRATION_RECORD: Words(Bilingual("凭证编号", "Record no."), _SCAN, ONLY_REGISTERED),
    PaperKind.AWARD_LETTER: Words(Bilingual("文书编号", "Letter no."), _SCAN),
}


def registered(day: date) -> Bilingual:
    """The body of a record of registration."""
    said = whole_day_in_words(day)
    return _REGISTERED.fill(day=Bilingual(said.zh, said.en.replace(" ", "\u00a0")), only=ONLY_REGISTERED)
