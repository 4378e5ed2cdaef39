"""The enterprise's intentions while it fills in: start, save, hand over, send back, withdraw, answer a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..casework import remark as remarks
from ..casework.models import Case
from ..casework.move import move
from ..casework.open_case import open_case
from ..casework.queries import remark as remark_of
from ..casework.rules import refuse_locked, written
from ..catalogue.models import FilingWindow
from ..certificates.issue import revoke_standing
from ..certificates.rules import PaperKind
from ..database.session import transaction
from ..enterprises.models import Enterprise
from ..enterprises.queries import Profile, profile_at
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Illegal, Invalid, Missing
from ..kernel.measure import Scale
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..kernel.workflow import Action, Kind, State, advance
from ..questionnaire.context import Context
from ..questionnaire.document import fingerprint
from ..questionnaire.edition import Edition
from ..questionnaire.store import edition as edition_of
from ..questionnaire.store import newest
from . import estimate
from .checked import carried, check, filled, retyped
from .draft import held, is_done_already, kept, refuse_shut, refuse_unready, too_long
from .lock import held_window
from .models import Filing
from .queries import context, edition_for
from .queries_lock import locked_since
from .receipt import WITHDRAWN, subject_of
from .rules import DRAFT_LIMIT, Clash, merged, shut
from .take import Taken, keep, take
from .tell import tell_certifiers, tell_preparers

_NOT_REGISTERED = Bilingual(
    "企业入链登记通过后才能填报。", "Filing begins once the enterprise’s registration is approved."
)
_TOO_MUCH = Bilingual("填写的文字总量太多，请精简说明。", "The texts together are too long. Shorten the explanations.")
_TYPING = Bilingual(
    "现在还不能改成另一种填写方式：有的指标不知道本季度以前的累计数。请先填写“以前季度”一栏，或清空这些指标。",
    "The way of typing cannot change yet: for some rows the figure before this quarter is not known. Fill in “before "
    "this quarter” first, or clear those rows.",
)


def start_filing(actor: Actor, quarter: Quarter) -> None:
    """Begins the enterprise's filing of an open quarter; one that was begun already stays as it is.

    A void filing is begun again with a new case. Raises Missing (no such window), Illegal (closed, not registered).
    """
    with transaction(actor) as session:
        owner = session.scalars(select(Enterprise).where(Enterprise.id == _own(actor)).with_for_update()).one_or_none()
        if owner is None or owner.status != "registered":
            raise Illegal("not-registered", _NOT_REGISTERED)
        window = held_window(session, quarter)
        refuse_locked(locked_since(session, quarter, owner.county))
        closed = shut(window, None, now(), today())
        if closed is not None:
            raise Illegal("closed", closed)
        found = session.execute(
            select(Filing, Case)
            .join(Case, Case.id == Filing.case_id)
            .where(Filing.enterprise_id == owner.id, Filing.quarter == quarter.code)
        ).one_or_none()
        filing, old = found if found is not None else (None, None)
        if old is not None and old.state is not State.VOID:
            return
        profile = profile_at(session, owner.id, quarter.first_day)
        filing = _begin(session, actor, quarter, profile, filing)
        record(session, actor, stream=f"case:{filing.case_id}", verb="filing.start", subject=str(quarter))


def _begin(session: Session, actor: Actor, quarter: Quarter, profile: Profile, filing: Filing | None) -> Filing:
    case = open_case(
        session,
        actor,
        Kind.FILING,
        enterprise_id=profile.enterprise_id,
        county=profile.county,
        chain=profile.chain,
        enterprise_name=profile.name,
        credit_code=profile.credit_code,
        quarter=quarter.code,
        segment=profile.segment,
    )
    if filing is None:
        filing = Filing(quarter=quarter.code, created_by_id=actor.account_id)
        _fill(session, actor, filing, profile)
        session.add(filing)
    filing.case_id, filing.county = case.id, case.county  # begun anew, it may be another county's now
    session.flush()
    return filing


def _fill(session: Session, actor: Actor, filing: Filing, profile: Profile) -> None:
    """A new filing as it begins: the window's edition, the profile of the quarter, what is carried over."""
    quarter = Quarter.from_code(filing.quarter)
    filing.enterprise_id, filing.county, filing.chain = profile.enterprise_id, profile.county, profile.chain
    edition = newest(session, _edition_code(session, quarter))
    filing.edition, filing.rule_set = edition.code, edition.rule_set
    filing.respondent_class, filing.size_class = profile.respondent_class, profile.size_class
    filing.segment = profile.segment
    last = select(Filing.typing).where(Filing.enterprise_id == profile.enterprise_id).order_by(Filing.quarter.desc())
    filing.typing = session.scalars(last.limit(1)).one_or_none() or "quarter"
    known = context(session, profile.enterprise_id, quarter, profile.respondent_class)
    filing.draft = {"typing": filing.typing, "preparer_name": actor.name, **carried(edition, known)}
    filing.draft_version = 1


