"""The visitor's own promises: it sends what a browser would send and refuses a page without manners."""

from __future__ import annotations

import pytest
from flask import Flask, request

from tests.fixtures.visitor import Visitor

FORM = """<form method="post" action="/sent"><input type="hidden" name="csrf_token" value="c">
<label>Name <input name="name" value="old"></label> <label><input type="checkbox" name="a" checked> a</label>
<label><input type="checkbox" name="b"> b</label> <label>Note <textarea name="note">kept</textarea></label>
<label>Size <select name="size"><option value="s">S</option><option value="m" selected>M</option></select></label>
<button name="act" value="save">Save</button><button name="act" value="send">Send</button></form>"""
PAGE = '<!doctype html><html lang="en"><title>T</title><h1>H</h1>{}</html>'
POLICY = {"Content-Security-Policy": "default-src 'none'"}


def house(body: str) -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/", "page", lambda: (PAGE.format(body), POLICY))
    echo = "<p>{}</p>"
    app.add_url_rule("/sent", "sent", lambda: (PAGE.format(echo.format(dict(request.form))), POLICY), methods=["POST"])
    return app


def test_a_form_is_sent_as_a_browser_would_send_it() -> None:
    visitor = Visitor(house(FORM).test_client())
    visitor.get("/")
    page = visitor.submit("", "Send", name="new")
    sent = {"csrf_token": "c", "name": "new", "a": "on", "note": "kept", "size": "m", "act": "send"}
    assert all(f"'{name}': '{value}'" in page.text for name, value in sent.items()), page.text
    assert "'b'" not in page.text


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<form method="post"><button>x</button></form>', "without a CSRF token"),
        ('<input name="x">', "has no label"),
        ('<p id="a"></p><p id="a"></p>', "stands twice"),
        ('<p style="color: red">x</p>', "inline style"),
        ("<script>1</script>", "inline <script>"),
        ('<button onclick="x()">x</button>', "inline onclick"),
        ("<h1>again</h1>", "2 headings"),
        ('<label>x <input name="x" aria-describedby="nowhere"></label>', "is not there"),
    ],
)
def test_a_page_without_manners_is_refused(body: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        Visitor(house(body).test_client()).get("/")
