"""What an applicant fills in, and what is still wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..certificates.rules import ALPHABET, check_letter
from ..kernel.bilingual import Bilingual
from ..kernel.measure import NotANumber, read_decimal, written
from .policy import AMOUNT_KINDS, Policy
from .rules import money

LONGEST = {"statement": 2000}
SHORT = 100
LARGEST = Decimal(10) ** 12
_ACCOUNT = re.compile(r"[0-9 -]{6,40}", re.ASCII)
_PHONE = re.compile(r"[0-9+() -]{6,30}", re.ASCII)
DECLARATION_VERSION = "2026-1"
# A truth commitment towards the bureau (rulings 2); it cites no article of any law.
DECLARATION = Bilingual(
    "本企业承诺：以上内容和所附材料真实、准确、完整，没有就同一事项重复申请；如有虚假，退回已获资金，并承担责任。"
    "本企业同意将已审核的填报数据用于本次申请的核验。",
    "We declare that the above and the documents are true, accurate and complete, and that we have not applied twice "
    "for the same thing; should any of it be false, we return what was granted and answer for it. We agree that "
    "approved figures of our filings are used to check this application.",
)


@dataclass(frozen=True, slots=True)
class Blank:
    """One field of the application. `unit` stands after the control; `is_optional`: it may stay empty."""

    name: str
    title: Bilingual
    hint: Bilingual | None = None
    unit: Bilingual | None = None
    is_long: bool = False
    is_optional: bool = False


_STATEMENT = Blank(
    "statement",
    Bilingual("申请事项说明", "What you apply for"),
    Bilingual("写明项目或事项、时间和完成情况。", "Say what was done, when, and how far it has come."),
    is_long=True,
)
_CONTACT = (
    Blank("contact_name", Bilingual("联系人", "Contact")),
    Blank("contact_phone", Bilingual("联系电话", "Telephone")),
)
_ACCOUNT_FIELDS = (
    Blank(
        "account_name",
        Bilingual("收款户名", "Account holder"),
        Bilingual("须与企业名称一致。", "It has to be the enterprise."),
    ),
    Blank("bank", Bilingual("开户银行", "Bank")),
    Blank("account_no", Bilingual("银行账号", "Account number")),
)
NAMES = {blank.name: blank.title for blank in (_STATEMENT, *_CONTACT, *_ACCOUNT_FIELDS)} | {
    "claim": Bilingual("申请计算的数", "The figure you apply with"),
    "declaration": Bilingual("真实性承诺", "Commitment"),
}
"""What the fields are called where the policy is not at hand."""
_REPLY = Bilingual("答复", "Your answer")
_BY_LIST = Bilingual(
    "不填写时，只按名单计算金额；不在名单上的，金额为0。",
    "Left empty, only the sum by list counts; for who is on no list it comes to nothing.",
)
_MISSING = Bilingual("“{title}”没有填写。", "“{title}” is empty.")
_LONG = Bilingual("“{title}”最多{most}个字。", "“{title}” takes {most} characters at most.")
_NUMBER = Bilingual("“{title}”须是大于0的数。", "“{title}” has to be a number above 0.")
_PLACES = Bilingual("“{title}”最多两位小数。", "“{title}” has two decimal places at most.")
_WRONG = Bilingual("“{title}”写法不对。", "“{title}” does not look right.")
_NO_FILE = Bilingual("缺少材料：{title}", "Document missing: {title}")


def blanks(policy: Policy) -> tuple[Blank, ...]:
    """The fields of an application under the policy, in order."""
    rule = policy.amount
    claim: tuple[Blank, ...] = ()
    if rule.asks_basis and rule.basis:
        is_optional = bool(rule.or_list)
        claim = (
            Blank("claim", rule.basis, _BY_LIST if is_optional else None, rule.basis_unit, is_optional=is_optional),
        )
    return (_STATEMENT, *claim, *_CONTACT, *(() if policy.is_designation else _ACCOUNT_FIELDS))


def filled_before(policy: Policy, known: Mapping[str, str]) -> dict[str, str]:
    """What nobody has to type: the fields that the portal knows, to be changed where they are not so."""
    return {blank.name: known[blank.name] for blank in blanks(policy) if known.get(blank.name)}


def name_of(name: str) -> Bilingual | None:
    """What a field of the application's page is called where it stands alone; answers carry their question's number."""
    return _REPLY if name.startswith("reply-") else NAMES.get(name)


def problems(policy: Policy, answers: Mapping[str, str], documents: Collection[str]) -> dict[str, Bilingual]:
    """What is wrong or missing, by field name; documents by `doc-<kind>`."""
    found: dict[str, Bilingual] = {}
    for blank in blanks(policy):
        fault = _fault(blank, answers.get(blank.name, ""))
        if fault is not None:
            found[blank.name] = fault.fill(title=blank.title, most=LONGEST.get(blank.name, SHORT))
    for document in policy.documents:
        if document.kind not in documents:
            found[f"doc-{document.kind}"] = _NO_FILE.fill(title=document.title)
    return found


def _fault(blank: Blank, text: str) -> Bilingual | None:
    if not text:
        return None if blank.is_optional else _MISSING
    if len(text) > LONGEST.get(blank.name, SHORT):
        return _LONG
    if blank.name == "claim":
        value = claim_of(text)
        if value is None or not 0 < value < LARGEST:
            return _NUMBER
        return _PLACES if value != round(value, 2) else None
    forms = {"account_no": _ACCOUNT, "contact_phone": _PHONE}
    if blank.name in forms and not forms[blank.name].fullmatch(text):
        return _WRONG
    return None


def claim_of(text: str) -> Decimal | None:
    """The stated figure; None for what is no number."""
    try:
        return read_decimal(text)
    except NotANumber:
        return None


def said(blank: Blank, text: str) -> str:
    """An answer as its reviewers read it: a number that has a unit is grouped, with the places it was given."""
    number = claim_of(text) if blank.unit is not None else None
    return text if number is None else written(number, max(-int(number.as_tuple().exponent), 0))


def applied_for(policy: Policy, claim: str) -> Bilingual:
    """What an application comes with, as short as a list takes it: the stated figure in its unit, the fixed sum, or by
    which rule the amount comes about."""
    rule = policy.amount
    if rule.asks_basis and rule.basis_unit and claim:
        figure = said(Blank("claim", rule.basis_unit, unit=rule.basis_unit), claim)
        return Bilingual(f"{figure}{rule.basis_unit.zh}", f"{figure} {rule.basis_unit.en}")
    return money(rule.value) if rule.kind == "fixed" else AMOUNT_KINDS[rule.kind]


def receipt_number(year: int, letters: str) -> str:
    """`LS-SQ2026-7K4M-2QXR-B`: eight letters of the alphabet, the last one checks all before it."""
    body = f"LS-SQ{year}-{letters[:4]}-{letters[4:]}"
    return f"{body}-{check_letter(body)}"


__all__ = [
    "ALPHABET",
    "DECLARATION",
    "DECLARATION_VERSION",
    "Blank",
    "blanks",
    "claim_of",
    "problems",
    "receipt_number",
    "said",
]
