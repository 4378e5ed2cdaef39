"""A template says the same as Jinja's own would: in each request's language, with its own addresses and values."""

from __future__ import annotations

import pickle

import pytest
from flask import Flask
from jinja2 import DictLoader, nodes

from portal.config import ROOT
from portal.kernel.roles import Permission
from portal.web.address import init_addresses
from portal.web.language import init_languages
from portal.web.pages import FILTERS, Pages

TEMPLATES = {
    "page.html": """{% macro save(who) %}
        {{ _('Save') }} <b title="{{ who }}">{{ url_for('static', filename=who) }}</b>
    {% endmacro %}
    {{ save('a b.css') }}
    <p>
        {{ _('%(number)s of %(count)s', number=1, **more) }}
        {{ text }}
    </p>
    <p>{% if text %}typed{% endif %}
        by hand</p>
    {% call named(_('Save')) %}x{% endcall %}""",
}


@pytest.fixture
def app() -> Flask:
    app = Flask("pages", static_folder=str(ROOT / "static"), template_folder="")
    app.jinja_environment = Pages
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_loader = DictLoader(TEMPLATES)  # type: ignore[assignment]
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["named"] = lambda title, caller: f"{title}{caller()}"
    init_languages(app, ROOT / "translations")
    init_addresses(app)
    return app


@pytest.mark.parametrize(("asked", "save", "part"), [("zh", "保存", "第1份，共3份"), ("en", "Save", "1 of 3")])
def test_a_compiled_template_speaks_each_requests_language(app: Flask, asked: str, save: str, part: str) -> None:
    for root in ("", "/portal"):
        with app.test_request_context(f"/?lang={asked}", environ_overrides={"SCRIPT_NAME": root}):
            page = app.jinja_env.get_template("page.html").render(more={"count": 3}, text="  <i>\n    typed")
        assert "typed by hand" in page  # the end of a block takes the line's end with it
        assert "\n   &lt;i&gt;\n    typed\n" in page  # a value keeps its blanks
        lines = [line.strip() for line in page.split("\n")]
        assert f'{save} <b title="a b.css">{root}/static/a%20b.css</b>' in lines
        assert part in lines
        assert f"{save}x" in lines


def test_a_fault_is_told_of_the_line_where_it_stands(app: Flask) -> None:
    tree = app.jinja_env.parse(TEMPLATES["page.html"])
    assert [call.lineno for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)][-1] == 11


def test_nothing_but_the_two_is_called_another_way(app: Flask) -> None:
    compiled = app.jinja_env.compile(TEMPLATES["page.html"], raw=True)
    assert "'save'" in compiled
    assert compiled.count("context.call(") == 2  # the macro and what a block calls
    assert "保存" not in compiled
    assert "/static" not in compiled


@pytest.mark.parametrize("word", list(Permission))
def test_a_word_is_found_wherever_it_comes_from(word: Permission) -> None:
    assert {word: 1}[pickle.loads(pickle.dumps(word))] == 1
    assert {Permission(word.value)} == {word}
