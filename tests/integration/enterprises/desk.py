"""Signed-in visitors for the tests of pages."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from portal.kernel.clock import now
from portal.kernel.roles import Actor, Role, Scope
from portal.web.sessions import SessionFacts
from tests.fixtures.visitor import Visitor


def signed_in(app: Flask, actor: Actor, *, fresh: bool = True) -> Visitor:
    """Somebody, as the session loader would find them."""
    proved = replace(actor, proved_at=now() if fresh else None)
    app.extensions["portal_session_loader"] = lambda db, token: SessionFacts(proved, 1, False, now(), now(), None)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "token"
    return Visitor(client)


def member(enterprise_id: int, account_id: int = 90, *roles: Role) -> Actor:
    held = frozenset(roles or (Role.PREPARER, Role.CERTIFIER))
    scope = Scope.enterprises(enterprise_id)
    return Actor(account_id, f"p{account_id}", "联系人", held, scope, enterprise_id=enterprise_id)
