"""The deed that tells colleagues of one enterprise about their filing, in the caller's transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..casework.models import Case
from ..enterprises.queries import Colleague, colleagues
from ..kernel.bilingual import Bilingual, Language
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..notices.post import post

_HANDED = Bilingual("{quarter}填报待你确认", "Filing for {quarter}: to be certified by you")
_HANDED_BODY = Bilingual(
    "{name}已填完，请检查后提交，或退回修改。", "{name} has completed it. Check and submit it, or send it back."
)
_BACK = Bilingual("{quarter}填报退回修改", "Filing for {quarter}: sent back to you")
_BACK_BODY = Bilingual("负责人的意见：{reason}", "From the certifier: {reason}")
_SENT = Bilingual("{quarter}填报已提交", "Filing for {quarter}: submitted")
_SENT_BODY = Bilingual("回执编号：{receipt}", "Receipt number: {receipt}")


def tell_certifiers(session: Session, case: Case, quarter: Quarter, actor: Actor) -> None:
    _tell(session, case, quarter, "certifier", "filing-handed-over", _HANDED, _HANDED_BODY.fill(name=actor.name))


def tell_preparers(session: Session, case: Case, quarter: Quarter, reason: str) -> None:
    _tell(session, case, quarter, "preparer", "filing-sent-back", _BACK, _BACK_BODY.fill(reason=reason))


def tell_submitted(session: Session, case: Case, quarter: Quarter, receipt: str) -> None:
    _tell(session, case, quarter, None, "filing-submitted", _SENT, _SENT_BODY.fill(receipt=receipt), "/receipt")


def _tell(
    session: Session,
    case: Case,
    quarter: Quarter,
    post_: str | None,
    kind: str,
    title: Bilingual,
    body: Bilingual,
    page: str = "",
) -> None:
    people: dict[int, Colleague] = {}
    for colleague in colleagues(session, case.enterprise_id):
        if colleague.state == "active" and post_ in (None, colleague.post):
            people.setdefault(colleague.account_id, colleague)
    for person in people.values():
        language: Language = "en" if person.language == "en" else "zh"
        post(
            session,
            account_id=person.account_id,
            kind=kind,
            title=title.fill(quarter=quarter.title),
            body=body,
            link=f"/filings/{quarter}{page or '/check'}",
            mail_to=person.email,
            language=language,
        )
