"""What was chosen on a form is shown by its words wherever the portal gives it back: on the page that keeps what was
typed while the store is busy, the disk full or the fault ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import wraps
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.kernel.bilingual import Bilingual, Language
from portal.kernel.errors import Busy
from tests.fixtures.every_page import NOT_SENT, PEOPLE, case_kinds, pages, shape_of, signed_in
from tests.fixtures.manners import words
from tests.fixtures.visitor import Form, Page, Visitor

pytestmark = [pytest.mark.content("walked"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
SENT: set[tuple[object, ...]] = set()
Offered = dict[str, list[tuple[str, str]]]  # by field: the value and the words of each option


def offered(page: Page, form: Element) -> Offered:
    found: Offered = {}
    labels = {label.get("for"): label for label in page.tree.iter("label")}
    for select in form.iter("select"):
        options = [(o.get("value", words(o)), words(o)) for o in select.iter("option")]
        found[select.get("name", "")] = [(value, said) for value, said in options if value]
    for control in form.iter("input"):
        if control.get("type") in ("radio", "checkbox") and control.get("disabled") is None:
            label = labels.get(control.get("id"))
            said = control.get("aria-label") or (words(label) if label is not None else "")
            found.setdefault(control.get("name", ""), []).append((control.get("value", "on"), said))
    return {name: options for name, options in found.items() if options}


def busy(*args: object, **values: object) -> None:
    raise Busy("busy", Bilingual("请稍候", "Wait"))


def for_machines(form: Element) -> set[str]:
    """What hidden fields and buttons hold: nobody typed or chose it."""
    controls = [*form.iter("button"), *(i for i in form.iter("input") if i.get("type") == "hidden")]
    return {control.get("value", "") for control in controls} - {""}


def forms_of(page: Page) -> Iterator[tuple[Form, Offered, set[str]]]:
    for element in page.tree.iter("form"):
        choices, inner = offered(page, element), for_machines(element)
        for form in Form.all_of(element, page.url):
            if form.method == "post" and choices and form.buttons and urlsplit(form.action).path not in NOT_SENT:
                yield form, choices, inner


@pytest.mark.parametrize("username", PEOPLE, ids=lambda name: name or "anybody")
def test_what_was_chosen_is_given_back_in_words(app: Flask, username: str | None) -> None:
    client, permissions = signed_in(app, username)
    visitor, kinds, faults = Visitor(client, "en"), case_kinds(), []
    for path in pages(app, permissions):
        page = visitor.get(path)
        for form, choices, inner in forms_of(page) if page.is_html else ():
            shape = (shape_of(form.action, kinds), *sorted(re.sub(r"\d+", "0", name) for name in choices))
            if shape not in SENT:
                SENT.add(shape)
                faults += list(faults_of(app, visitor, form, choices, inner, path))
    assert not faults, "\n".join(["", *dict.fromkeys(faults)])


def faults_of(app: Flask, visitor: Visitor, form: Form, choices: Offered, inner: set[str], path: str) -> Iterator[str]:
    address = urlsplit(form.action).path
    endpoint = app.url_map.bind("127.0.0.1").match(address, method="POST")[0]
    view = app.view_functions[endpoint]
    app.view_functions[endpoint] = wraps(view)(busy)
    try:
        for place in (0, 1, -1):
            chosen = {name: options[min(place, len(options) - 1)] for name, options in choices.items()}
            answer = Page(visitor.client.post(form.action, data=sent(form, chosen)), address)
            given = [words(dd) for dd in answer.tree.iter("dd")]
            if answer.status == 403:  # shown to read, with no button to be seen
                return
            if answer.status != 503:
                yield f"{path} → {address}: {answer.status}"
            yield from (f"{path} → {address}: shows {one!r}" for one in given if one in inner)
            for name, (value, said) in chosen.items():
                if value != said and not any(shown_as(one, value, said) for one in given):
                    yield f"{path} → {address}: {name} is {said!r} and comes back as {value!r}"
    finally:
        app.view_functions[endpoint] = view


def sent(form: Form, chosen: dict[str, tuple[str, str]]) -> dict[str, list[str]]:
    pressed = {name: [value] for name, value, _ in form.buttons[:1] if name}
    return form.values | {name: [value] for name, (value, _) in chosen.items()} | pressed


def shown_as(given: str, value: str, said: str) -> bool:
    """A single box that was ticked is given back as yes; of a long label its first words will do."""
    return given != value and (given in said or (given == "Yes" and value in ("1", "y", "yes")))


@pytest.mark.parametrize(("language", "name"), [("zh", "缙云县"), ("en", "Jinyun County")])
def test_who_is_signed_out_by_now_reads_words_too_but_nothing_of_a_case(
    app: Flask, language: Language, name: str
) -> None:
    visitor = Visitor(app.test_client(), language)
    chosen = {"county": "331122", "field_0": "credit_code", "reason": "示例"}
    page = Page(visitor.client.post("/review/1/return", data=chosen), "/review/1/return")
    given = [words(dd) for dd in page.tree.iter("dd")]
    assert sorted(given) == sorted([name, "credit_code", "示例"])


def test_where_nothing_can_be_read_the_form_comes_back_as_it_was_sent(app: Flask) -> None:
    def broken(field: str, text: str) -> None:
        raise OperationalError("select", {}, OSError())

    client, _ = signed_in(app, "lead-jinyun")
    app.extensions["portal_choices"] = app.extensions["portal_choices"] | {"review": broken}
    page = Page(client.post("/review/1/approve", data={"county": "331122"}), "/review/1/approve")
    assert page.status == 400  # it came without the page's token
    assert "331122" in [words(dd) for dd in page.tree.iter("dd")]
