"""The enterprise's intentions: begin, save, attach, submit exactly once, withdraw, answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..casework.move import move
from ..casework.open_case import open_case
from ..casework.queries import open_remarks
from ..casework.queries import remark as remark_of
from ..casework.remark import reply as put_reply
from ..casework.rules import written
from ..catalogue.queries import work_calendar
from ..database.session import transaction
from ..enterprises.queries import profile_at
from ..filing.rules import RECEIPT_LETTERS, is_key
from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Illegal, Invalid, Missing
from ..kernel.roles import Actor
from ..kernel.workflow import IN_REVIEW, Action, Kind
from ..questionnaire.document import fingerprint
from ..uploads.store import keep, receive
from .answers import ALPHABET, DECLARATION_VERSION, LONGEST, SHORT, blanks, problems, receipt_number
from .hold import Held, held
from .match import Line, Match
from .models import Application, ApplicationDocument, ApplicationStep, Submission
from .queries import match_one, policy
from .queries_application import documents_of, newest_ordinal, newest_submission, own_applications

_CLOSED = Bilingual("这项政策现在不受理申请。", "This policy takes no applications now.")
_RUNNING = Bilingual("这项政策已有一件在办申请。", "An application under this policy is under way already.")
_NOT_ELIGIBLE = Bilingual("有条件不满足，现在不能申请。", "A condition is not met; it cannot be applied for now.")
_TWICE = Bilingual("另一位同事刚刚开始了这项申请。", "A colleague has just begun this application.")
_UNDECLARED = Bilingual("请阅读承诺，确认后勾选。", "Read the commitment and tick it if you agree.")
_NO_KEY = Bilingual("页面已失效，请重新打开申请页。", "The page is out of date. Open the application again.")
_CHANGED = Bilingual("申请内容又有改动，请重新检查。", "The application changed meanwhile. Check it again.")
_OPEN = Bilingual("还有内容没有填好。", "Something is still missing or wrong.")
_UNANSWERED = Bilingual("审核员的问题还没有回答。", "A question of the officer has no answer yet.")


@dataclass(frozen=True, slots=True)
class Order:
    """What the certifier sends: the key of the post, the draft version they checked, and their commitment."""

    key: str
    draft_version: int
    is_declared: bool


def begin(actor: Actor, policy_code: str) -> int:
    """Opens an application; its id. Raises Missing, Illegal (closed, running, not eligible), Conflict."""
    try:
        with transaction(actor) as session:
            return _begun(session, actor, policy_code)
    except IntegrityError as error:
        raise Conflict("begun", _TWICE) from error


def _begun(session: Session, actor: Actor, policy_code: str) -> int:
    standing, enterprise_id = policy(session, policy_code), actor.enterprise_id
    if enterprise_id is None:
        raise Missing()
    if not standing.policy.takes_applications(today()):
        raise Illegal("closed", _CLOSED)
    for listed in own_applications(session, enterprise_id):
        if listed.policy_code == policy_code and listed.is_open:
            raise Illegal("running", _RUNNING)
    if not match_one(session, enterprise_id, standing.policy, today()).may_apply:
        raise Illegal("not-eligible", _NOT_ELIGIBLE)
    profile = profile_at(session, enterprise_id, today())
    whose: dict[str, Any] = {"enterprise_id": enterprise_id, "county": profile.county, "chain": profile.chain}
    case = open_case(
        session,
        actor,
        Kind.APPLICATION,
        enterprise_name=profile.name,
        credit_code=profile.credit_code,
        segment=profile.segment,
        **whose,
    )
    found = Application(
        policy_code=policy_code,
        ordinal=newest_ordinal(session, enterprise_id, policy_code) + 1,
        policy_version_id=standing.version_id,
        answers={},
        created_by_id=actor.account_id,
        **whose,
    )
    session.add(found)
    session.flush()
    session.add(ApplicationStep(application_id=found.id, number=1, case_id=case.id, **whose))
    session.flush()
    record(session, actor, stream=f"case:{case.id}", verb="support.begin", detail={"policy": policy_code})
    return found.id


def save(actor: Actor, application_id: int, typed: Mapping[str, str], draft_version: int) -> None:
    """Keeps what was typed, complete or not. Raises Invalid (what cannot be kept), Conflict (a newer draft)."""
    with transaction(actor) as session:
        pair = held(session, application_id)
        pair.refuse_shut()
        answers = _cleaned(pair, typed)
        if draft_version != pair.application.draft_version:
            raise Conflict("draft-changed", _CHANGED)
        changed = sorted(name for name, text in answers.items() if pair.application.answers.get(name, "") != text)
        if changed:
            pair.application.answers = answers
            pair.application.draft_version += 1
        pair.application.saved_at = now()
        move(session, pair.case, actor, Action.SAVE)
        record(session, actor, stream=f"case:{pair.case.id}", verb="support.save", detail={"changed": changed})


def _cleaned(pair: Held, typed: Mapping[str, str]) -> dict[str, str]:
    return {
        blank.name: written(typed.get(blank.name), blank.name, LONGEST.get(blank.name, SHORT))
        for blank in blanks(pair.standing.policy)
    }


def attach(actor: Actor, application_id: int, kind: str, stream: IO[bytes], filename: str | None, folder: Path) -> None:
    """Adds a file; of a kind the newest counts. Raises Invalid (field = the kind), Missing for no such kind."""
    received = receive(stream, folder=folder, filename=filename, purpose=kind)
    with transaction(actor) as session:
        pair = held(session, application_id)
        pair.refuse_shut()
        if kind not in {document.kind for document in pair.standing.policy.documents}:
            raise Missing()
        found = pair.application
        whose: dict[str, Any] = {
            "enterprise_id": found.enterprise_id, "county": found.county, "chain": found.chain,
        }  # fmt: skip
        upload = keep(session, received, actor=actor, **whose)
        session.add(
            ApplicationDocument(
                application_id=found.id, kind=kind, upload_id=upload.id, created_by_id=actor.account_id, **whose
            )
        )
        move(session, pair.case, actor, Action.SAVE)
        detail = {"kind": kind, "upload": upload.id, "sha256": received.sha256}
        record(session, actor, stream=f"case:{pair.case.id}", verb="support.attach", detail=detail)


def submit(actor: Actor, application_id: int, order: Order) -> str:
    """Makes the draft an immutable submission; gives back its receipt number.

    The same key, and any further press while it waits for review, give back the receipt that stands. Raises Missing,
    Denied, Illegal, Invalid (commitment, something missing), Conflict (the draft changed meanwhile).
    """
    if not is_key(order.key):
        raise Invalid("no-key", _NO_KEY, {"key": _NO_KEY})
    try:
        with transaction(actor) as session:
            return _submitted(session, actor, held(session, application_id), order)
    except IntegrityError as error:
        raise Conflict("key-taken", _NO_KEY) from error


def _submitted(session: Session, actor: Actor, pair: Held, order: Order) -> str:
    found, standing = newest_submission(session, pair.application.id), pair.standing.policy
    if found is not None and (found.idempotency_key == order.key or pair.case.state in IN_REVIEW):
        return found.receipt_no
    pair.refuse_shut()
    if not order.is_declared:
        raise Invalid("not-declared", _UNDECLARED, {"declaration": _UNDECLARED})
    if order.draft_version != pair.application.draft_version:
        raise Conflict("draft-changed", _CHANGED, {"version": both(str(pair.application.draft_version))})
    if open_remarks(session, pair.case.id):
        raise Invalid("unanswered", _UNANSWERED, {"questions": _UNANSWERED})
    documents = frozenset(documents_of(session, pair.application.id))
    wrong = problems(standing, pair.application.answers, documents)
    if wrong:
        raise Invalid("open", _OPEN, wrong)
    held_against = match_one(session, pair.application.enterprise_id, standing, today(), documents)
    if not held_against.may_apply:
        raise Illegal("not-eligible", _NOT_ELIGIBLE)
    made = _made(session, actor, pair, held_against, order.key, (found.number if found else 0) + 1)
    due = made.accept_by if pair.step == 1 else made.decide_by
    move(session, pair.case, actor, Action.SUBMIT, due_on=due)
    detail = {"number": made.number, "receipt": made.receipt_no, "sha256": made.sha256}
    detail["declaration"] = DECLARATION_VERSION
    record(session, actor, stream=f"case:{pair.case.id}", verb="support.submit", detail=detail)
    return made.receipt_no


def _made(session: Session, actor: Actor, pair: Held, found: Match, key: str, number: int) -> Submission:
    content = _content(session, actor, pair, found, today())
    calendar, standing, application = work_calendar(session), pair.standing.policy, pair.application
    letters = "".join(secrets.choice(ALPHABET) for _ in range(RECEIPT_LETTERS))
    days = standing.accept_days if pair.step == 1 else 0
    made = Submission(
        application_id=application.id,
        enterprise_id=application.enterprise_id,
        county=application.county,
        chain=application.chain,
        number=number,
        content=content,
        sha256=fingerprint(content),
        receipt_no=receipt_number(today().year, letters),
        accept_by=calendar.working_days_after(today(), days),
        decide_by=calendar.working_days_after(today(), days + standing.handle_days),
        submitted_at=now(),
        submitted_by_id=actor.account_id,
        idempotency_key=key,
    )
    session.add(made)
    session.flush()
    return made


def _content(session: Session, actor: Actor, pair: Held, found: Match, day: date) -> dict[str, Any]:
    uploads = documents_of(session, pair.application.id)
    return {
        "policy": pair.standing.policy.code,
        "policy_version": pair.standing.number,
        "answers": dict(pair.application.answers),
        "documents": [
            {"kind": kind, "upload": row.id, "filename": row.filename, "sha256": row.sha256}
            for kind, row in sorted(uploads.items())
        ],
        "conditions": [_kept(line) for line in found.conditions],
        "vetoes": [_kept(line) for line in found.vetoes],
        "on": day.isoformat(),
        "enterprise": {"name": pair.case.enterprise_name, "credit_code": pair.case.credit_code},
        "certified": actor.name,
        "declaration": DECLARATION_VERSION,
    }


def _kept(line: Line) -> dict[str, str]:
    return {
        "text_zh": line.text.zh,
        "text_en": line.text.en,
        "status": line.status.value,
        "detail_zh": line.detail.zh,
        "detail_en": line.detail.en,
    }


def withdraw(actor: Actor, application_id: int) -> None:
    """Takes it back until an officer takes it up."""
    with transaction(actor) as session:
        pair = held(session, application_id)
        move(session, pair.case, actor, Action.WITHDRAW)
        record(session, actor, stream=f"case:{pair.case.id}", verb="support.withdraw")


def answer(actor: Actor, application_id: int, remark_id: int, text: str) -> None:
    """Answers an officer's question. Raises Invalid (field `reply`)."""
    with transaction(actor) as session:
        pair = held(session, application_id)
        asked = remark_of(session, remark_id)
        if asked.case_id != pair.case.id:
            raise Missing()
        put_reply(session, asked, actor, text)
        record(session, actor, stream=f"case:{pair.case.id}", verb="case.reply", detail={"remark": remark_id})
