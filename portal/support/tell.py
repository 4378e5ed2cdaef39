"""The deed that tells an enterprise what the city granted: decision and letter in one message."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..certificates.queries import standing_serial
from ..certificates.rules import PaperKind
from ..enterprises.queries import accounts_of, enterprise
from ..kernel.bilingual import Bilingual
from ..notices.post import post
from .letter import letter_subject
from .models import Award
from .queries import policy_version
from .rules import money

_TITLE = Bilingual("政策支持决定：{title}", "Decision on support: {title}")
_GRANTED = Bilingual("核定金额：{sum}。决定编号：{number}。", "Granted: {sum}. Decision {number}.")
_NAMED = Bilingual("已认定。决定编号：{number}。", "Designated. Decision {number}.")
_LETTER = Bilingual(
    "《{kind}》{serial}已在“凭证与回执”中，可以随时打印。",
    "“{kind}” {serial} is under “Papers”; print it whenever you like.",
)
_REASON = Bilingual("审核意见：{reason}", "From the officer: {reason}")


def tell_award(session: Session, case_id: int, reason: str = "") -> None:
    """Tells the enterprise's people of the award that the case decided, each in their language."""
    award = session.scalars(select(Award).where(Award.case_id == case_id)).one()
    policy = policy_version(session, award.policy_version_id).policy
    serial = standing_serial(session, award.enterprise_id, PaperKind.AWARD_LETTER, letter_subject(award.id))
    decided = (_NAMED if policy.is_designation else _GRANTED).fill(sum=money(award.amount), number=award.decision_no)
    name_en = enterprise(session, award.enterprise_id).name_en
    parts = [Bilingual(award.holder, name_en or award.holder), decided]
    if serial is not None:
        parts.append(_LETTER.fill(kind=PaperKind.AWARD_LETTER.title, serial=serial))
    if reason:
        parts.append(_REASON.fill(reason=reason))
    for reader in accounts_of(session, award.enterprise_id):
        post(
            session,
            account_id=reader.id,
            kind="award",
            title=_TITLE.fill(title=policy.title),
            body=Bilingual("\n".join(part.zh for part in parts), "\n".join(part.en for part in parts)),
            link=f"/support/applications/{award.application_id}",
            mail_to=reader.email,
            language="en" if reader.language == "en" else "zh",
        )
