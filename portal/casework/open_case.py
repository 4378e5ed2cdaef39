"""The deed that opens a case, as a draft, beside the content that the calling room keeps."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..kernel.roles import Actor
from ..kernel.workflow import Kind, State
from .models import Case


def open_case(
    session: Session,
    actor: Actor,
    kind: Kind,
    *,
    enterprise_id: int,
    county: str,
    chain: str,
    enterprise_name: str,
    credit_code: str,
    quarter: int | None = None,
    segment: str = "",
) -> Case:
    """A new draft of `kind`; `quarter` (its code) for filings only. Flushed: it has its id."""
    case = Case(
        kind=kind,
        state=State.DRAFT,
        version=1,
        enterprise_id=enterprise_id,
        county=county,
        chain=chain,
        enterprise_name=enterprise_name,
        credit_code=credit_code,
        quarter=quarter,
        segment=segment,
        flags=0,
        is_late=False,
        entered_by_ids=[] if actor.account_id is None else [actor.account_id],
        created_by_id=actor.account_id,
    )
    session.add(case)
    session.flush()
    return case
