"""The help page: every role finds each of its pages named there, and a stranger what everybody may do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.home.frame import ENTRIES
from portal.home.guide import PARTS, guide
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.roles import ANONYMOUS, GRANTS, Role


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_help_names_every_page_of_a_roles_navigation(role: Role, language: Language) -> None:
    said = " ".join(step.text(language) for part in PARTS if role in part.roles for step in part.steps)
    pages = [entry.label.text(language) for entry in ENTRIES if GRANTS[role] & frozenset(entry.permissions)]
    assert pages
    assert [page for page in pages if page not in said] == []


def test_a_stranger_finds_what_everybody_may_do_and_how_to_begin_open() -> None:
    opened = [part for part in guide(ANONYMOUS) if part.is_open]
    assert [part.roles for part in opened] == [frozenset(), frozenset({Role.APPLICANT})]


@pytest.mark.parametrize("role", Role)
def test_ones_own_parts_are_open_and_no_others(role: Role) -> None:
    person = replace(ANONYMOUS, account_id=1, roles=frozenset({role}))
    assert {part.is_open for part in guide(person) if role in part.roles} == {True}
    assert {part.is_open for part in guide(person) if role not in part.roles} == {False}
