"""Every number that leads to a list is the number of lines that the list opens with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Account
from portal.database.session import transaction
from portal.home.frame import navigation
from portal.kernel.bilingual import both
from portal.kernel.roles import Actor, Role, Scope
from portal.notices.post import post
from portal.review.rules import COUNT_CAP, Section
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.every_page import HALF_WAY, PEOPLE, signed_in
from tests.fixtures.manners import words
from tests.fixtures.visitor import Page, Visitor

pytestmark = [ON_SQLITE, pytest.mark.content("walked")]
KINDS = {kind.value: kind.title.en for kind in Section.APPLICATION.matters}
Numbered = tuple[str, int]
NO_LINES = "/administration/jobs"  # what is due now is one line of that page's own numbers, not a list


def in_navigation(page: Page) -> Iterator[Numbered]:
    for link in page.tree.iterfind(".//nav//a"):
        for number in link.iterfind("span[@class='n']"):
            yield link.get("href", ""), int(re.findall(r"\d+", words(number))[0])


def on_front(page: Page) -> Iterator[Numbered]:
    for link in page.tree.iterfind(".//ul[@class='tasks']//a"):
        found = re.search(r": (\d+)$", words(link))
        if found:
            yield link.get("href", ""), int(found[1])
    for tile in page.having(class_="tile"):
        (number,), (link,) = tile.findall("p"), tile.findall("a")
        if link.get("href") != NO_LINES:
            yield link.get("href", ""), int(words(number))


def lines_of(page: Page) -> list[Element]:
    """The rows of a table; of messages, those that are new."""
    if page.url.startswith("/messages"):
        return [tag for tag in page.having(class_="tag") if words(tag) == "Unread"]
    return page.tree.findall(".//tbody/tr")


def opened(visitor: Visitor, href: str) -> int:
    """How many lines there are, over all pages of the list."""
    page = visitor.get(href)
    number = len(lines_of(page))
    while following := page.having(rel="next"):
        page = visitor.get(following[0].get("href", ""))
        number += len(lines_of(page))
    return number


@pytest.mark.parametrize("username", [name for name in PEOPLE if name not in (None, HALF_WAY)])
def test_a_number_is_that_of_the_lines_it_opens(app: Flask, username: str) -> None:
    client, _ = signed_in(app, username)
    visitor = Visitor(client)
    front = visitor.get("/?lang=en")
    numbers = [*in_navigation(front), *on_front(front)]
    assert [(href, opened(visitor, href)) for href, _ in numbers] == numbers
    if username == "officer-jinyun":
        kinds = [("filing", 3), ("registration", 1), ("application", 3)]
        assert numbers[:3] == [(f"/review?kind={kind}", number) for kind, number in kinds]
        assert ("/review?kind=application&matter=application", 2) in numbers


def test_more_messages_than_a_page_holds_are_counted_alike_beside_and_on_the_page(app: Flask) -> None:
    with transaction(Scope.nobody()) as session:
        mine = session.scalars(select(Account.id).where(Account.username == "bureau")).one()
        for number in range(130):
            post(session, account_id=mine, kind="test", title=both(f"n{number}"), body=both("x"))
    page = Visitor(signed_in(app, "bureau")[0]).get("/messages?lang=en")
    assert dict(in_navigation(page))["/messages"] == 130
    assert "130 unread messages" in page.text


def test_a_list_of_applications_is_narrowed_to_one_kind(app: Flask) -> None:
    visitor = Visitor(signed_in(app, "bureau-lead")[0])
    lists = {matter: visitor.get(f"/review?kind=application&matter={matter}&lang=en") for matter in ("", *KINDS)}
    cells = {matter: [words(cell) for cell in page.having(**{"data-l": "Policy"})] for matter, page in lists.items()}
    shown = {
        matter: {title for title in KINDS.values() for cell in found if cell.endswith(title)}
        for matter, found in cells.items()
    }
    assert all(cells.values())
    assert shown == {"": set(KINDS.values())} | {matter: {title} for matter, title in KINDS.items()}
    assert len(lines_of(lists[""])) == sum(len(lines_of(lists[matter])) for matter in KINDS)
    for nonsense in ("filing", "x", "registration"):
        assert len(lines_of(visitor.get(f"/review?kind=application&matter={nonsense}"))) == len(lines_of(lists[""]))
    assert not visitor.get("/review?kind=filing").having(id="matter")


def test_more_than_the_cap_is_said_to_be_more(app: Flask) -> None:
    with app.test_request_context("/"):
        auditor = Actor(1, "a", "a", frozenset({Role.AUDITOR}), Scope.nobody())
        shown = {item.href: item.count for item in navigation(auditor, {"review.queue.filing": COUNT_CAP + 1})}
    assert shown["/review?kind=filing"] == "1000+"
