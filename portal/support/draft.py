"""The deed that keeps what was typed and chosen on an application's page, complete or not, whatever was pressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from ..casework.models import Remark
from ..casework.move import move
from ..casework.queries import remark as remark_of
from ..casework.remark import reply as put_reply
from ..casework.rules import written
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Conflict, Invalid, Missing
from ..kernel.roles import Actor
from ..kernel.workflow import Action
from ..uploads.store import Received, receive
from ..uploads.store import keep as keep_upload
from .answers import LONGEST, SHORT, blanks
from .hold import Held
from .models import ApplicationDocument

CHANGED = Bilingual("申请内容又有改动，请重新检查。", "The application changed meanwhile. Check it again.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A file that was chosen for a document."""

    stream: IO[bytes]
    filename: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the page of an application sends. `typed` is None where it showed no fields; `files` are by kind of
    document, `replies` by question."""

    typed: Mapping[str, str] | None = None
    draft_version: int = 0
    files: Mapping[str, Chosen] = field(default_factory=dict)
    folder: Path = Path()
    replies: Mapping[int, str] = field(default_factory=dict)

    @property
    def written_replies(self) -> dict[int, str]:
        return {number: text for number, text in self.replies.items() if text.strip()}

    def unlike(self, stored: Mapping[str, Any]) -> dict[str, str]:
        """The typed answers that differ from those that are stored; line ends and space around do not count."""
        plain = {name: text.replace("\r\n", "\n").strip() for name, text in (self.typed or {}).items()}
        return {name: (self.typed or {})[name] for name, text in plain.items() if text != stored.get(name, "")}


@dataclass(frozen=True, slots=True)
class Taken:
    """The chosen files that lie on disk now, and what is wrong with the others, at their fields."""

    files: Mapping[str, Received]
    wrong: Mapping[str, Bilingual]


@dataclass(frozen=True, slots=True)
class Kept:
    """What could not be kept and why, at its field; and what the trail says of the rest."""

    wrong: dict[str, Bilingual]
    detail: dict[str, Any]


def take(page: Page) -> Taken:
    """Puts the chosen files on disk, before a transaction opens: disks are slow. Raises Full."""
    files: dict[str, Received] = {}
    wrong: dict[str, Bilingual] = {}
    for kind, chosen in page.files.items():
        try:
            files[kind] = receive(chosen.stream, folder=page.folder, filename=chosen.filename, purpose=kind)
        except Invalid as refusal:
            wrong[f"doc-{kind}"] = refusal.message
    return Taken(files, wrong)


def keep(session: Session, actor: Actor, pair: Held, page: Page, taken: Taken) -> Kept:
    """Keeps every answer and file that can be kept; the rest is named. Moves the case by SAVE.

    Raises Illegal (shut meanwhile), Missing (no such document), Conflict (other answers were saved meanwhile).
    """
    pair.refuse_shut()
    if not page.files.keys() <= {document.kind for document in pair.standing.policy.documents}:
        raise Missing()
    found, wrong = pair.application, dict(taken.wrong)
    before = {blank.name: str(found.answers.get(blank.name, "")) for blank in blanks(pair.standing.policy)}
    answers = _read(before, page.typed or {}, wrong)
    changed = sorted(name for name, text in answers.items() if before[name] != text)
    if page.draft_version != found.draft_version and (changed or wrong or page.typed is None):
        raise Conflict("draft-changed", CHANGED)
    if changed:
        found.answers, found.draft_version = answers, found.draft_version + 1
    found.saved_at = now()
    documents = [_attach(session, actor, pair, kind, received) for kind, received in taken.files.items()]
    move(session, pair.case, actor, Action.SAVE)
    return Kept(wrong, {"changed": changed, "documents": documents})


def _read(before: Mapping[str, str], typed: Mapping[str, str], wrong: dict[str, Bilingual]) -> dict[str, str]:
    """The answers as they would stand: a field that was not sent, or cannot be kept, stays as it was."""
    answers = dict(before)
    for name in before.keys() & typed.keys():
        try:
            answers[name] = written(typed[name], name, LONGEST.get(name, SHORT))
        except Invalid as refusal:
            wrong |= refusal.fields
    return answers


def _attach(session: Session, actor: Actor, pair: Held, kind: str, received: Received) -> dict[str, Any]:
    """Of a kind the newest file counts; earlier ones stay. No office has the file before it is submitted."""
    found = pair.application
    whose: dict[str, Any] = {"enterprise_id": found.enterprise_id, "county": found.county, "chain": found.chain}
    upload = keep_upload(session, received, enterprise_id=found.enterprise_id, county="", chain="", actor=actor)
    session.add(
        ApplicationDocument(
            application_id=found.id, kind=kind, upload_id=upload.id, created_by_id=actor.account_id, **whose
        )
    )
    return {"kind": kind, "upload": upload.id, "sha256": received.sha256}


def question(session: Session, pair: Held, remark_id: int) -> Remark:
    """A question of the step that the application is at. Raises Missing."""
    asked = remark_of(session, remark_id)
    if asked.case_id != pair.case.id:
        raise Missing()
    return asked


def replied(session: Session, actor: Actor, pair: Held, page: Page) -> tuple[list[int], dict[str, Bilingual]]:
    """Puts every reply that was written; which questions have one now, and what is wrong with the others.

    Raises Missing, Illegal (closed meanwhile).
    """
    told: list[int] = []
    wrong: dict[str, Bilingual] = {}
    for number, text in page.written_replies.items():
        try:
            put_reply(session, question(session, pair, number), actor, text, at_field=f"reply-{number}")
        except Invalid as refusal:
            wrong |= refusal.fields
        else:
            told.append(number)
    return told, wrong