def _edition_code(session: Session, quarter: Quarter) -> str:
    row = session.get(FilingWindow, quarter.code)
    if row is None:
        raise Missing()
    return row.edition


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after a save: its version and time, the texts as they are kept now, and what somebody must choose on."""

    version: int
    at: datetime | None
    texts: dict[str, str]
    changed: tuple[str, ...]
    clashes: tuple[Clash, ...]
    too_long: Mapping[str, Bilingual]


@dataclass(frozen=True, slots=True)
class Page:
    """What came back from a page: its texts, what it showed when it was made, and the unit money was typed in."""

    typed: Mapping[str, str]
    shown: Mapping[str, str]
    version: int
    scale: Scale = Scale.TEN_THOUSAND


def save_draft(actor: Actor, quarter: Quarter, page: Page) -> Saved:
    """Keeps whatever was typed, readable or not, merged field by field with what others saved meanwhile.

    Raises Missing, Denied, Illegal (state, closed), Invalid (all texts together too long, a switch of typing that
    cannot be followed). Clashes and single texts beyond measure are given back: everything else of the page is kept.
    """
    long = too_long(page.typed)
    typed = {name: text for name, text in page.typed.items() if name not in long}
    with transaction(actor) as session:
        mine = take(session, actor.enterprise_id, quarter)
        refuse_locked(mine.locked_on)
        advance(mine.kind, mine.state, Action.SAVE, actor.permissions)
        refuse_shut(mine.window, mine.reply_due_on)
        edition = edition_of(session, mine.edition, mine.rule_set)
        stored = {str(name): str(text) for name, text in mine.draft.items()}
        before = estimate.own(stored, mine.counted.respondent_class)
        # A page of the newest version showed exactly what is kept; an older one says itself what it showed.
        shown = before if page.version == mine.draft_version else page.shown
        merge = merged(before, shown, kept(edition, mine, typed, shown, page.scale))
        draft = _followed(session, edition, mine, before, merge.draft)
        version, at = mine.draft_version, mine.saved_at
        if draft != stored:
            if sum(len(text) for text in draft.values()) > DRAFT_LIMIT:
                raise Invalid("too-much", _TOO_MUCH)
            version, at = _write(session, actor, mine, stored, draft)
        return Saved(version, at, draft, merge.changed, merge.clashes, long)


def _followed(
    session: Session, edition: Edition, mine: Taken, before: Mapping[str, str], draft: dict[str, str]
) -> dict[str, str]:
    """The draft with what follows from its switches. Reads the past only when one of them was turned."""
    typing, was = draft.get("typing", "quarter"), before.get("typing", "quarter")
    staff = draft.get("f501") != before.get("f501") and not draft.get("f502")
    stops = bool(draft.get("stopped")) and not before.get("stopped")
    guesses = estimate.is_touched(before, draft)
    if typing == was and not staff and not stops and not guesses:
        return draft
    known = context(session, mine.enterprise_id, mine.quarter, mine.counted.respondent_class)
    if typing != was:
        draft = _switched(edition, known, before, draft, typing)
    draft = filled(edition, known, before, draft)
    return estimate.followed(edition, known, before, draft, mine.rate) if guesses else draft


def _switched(
    edition: Edition, known: Context, before: Mapping[str, str], draft: dict[str, str], typing: str
) -> dict[str, str]:
    """What stood on the page is counted the other way; what was typed anew is meant the new way already."""
    anew = {name: text for name, text in draft.items() if text != before.get(name)}
    standing = {name: text for name, text in draft.items() if name not in anew or not name.startswith("f")}
    other = retyped(edition, known, {**standing, "typing": before.get("typing", "quarter")}, typing)
    if other is None:
        raise Invalid("typing", _TYPING, {"typing": _TYPING})
    return {**other, **anew, "typing": typing}


def _write(
    session: Session, actor: Actor, mine: Taken, before: Mapping[str, str], draft: dict[str, str]
) -> tuple[int, datetime]:
    if not mine.was_entered_by(actor.account_id):
        move(session, mine.case_in(session), actor, Action.SAVE)
    version, at = keep(session, mine, draft)
    changed = sorted(name for name in {*before, *draft} if before.get(name) != draft.get(name))
    # Values of drafts stay out of the trail (rulings 19): which fields, and a fingerprint of the whole.
    detail = {"fields": changed, "version": version, "sha256": fingerprint(draft)}
    record(session, actor, stream=f"case:{mine.case_id}", verb="filing.save", detail=detail)
    return version, at


def hand_over(actor: Actor, quarter: Quarter) -> None:
    """The preparer hands the complete draft to the certifier. Raises Invalid (`not-ready`) while something is open."""
    with transaction(actor) as session:
        mine = held(session, actor.enterprise_id, quarter)
        filing, case = mine.filing, mine.case
        if is_done_already(session, actor, case, State.TO_CERTIFY, "filing.hand_over"):
            return
        refuse_locked(case.locked_on)
        advance(case.kind, case.state, Action.HAND_OVER, actor.permissions)
        mine.refuse_shut()
        edition = edition_for(session, filing)
        known = context(session, filing.enterprise_id, quarter, mine.counted.respondent_class)
        draft = estimate.own(filing.draft, mine.counted.respondent_class)
        refuse_unready(len(check(edition, known, draft, at_submission=True).open))
        move(session, case, actor, Action.HAND_OVER)
        tell_certifiers(session, case, quarter, actor)
        record(
            session, actor, stream=f"case:{case.id}", verb="filing.hand_over", detail={"version": filing.draft_version}
        )


def send_back(actor: Actor, quarter: Quarter, reason: str) -> None:
    """The certifier gives the draft back to the preparer, with a reason that stays beside it."""
    said = written(reason, "reason")
    with transaction(actor) as session:
        case = held(session, actor.enterprise_id, quarter).case
        move(session, case, actor, Action.SEND_BACK, reason=said)
        remarks.ask(session, case, actor, None, said, at_field="reason")
        tell_preparers(session, case, quarter, said)
        record(session, actor, stream=f"case:{case.id}", verb="filing.send_back", detail={"reason": said})


def withdraw(actor: Actor, quarter: Quarter) -> None:
    """Takes the filing back, until an officer has claimed it (Illegal after that)."""
    with transaction(actor) as session:
        case = held(session, actor.enterprise_id, quarter).case
        if is_done_already(session, actor, case, State.WITHDRAWN, "filing.withdraw"):
            return
        move(session, case, actor, Action.WITHDRAW)
        revoke_standing(
            session,
            actor,
            enterprise_id=case.enterprise_id,
            kind=PaperKind.FILING_RECEIPT,
            subject=subject_of(quarter),
            reason=WITHDRAWN,
        )
        record(session, actor, stream=f"case:{case.id}", verb="filing.withdraw")


def reply(actor: Actor, quarter: Quarter, remark_id: int, text: str) -> str | None:
    """Answers an officer's question; the row it stood at. Raises Missing, Invalid, Illegal (settled already)."""
    with transaction(actor) as session:
        case = held(session, actor.enterprise_id, quarter).case
        asked = remark_of(session, remark_id)
        if asked.case_id != case.id:
            raise Missing()
        refuse_locked(case.locked_on)
        remarks.reply(session, asked, actor, text, at_field=f"reply-{remark_id}")
        record(session, actor, stream=f"case:{case.id}", verb="filing.reply", detail={"remark": remark_id})
        return asked.field


def _own(actor: Actor) -> int:
    if actor.enterprise_id is None:
        raise Missing()
    return actor.enterprise_id
