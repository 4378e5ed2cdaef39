"""What an applicant does: open a registration, save, submit, withdraw, answer. One transaction each.

Members stand in `commands_members`, what offices enter about an enterprise in `commands_register`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..accounts.enter import locked as account_locked
from ..accounts.limits import TooMany
from ..audit.trail import record
from ..casework import remark as talk
from ..casework.models import Case
from ..casework.move import move
from ..casework.open_case import open_case
from ..casework.queries import locked
from ..casework.queries import remark as remark_of
from ..catalogue.queries import catalogue_today
from ..database.session import reading, transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Invalid, Missing
from ..kernel.roles import Actor, Scope
from ..kernel.workflow import Action, Kind, State
from ..uploads.queries import newest
from ..uploads.store import Received, keep, receive
from .application import Application, Checked, Claim
from .credit_code import compact
from .hand_in import Home, hand_in, home_of
from .models import POSTS, Enterprise, Membership, Registration
from .queries_registration import (
    LICENCE,
    enrolment,
    newest_registration,
    registered_with_code,
    version_by_key,
)
from .redeem import redeem
from .registration import Typed, blank

_WRONG = Bilingual("有内容需要改正后才能提交。", "Some of this has to be corrected before it can be submitted.")
_NO_PROOF = Bilingual(
    "请上传营业执照，或者填写县级审核员发给你的登记码。",
    "Upload the business licence, or enter the enrolment code that the county officer gave you.",
)
_DECLARE = Bilingual("请勾选声明后再提交。", "Tick the declaration to submit.")
_STALE = Bilingual(
    "这份登记在另一个窗口改过，刚才的内容没有保存。",
    "This registration was changed in another window; what you typed is not saved.",
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What came with a save to show that the person may act: a file, a code, or neither."""

    folder: Path
    filename: str = ""
    stream: IO[bytes] | None = None
    code: str = ""


def start(actor: Actor) -> None:
    """Opens an empty registration, unless one is under way. A rejected one is left behind."""
    with transaction(Scope.everything("a new enterprise has no id yet to be confined to")) as session:
        account_locked(session, actor.account_id)
        if _under_way(session, actor):
            return
        row = Enterprise(
            status="prospective", credit_code="", name_zh="", county="", chain="00", created_by_id=actor.account_id
        )
        session.add(row)
        session.flush()
        whose: dict[str, Any] = {"enterprise_id": row.id, "county": "", "chain": "00"}
        for post in POSTS:
            session.add(Membership(account_id=actor.account_id, enterprise_id=row.id, post=post))
        case = open_case(session, actor, Kind.REGISTRATION, **whose, enterprise_name="", credit_code="")
        session.add(Registration(case_id=case.id, document=blank(), created_by_id=actor.account_id, **whose))
        record(session, actor, stream=f"case:{case.id}", verb="registration.started")


def _under_way(session: Session, actor: Actor) -> bool:
    """Whether the person applies already; what was rejected before ends here."""
    mine = (Membership.account_id == actor.account_id) & (Membership.state != "ended")
    states = session.scalars(
        select(Case.state)
        .join(Registration, Registration.case_id == Case.id)
        .where(Registration.enterprise_id.in_(select(Membership.enterprise_id).where(mine)))
    ).all()
    if any(state is not State.REJECTED for state in states):
        return True
    session.execute(update(Membership).where(mine).values(state="ended", ended_at=now()))
    return False


def save(actor: Actor, typed: Typed, draft_version: int, proof: Proof) -> dict[str, Bilingual]:
    """Keeps whatever was typed; returns what is wrong with the proof, by field: a file or a code is judged at once.

    Raises Conflict when the draft moved on in another window, Illegal while it is being reviewed.
    """
    received, problems = _received(proof)
    with transaction(actor) as session:
        registration, case = _own(session, actor)
        is_changed = registration.document != typed
        if registration.draft_version != draft_version and is_changed:
            raise Conflict("stale-draft", _STALE)
        move(session, case, actor, Action.SAVE)
        changed = sorted(name for name in typed if registration.document.get(name) != typed[name])
        if is_changed:
            registration.document, registration.draft_version = typed, registration.draft_version + 1
        registration.saved_at = now()
        if received is not None:
            # Before no county until it is handed in: a registration that was returned is the enterprise's draft again.
            keep(session, received, enterprise_id=case.enterprise_id, county="", chain="", actor=actor)
        if proof.code:
            problems |= _redeemed(session, actor, registration, compact(typed["credit_code"]), proof.code)
        detail = {"changed": changed, "file": received.sha256 if received else None, "refused": sorted(problems)}
        record(session, actor, stream=f"case:{case.id}", verb="case.save", detail=detail)
    return problems


