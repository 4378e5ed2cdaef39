"""A cluster and a chain are called by one name wherever a page speaks of them, as the catalogue says."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portal.catalogue.queries import catalogue_today
from portal.database.session import reading
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.roles import Scope
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.every_page import PEOPLE, pages, signed_in
from tests.fixtures.manners import words
from tests.fixtures.visitor import Visitor

pytestmark = [ON_SQLITE, pytest.mark.content("walked")]
# Where the published name belongs: the catalogue's own pages, and papers, which say it as it stands in the plan.
PUBLISHED = re.compile(r"/(catalogue|papers|verify|support/policies)(/|$)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_call_clusters_and_chains_by_one_name(app: Flask, language: Language) -> None:
    with reading(Scope.everything("a test")) as session:
        known = catalogue_today(session)
    entries = [*known.clusters.values(), *known.chains.values()]
    others = {entry.title.text(language) for entry in entries} - {entry.called.text(language) for entry in entries}
    assert len(others) > 3
    called_otherwise = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, others))})(?![a-z])")
    opened, seen = set[str](), set[tuple[str, str]]()
    for username in PEOPLE:
        client, permissions = signed_in(app, username)
        visitor = Visitor(client, language)
        for path in sorted({*pages(app, permissions)} - opened):  # what one was shown is called the same for all
            opened.add(path)
            page = visitor.get(path)
            if page.is_html and not PUBLISHED.match(page.url):
                seen |= {(page.url, name) for name in called_otherwise.findall(words(page.tree))}
    assert not seen
