"""Every page of everybody over a living portal, and each of its forms, on PostgreSQL.

Tests of single pages run on SQLite; what a page asks of its database is asked here of the other one. Commands, queries
and the access matrix run on both by themselves.
"""

from __future__ import annotations

from collections import defaultdict

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.fixtures.every_page import HALF_WAY, SHOWN_TO, case_kinds, endpoint_of, pages, shape_of, signed_in
from tests.fixtures.visitor import Page
from tests.integration.test_typed_is_kept import KINDS, Filled, forms_of

pytestmark = [pytest.mark.content("walked"), pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)]
# What SQLite takes and PostgreSQL does not: NUL in a text, and numbers that no column holds.
SENT_KINDS = ("long number", "bidi and zero")
# Who share a scope share what is asked of the database: one of each, with the most rights.
EVERY_SCOPE = (
    None, "lead-jinyun", "certifier-jinyun-1", "chain-officer", "applicant-longquan", "bureau-lead", "admin", "auditor",
    HALF_WAY,
)  # fmt: skip


def press(client: FlaskClient, filled: Filled, value: str) -> int:
    """The status that answers the form as the page offers it, with `value` in all its fields."""
    values = filled.form.values | {name: [value] for name in filled.names}
    values |= {name: [said] for name, said, _ in filled.form.buttons[:1] if name}
    answer = client.post(filled.form.action, data=values)
    answer.close()
    return answer.status_code


@pytest.mark.parametrize("half", [0, 1])
def test_every_page_opens_and_no_form_is_answered_with_a_fault(app: Flask, half: int) -> None:
    sent: set[str] = set()
    opened: dict[str, bool] = defaultdict(bool)
    kinds = case_kinds()
    for username in EVERY_SCOPE[half::2]:
        client, permissions = signed_in(app, username)
        for path in pages(app, permissions):
            answer = client.get(path, follow_redirects=True)
            page = Page(answer, path)
            assert page.status < 500, f"{username} {path}: {page.status}"
            opened[endpoint_of(app, path)] |= page.status == 200 and not answer.history
            for filled in forms_of(page) if page.is_html else ():
                shape = shape_of(filled.form.action, kinds)
                if shape in sent:
                    continue
                sent.add(shape)
                for kind in SENT_KINDS:
                    status = press(client, filled, KINDS[kind][0])
                    assert status < 500, f"{username} {kind}, {path} → {filled.form.action}: {status}"
    assert len(opened) > 30
    others = {endpoint_of(app, path) for path, who in SHOWN_TO.items() if who not in EVERY_SCOPE[half::2]}
    assert {endpoint for endpoint, is_there in opened.items() if not is_there} <= {"", *others}
    assert len(sent) > 10
