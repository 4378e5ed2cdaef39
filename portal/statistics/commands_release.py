"""Intentions on releases: prepare one from the facts, sign it off as a second person, drop it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..audit.trail import record
from ..database.session import reading, transaction
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Denied
from ..kernel.period import Quarter
from ..kernel.roles import Actor, Permission, Scope
from . import release as deeds
from .disclosure import Rule
from .models_release import Release
from .queries_prepared import prepared

_NOT_YOURS = Bilingual("你没有办理数据发布的权限。", "You are not permitted to deal with releases.")


def prepare_release(actor: Actor, quarter: Quarter, rule: Rule, note: str = "") -> int:
    """Freezes `quarter` as a draft for somebody else's sign-off; returns its id. Raises Illegal or Invalid.

    The sums are made before the transaction opens, so that nobody who writes has to wait for them.
    """
    _demand(actor, Permission.RELEASE_PREPARE)
    with reading(Scope.everything("statistics")) as session:
        made = prepared(session, quarter, rule)
    with transaction(actor) as session:
        written = deeds.write(session, actor, made, note)
        detail = {"number": written.number, "sha256": written.sha256, "held": written.held, "note": written.note}
        _record(session, actor, "prepare", written, detail)
        return written.id


def sign_off(actor: Actor, release_id: int) -> Quarter:
    """Makes a prepared release public. Raises Illegal for whoever prepared it, Conflict when it was dealt with."""
    if not actor.may(Permission.RELEASE_SIGN):
        raise Denied("release", _NOT_YOURS)
    with transaction(actor) as session:
        signed = deeds.sign(session, actor, release_id)
        _record(session, actor, "release", signed, {"number": signed.number, "sha256": signed.sha256})
        return signed.period


def drop_release(actor: Actor, release_id: int) -> None:
    _demand(actor, Permission.RELEASE_PREPARE)
    with transaction(actor) as session:
        dropped = deeds.drop(session, release_id)
        _record(session, actor, "drop", dropped, {"number": dropped.number})


def _demand(actor: Actor, permission: Permission) -> None:
    """The permission, or the operator's own command, which sees everything and is nobody's account."""
    is_operator = actor.account_id is None and not actor.scope.is_restricted
    if not (is_operator or actor.may(permission)):
        raise Denied("release", _NOT_YOURS)


def _record(session: Session, actor: Actor, verb: str, release: Release, detail: dict[str, object]) -> None:
    record(
        session,
        actor,
        stream=f"release:{release.quarter}",
        verb=verb,
        subject=f"release:{release.id}",
        detail=detail,
    )
