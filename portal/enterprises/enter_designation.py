"""The deed of entering that an enterprise is chain-leading or key: a dated fact, from a document or an award."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ..kernel.roles import Actor
from .models import Designation, Enterprise


@dataclass(frozen=True, slots=True)
class DesignationFact:
    """`until_on` is the first day no longer; None while it lasts."""

    kind: str
    for_chain: str
    decided_on: date
    document_no: str
    until_on: date | None


def enter_designation(session: Session, actor: Actor, row: Enterprise, fact: DesignationFact) -> dict[str, Any]:
    """What the trail says of it. Earlier designations stand beside it, each with its own days."""
    session.add(
        Designation(
            kind=fact.kind,
            for_chain=fact.for_chain,
            decided_on=fact.decided_on,
            document_no=fact.document_no,
            until_on=fact.until_on,
            created_by_id=actor.account_id,
            enterprise_id=row.id,
            county=row.county,
            chain=row.chain,
        )
    )
    return {
        "kind": fact.kind,
        "chain": fact.for_chain,
        "on": fact.decided_on,
        "document": fact.document_no,
        "until": fact.until_on,
    }
