"""Signed-in visitors and registered enterprises for the tests of pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from portal.database.session import transaction
from portal.kernel.clock import now
from portal.kernel.roles import Actor, Role, Scope
from portal.kernel.workflow import Action
from portal.review.commands import decide
from portal.review.decide_one import Order
from portal.review.effects import Choices
from portal.web.sessions import SessionFacts
from tests.fixtures.applicants import submitted
from tests.fixtures.cases import EVERYTHING, HERE, add_account, person
from tests.fixtures.visitor import Visitor

OFFICER = person(Role.COUNTY_OFFICER, 901)  # a high number: accounts opened by a test count from 1


def signed_in(app: Flask, actor: Actor, *, fresh: bool = True) -> Visitor:
    """Somebody, as the session loader would find them."""
    proved = replace(actor, proved_at=now() if fresh else None)
    app.extensions["portal_session_loader"] = lambda db, token: SessionFacts(proved, 1, False, now(), now(), None)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "token"
    return Visitor(client)


def offices() -> None:
    with transaction(EVERYTHING) as session:
        add_account(session, OFFICER.account_id or 0, "审核员")


def registered(folder: Path, account_id: int = 90, **changes: Any) -> int:
    """The id of an enterprise that was admitted by the officer."""
    found = submitted(account_id, folder, **changes)
    decide(OFFICER, Order(found.case.id, Action.APPROVE, choices=Choices(HERE)))
    return found.registration.enterprise_id


def member(enterprise_id: int, account_id: int = 90, *roles: Role) -> Actor:
    held = frozenset(roles or (Role.PREPARER, Role.CERTIFIER))
    scope = Scope.enterprises(enterprise_id)
    return Actor(account_id, f"p{account_id}", "联系人", held, scope, enterprise_id=enterprise_id)