def _received(proof: Proof) -> tuple[Received | None, dict[str, Bilingual]]:
    if proof.stream is None or not proof.filename:
        return None, {}
    try:
        return receive(proof.stream, folder=proof.folder, filename=proof.filename, purpose=LICENCE), {}
    except Invalid as refusal:
        return None, dict(refusal.fields)


def _redeemed(
    session: Session, actor: Actor, registration: Registration, credit_code: str, typed: str
) -> dict[str, Bilingual]:
    """Failed tries are counted in this transaction, so they are told as a problem and never raised."""
    try:
        registration.enrolment_id = redeem(session, actor, registration.enterprise_id, credit_code, typed).id
    except (Invalid, TooMany) as refusal:
        return {"enrolment_code": refusal.message}
    return {}


def submit(actor: Actor, draft_version: int, key: str, declares: bool) -> None:
    """Hands the registration to the county: as an account request where the code is registered already.

    Raises Invalid by field, Conflict when the draft moved on since the check page was made.
    """
    with reading(Scope.everything("a credit code is unique in the whole city")) as session:
        document = _document(session, actor)
        registered = registered_with_code(session, compact(document["credit_code"]))
        home = Home(registered.county, registered.chain) if registered is not None else None
    with transaction(actor) as session:
        registration, case = _own(session, actor)
        key = f"{registration.id}:{key}"
        if version_by_key(session, key) is not None:
            return
        if registration.draft_version != draft_version or registration.document != document:
            raise Conflict("stale-draft", _STALE)
        stated, problems = checked(session, registration, document, is_claim=home is not None)
        problems |= {} if declares else {"declares": _DECLARE}
        if problems or stated is None:
            raise Invalid("registration", _WRONG, problems)
        case.kind = Kind.REGISTRATION if home is None else Kind.ACCESS
        version = hand_in(session, actor, case, registration, stated, home or home_of(stated), key)
        move(session, case, actor, Action.SUBMIT)
        detail = {"version": version.number, "sha256": version.sha256, "kind": case.kind.value}
        record(session, actor, stream=f"case:{case.id}", verb="case.submit", detail=detail)


def checked(
    session: Session, registration: Registration, document: Typed, *, is_claim: bool
) -> tuple[Application | Claim | None, dict[str, Bilingual]]:
    """What a draft states, and what is wrong with it by field, the proof among them."""
    reader = Checked(document, catalogue_today(session), today())
    stated = reader.claim() if is_claim else reader.application()
    is_proved = _is_proved(session, registration, document)
    return stated, reader.problems | ({} if is_proved else {LICENCE: _NO_PROOF})


def is_registered(credit_code: str) -> bool:
    """Whether an enterprise of the city is registered under this code; the only thing an applicant learns of it."""
    with reading(Scope.everything("a credit code is unique in the whole city")) as session:
        return registered_with_code(session, compact(credit_code)) is not None


def withdraw(actor: Actor) -> None:
    """Takes it back while nobody reviews it."""
    with transaction(actor) as session:
        _registration, case = _own(session, actor)
        move(session, case, actor, Action.WITHDRAW)
        record(session, actor, stream=f"case:{case.id}", verb="case.withdraw")


def answer(actor: Actor, remark_id: int, text: str) -> None:
    """Answers an officer's question. Raises Missing for another case's, Invalid (field `reply`)."""
    with transaction(actor) as session:
        _registration, case = _own(session, actor)
        asked = remark_of(session, remark_id)
        if asked.case_id != case.id:
            raise Missing()
        talk.reply(session, asked, actor, text)
        record(session, actor, stream=f"case:{case.id}", verb="case.reply", detail={"remark": remark_id})


# --- parts -------------------------------------------------------------------------------------------------------


def _document(session: Session, actor: Actor) -> Typed:
    found = newest_registration(session, actor.enterprise_id or 0)
    if found is None:
        raise Missing()
    return blank() | found.document


def _own(session: Session, actor: Actor) -> tuple[Registration, Case]:
    """The person's newest registration with its case, locked. Raises Missing."""
    found = newest_registration(session, actor.enterprise_id or 0)
    if found is None:
        raise Missing()
    case = locked(session, found.case_id)
    session.refresh(found)
    return found, case


def _is_proved(session: Session, registration: Registration, document: Typed) -> bool:
    proof = enrolment(session, registration.enrolment_id)
    if proof is not None and proof.credit_code == compact(document["credit_code"]):
        return True
    return newest(session, registration.enterprise_id, LICENCE) is not None
