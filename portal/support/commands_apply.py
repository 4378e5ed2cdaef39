"""The enterprise's intentions: begin, save, submit exactly once, withdraw, answer. None loses what was typed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..casework.move import move
from ..casework.open_case import open_case
from ..casework.queries import open_remarks
from ..catalogue.queries import work_calendar
from ..database.session import transaction
from ..enterprises.queries import profile_at
from ..enterprises.queries_register import dossier
from ..filing.rules import RECEIPT_LETTERS, is_key
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Illegal, Invalid, Missing, Refusal
from ..kernel.roles import Actor
from ..kernel.workflow import IN_REVIEW, Action, Kind, State
from ..questionnaire.document import fingerprint
from ..uploads.store import address_to
from .answers import ALPHABET, DECLARATION_VERSION, filled_before, problems, receipt_number
from .draft import Kept, Page, Taken, keep, question, replied, take
from .evidence import Subject, content_of, files_of
from .hold import Held, held
from .match import Match
from .models import Application, ApplicationStep, Submission
from .policy import Policy
from .queries import match_one, may_compare, policy
from .queries_application import documents_of, newest_ordinal, newest_submission, own_applications

_CLOSED = Bilingual("这项政策现在不受理申请。", "This policy takes no applications now.")
_RUNNING = Bilingual("这项政策已有一件在办申请。", "An application under this policy is under way already.")
_NOT_ELIGIBLE = Bilingual("有条件不满足，现在不能申请。", "A condition is not met; it cannot be applied for now.")
_TWICE = Bilingual("另一位同事刚刚开始了这项申请。", "A colleague has just begun this application.")
_UNDECLARED = Bilingual("请阅读承诺，确认后勾选。", "Read the commitment and tick it if you agree.")
_NO_KEY = Bilingual("页面已失效，请重新打开申请页。", "The page is out of date. Open the application again.")
_OPEN = Bilingual("还有内容没有填好。", "Something is still missing or wrong.")
_UNSENT = Bilingual("这条回复还没有发送。", "This answer has not been sent yet.")
_NOTHING = Bilingual("请写下内容。", "Write something.")
_DECLARED = {"declaration": DECLARATION_VERSION}
_UNANSWERED = Bilingual("审核员的问题还没有回答。", "A question of the officer has no answer yet.")


@dataclass(frozen=True, slots=True)
class Order:
    """What the certifier says with it: the key of the post, and their commitment."""

    key: str
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
    _refuse_beginning(session, standing.policy, enterprise_id)
    profile = profile_at(session, enterprise_id, today())
    whose: dict[str, Any] = {"enterprise_id": enterprise_id, "county": profile.county, "chain": profile.chain}
    known = dossier(session, enterprise_id).reached | {"account_name": profile.name}
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
        answers=filled_before(standing.policy, known),
        created_by_id=actor.account_id,
        **whose,
    )
    session.add(found)
    session.flush()
    session.add(ApplicationStep(application_id=found.id, number=1, case_id=case.id, **whose))
    session.flush()
    record(session, actor, stream=f"case:{case.id}", verb="support.begin", detail={"policy": policy_code})
    return found.id


def _refuse_beginning(session: Session, wanted: Policy, enterprise_id: int) -> None:
    if not wanted.takes_applications(today()):
        raise Illegal("closed", _CLOSED)
    for listed in own_applications(session, enterprise_id):
        if listed.policy_code == wanted.code and listed.is_open:
            raise Illegal("running", _RUNNING)
    # Without the purpose nothing is compared before the application itself declares it (decision 025).
    if may_compare(session, enterprise_id) and not match_one(session, enterprise_id, wanted, today()).may_apply:
        raise Illegal("not-eligible", _NOT_ELIGIBLE)


def save(actor: Actor, application_id: int, page: Page) -> None:
    """Keeps what was typed and chosen, complete or not.

    Raises Illegal, Missing, Conflict, Full; and Invalid for what could not be kept, when all the rest has been.
    """
    taken = take(page)
    with transaction(actor) as session:
        pair = held(session, application_id)
        kept = keep(session, actor, pair, page, taken)
        record(session, actor, stream=f"case:{pair.case.id}", verb="support.save", detail=kept.detail)
    unsent = {f"reply-{number}": _UNSENT for number in page.written_replies}
    _refuse(kept.wrong | unsent)


def _refuse(wrong: Mapping[str, Bilingual]) -> None:
    if wrong:
        raise Invalid("open", _OPEN, wrong)


def submit(actor: Actor, application_id: int, page: Page, order: Order) -> str:
    """Makes the draft with what the page brings an immutable submission; gives back its receipt number.

    The same key, and any further press while it waits for review, give back the receipt that stands. Raises Missing,
    Denied, Illegal, Conflict; and Invalid (commitment, something missing), when answers and files have been kept.
    """
    if not is_key(order.key):
        raise Invalid("no-key", _NO_KEY)
    taken = take(page)
    try:
        with transaction(actor) as session:
            receipt, refusal = _submitted(session, actor, held(session, application_id), (page, taken), order)
    except IntegrityError as error:
        raise Conflict("key-taken", _NO_KEY) from error
    if refusal is not None:
        raise refusal
    return receipt


def _submitted(
    session: Session, actor: Actor, pair: Held, brought: tuple[Page, Taken], order: Order
) -> tuple[str, Refusal | None]:
    """The receipt; or the draft kept, and why it is not submitted."""
    page, found = brought[0], newest_submission(session, pair.application.id)
    if found is not None and (found.idempotency_key == order.key or _says_no_more(pair, page)):
        return found.receipt_no, None
    kept, stream = keep(session, actor, pair, *brought), f"case:{pair.case.id}"
    documents = frozenset(documents_of(session, pair.application.id))
    wrong = _problems(pair, documents) | kept.wrong
    refusal: Refusal | None = _too_late(session, pair) or _why_not(session, pair, page, order, wrong)
    standing, told = None, list[int]()
    if refusal is None:  # declared: from here on the figures may be held against this application
        standing = match_one(session, pair.application.enterprise_id, pair.standing.policy, today(), documents)
        refusal = _not_met(standing)
    if refusal is None:
        told, wrong = replied(session, actor, pair, page)
        refusal = Invalid("open", _OPEN, wrong) if wrong else None
    if refusal is not None or standing is None:
        record(session, actor, stream=stream, verb="support.save", detail=kept.detail | {"remarks": told})
        return "", refusal
    made = _made(session, actor, pair, standing, order.key, (found.number if found else 0) + 1)
    move(session, pair.case, actor, Action.SUBMIT, due_on=made.accept_by if pair.step == 1 else made.decide_by)
    detail = {"number": made.number, "receipt": made.receipt_no, "sha256": made.sha256, "remarks": told}
    record(session, actor, stream=stream, verb="support.submit", detail=kept.detail | detail | _DECLARED)
    return made.receipt_no, None


def _says_no_more(pair: Held, page: Page) -> bool:
    """Whether a press on what waits for review brings nothing that the submission does not hold."""
    is_same = not page.unlike(pair.application.answers)
    return pair.case.state in IN_REVIEW and is_same and not page.files and not page.written_replies


def _problems(pair: Held, documents: frozenset[str]) -> dict[str, Bilingual]:
    return problems(pair.standing.policy, pair.application.answers, documents)


def _why_not(session: Session, pair: Held, page: Page, order: Order, wrong: Mapping[str, Bilingual]) -> Invalid | None:
    """What the applicant can mend, each at its field."""
    found = dict(wrong)
    if not order.is_declared:
        found["declaration"] = _UNDECLARED
    for remark in open_remarks(session, pair.case.id):
        if remark.id not in page.written_replies:
            found[f"reply-{remark.id}"] = _UNANSWERED
    return Invalid("open", _OPEN, found) if found else None


def _too_late(session: Session, pair: Held) -> Illegal | None:
    """An application goes in while the policy takes them, as it read when it was begun or as it reads today; one that
    an office returned may come back later. Withdrawn since, it takes none."""
    if pair.case.state is State.RETURNED:
        return None
    read, reads = pair.standing.policy, policy(session, pair.application.policy_code).policy
    is_open = read.takes_applications(today()) or reads.takes_applications(today())
    return None if is_open and not reads.is_withdrawn else Illegal("closed", _CLOSED)


def _not_met(standing: Match) -> Illegal | None:
    return None if standing.may_apply else Illegal("not-eligible", _NOT_ELIGIBLE)


def _made(session: Session, actor: Actor, pair: Held, found: Match, key: str, number: int) -> Submission:
    subject = Subject(pair.case.enterprise_name, pair.case.credit_code, actor.name)
    answers, documents = pair.application.answers, files_of(documents_of(session, pair.application.id))
    content = content_of((pair.standing.policy.code, pair.standing.number), subject, answers, documents, found, today())
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
    sent = [row["upload"] for row in documents]
    address_to(session, application.enterprise_id, application.county, application.chain, sent)
    session.flush()
    return made


def withdraw(actor: Actor, application_id: int) -> None:
    """Takes it back until an officer takes it up."""
    with transaction(actor) as session:
        pair = held(session, application_id)
        move(session, pair.case, actor, Action.WITHDRAW)
        record(session, actor, stream=f"case:{pair.case.id}", verb="support.withdraw")


def answer(actor: Actor, application_id: int, page: Page, remark_id: int) -> None:
    """Sends what was written to the officer's questions, and keeps the draft around it where there is one.

    Raises Illegal, Missing, Conflict; and Invalid for what could not be sent or kept, when all the rest has been.
    """
    taken = take(page)
    with transaction(actor) as session:
        pair = held(session, application_id)
        question(session, pair, remark_id)
        has_draft = page.typed is not None or bool(page.files)
        kept = keep(session, actor, pair, page, taken) if has_draft else Kept({}, {})
        told, wrong = replied(session, actor, pair, page)
        if remark_id not in page.written_replies:
            wrong[f"reply-{remark_id}"] = _NOTHING
        if told or has_draft:
            detail = kept.detail | {"remarks": told}
            record(session, actor, stream=f"case:{pair.case.id}", verb="case.reply", detail=detail)
    _refuse(kept.wrong | wrong)
