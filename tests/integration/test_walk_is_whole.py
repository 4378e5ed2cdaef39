"""The walk over every page (`tests/fixtures/every_page.py`) opens every page there is."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.every_page import NO_PAGES, PEOPLE, SHOWN_TO, endpoint_of, pages, signed_in

pytestmark = [pytest.mark.content("walked"), ON_SQLITE]
# Pages that the walk cannot open, and who opens them instead.
ELSEWHERE: dict[str, str] = {}


def test_every_address_that_can_be_opened_is_opened_by_the_walk_for_somebody(app: Flask) -> None:
    """That something is there, `test_on_postgres` asks of each."""
    there = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    opened = {endpoint_of(app, path) for username in PEOPLE for path in pages(app, signed_in(app, username)[1])}
    assert set(ELSEWHERE) <= there - opened
    assert opened - {""} == there - NO_PAGES - set(ELSEWHERE)


@pytest.mark.parametrize(("path", "username"), SHOWN_TO.items())
def test_what_only_one_of_them_is_shown_is_shown_to_one_of_the_walk(app: Flask, path: str, username: str) -> None:
    assert username in PEOPLE
    client, permissions = signed_in(app, username)
    assert path in pages(app, permissions)
    assert client.get(path).status_code == 200
    others = [signed_in(app, name)[0] for name in PEOPLE if name not in SHOWN_TO.values()]
    assert {other.get(path).status_code for other in others} <= {302, 303}, "then it need not stand here"
