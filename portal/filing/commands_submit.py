"""Submitting: exactly once, whatever is pressed twice. The server reads, computes and checks everything anew."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..accounts.queries import names
from ..audit.trail import record
from ..casework.models import Case
from ..casework.move import move
from ..casework.rules import refuse_locked
from ..certificates.issue import Owner, issue
from ..certificates.rules import ALPHABET, PaperKind
from ..database.session import transaction
from ..enterprises.queries import Profile, profile_at
from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Invalid
from ..kernel.measure import rounded
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..kernel.workflow import IN_REVIEW, Action, advance
from ..questionnaire.document import fingerprint
from .checked import Checked, check
from .draft import Held, held, refuse_unready
from .estimate import estimates_in, marked, own
from .evidence import content_of, headline_of, people_of
from .models import Filing, FilingVersion
from .queries import context, edition_for, whose
from .queries_weight import newest_weight
from .receipt import Sent, receipt_snapshot, subject_of
from .rules import (
    DECLARATION_VERSION,
    HEADLINES,
    RECEIPT_LETTERS,
    is_key,
    is_late,
    receipt_number,
)
from .tell import tell_submitted

_UNDECLARED = Bilingual("请阅读声明，确认后勾选。", "Read the declaration and tick it if you agree.")
_NO_KEY = Bilingual("页面已失效，请重新打开检查页。", "The page is out of date. Open the check page again.")
_CHANGED = Bilingual(
    "你打开检查页之后，填报内容又有改动，没有提交。请重新检查。",
    "The filing changed after you opened the check page; it was not submitted. Check it again.",
)
_TAKEN = Bilingual(
    "这次提交没有写入，请重新打开检查页再试。", "This was not submitted. Open the check page and try again."
)


@dataclass(frozen=True, slots=True)
class Order:
    """What the certifier sends: the key of the post, the draft version they checked, and their declaration."""

    key: str
    draft_version: int
    is_declared: bool


def submit(actor: Actor, quarter: Quarter, order: Order) -> str:
    """Makes the draft an immutable version; gives back its receipt number.

    The same key, and any further press while it waits for review, give back the receipt that stands. Raises Missing,
    Denied, Illegal (state, closed), Invalid (declaration, something open), Conflict (the draft changed meanwhile).
    """
    if not is_key(order.key):
        raise Invalid("no-key", _NO_KEY, {"key": _NO_KEY})
    try:
        with transaction(actor) as session:
            return _submitted(session, actor, quarter, order)
    except IntegrityError as error:
        raise Conflict("key-taken", _TAKEN) from error


def _submitted(session: Session, actor: Actor, quarter: Quarter, order: Order) -> str:
    pair = held(session, actor.enterprise_id, quarter)
    filing, case = pair.filing, pair.case
    done = _already(session, filing, case, order.key)
    if done is not None:
        return done.receipt_no
    refuse_locked(case.locked_on)
    advance(case.kind, case.state, Action.SUBMIT, actor.permissions)
    if not order.is_declared:
        raise Invalid("not-declared", _UNDECLARED, {"declaration": _UNDECLARED})
    if order.draft_version != filing.draft_version:
        raise Conflict("draft-changed", _CHANGED, {"version": both(str(filing.draft_version))})
    pair.refuse_shut()
    profile = profile_at(session, filing.enterprise_id, quarter.first_day)
    _as_of_quarter(filing, case, profile)
    filing.draft = own(filing.draft, filing.respondent_class)
    known = context(session, filing.enterprise_id, quarter, filing.respondent_class)
    checked = check(edition_for(session, filing), known, filing.draft, at_submission=True)
    refuse_unready(len(checked.open))
    version = _version(session, actor, pair, checked, order.key)
    _head(session, pair, checked, profile)
    case.is_late = version.is_late
    move(session, case, actor, Action.SUBMIT)
    _receipt(session, actor, checked, version, Bilingual(profile.name, profile.name_en))
    tell_submitted(session, case, quarter, version.receipt_no)
    detail = {"version": version.number, "receipt": version.receipt_no, "sha256": version.sha256}
    detail["declaration"] = DECLARATION_VERSION
    record(session, actor, stream=f"case:{case.id}", verb="filing.submit", detail=detail)
    return version.receipt_no


def _already(session: Session, filing: Filing, case: Case, key: str) -> FilingVersion | None:
    statement = select(FilingVersion).where(FilingVersion.filing_id == filing.id)
    if case.state not in IN_REVIEW:
        statement = statement.where(FilingVersion.idempotency_key == key)
    return session.scalars(statement.order_by(FilingVersion.number.desc()).limit(1)).one_or_none()


def _as_of_quarter(filing: Filing, case: Case, profile: Profile) -> None:
    """Class, size and segment of the quarter's first day; the reporting unit stays that of the row (rulings 16)."""
    filing.respondent_class, filing.size_class = profile.respondent_class, profile.size_class
    filing.segment = case.segment = profile.segment


