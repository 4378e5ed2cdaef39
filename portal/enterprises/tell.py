"""The deed that tells everybody who acts for an enterprise what an office changed about it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual, Language
from ..notices.post import post
from .queries import accounts_of


def tell_people(
    session: Session,
    enterprise_id: int,
    kind: str,
    title: Bilingual,
    body: Bilingual,
    link: str,
    reference: str = "",
    but: int | None = None,
) -> None:
    """A notice for each, and a mail where an address is known, in the receiver's language. `but` is left out."""
    for person in accounts_of(session, enterprise_id):
        if person.id == but:
            continue
        language: Language = "en" if person.language == "en" else "zh"
        post(
            session,
            account_id=person.id,
            kind=kind,
            title=title,
            body=body,
            link=link,
            mail_to=person.email,
            language=language,
            reference=reference,
        )