def _version(session: Session, actor: Actor, pair: Held, checked: Checked, key: str) -> FilingVersion:
    filing, case = pair.filing, pair.case
    newest = session.scalar(
        select(FilingVersion.number)
        .where(FilingVersion.filing_id == filing.id)
        .order_by(FilingVersion.number.desc())
        .limit(1)
    )
    content = _content(session, actor, filing, case, checked)
    letters = "".join(secrets.choice(ALPHABET) for _ in range(RECEIPT_LETTERS))
    version = FilingVersion(
        filing_id=filing.id,
        case_id=case.id,
        enterprise_id=filing.enterprise_id,
        county=filing.county,
        chain=filing.chain,
        quarter=filing.quarter,
        number=(newest or 0) + 1,
        content=content,
        sha256=fingerprint(content),
        receipt_no=receipt_number(Quarter.from_code(filing.quarter), letters),
        submitted_at=now(),
        submitted_by_id=actor.account_id,
        is_late=is_late(pair.window, case.reply_due_on, today()),
        idempotency_key=key,
    )
    session.add(version)
    session.flush()
    return version


def _content(session: Session, actor: Actor, filing: Filing, case: Case, checked: Checked) -> dict[str, Any]:
    typed_by = [i for i in case.entered_by_ids if i != actor.account_id] or [actor.account_id or 0]
    prepared = names(session, typed_by[-1:]).get(typed_by[-1], actor.name)
    subject = whose(filing, case)
    content = content_of(subject, checked, people_of(filing.draft, prepared, actor.name, today()))
    return content | marked(filing.draft, filing.respondent_class)


def _receipt(session: Session, actor: Actor, checked: Checked, version: FilingVersion, name: Bilingual) -> None:
    """The receipt as a paper, under the number of the submission; an earlier one of the quarter is superseded."""
    quarter, content = Quarter.from_code(version.quarter), version.content
    code, by = content["enterprise"]["credit_code"], content["people"]["certified"]
    sent = Sent(quarter, name, code, by, version.submitted_at, version.sha256, frozenset(estimates_in(content)))
    issue(
        session,
        actor,
        kind=PaperKind.FILING_RECEIPT,
        owner=Owner(version.enterprise_id, version.county, version.chain),
        subject=subject_of(quarter),
        snapshot=receipt_snapshot(checked, sent),
        case_id=version.case_id,
        serial=version.receipt_no,
    )


def _head(session: Session, pair: Held, checked: Checked, profile: Profile) -> None:
    """What lists show of the filing, kept on its case."""
    filing, case = pair.filing, pair.case
    case.flags = len(checked.queries)
    case.headline, case.headline_growth = headline_of(checked)
    quarter, code = Quarter.from_code(filing.quarter), HEADLINES[filing.respondent_class]
    weight = newest_weight(session, filing.enterprise_id, code, quarter)
    case.weight = rounded(weight, 2) if weight is not None else profile.base_output
