"""No template speaks a language by itself: every visible sentence goes through `_()`, or is data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
GETTEXT = frozenset({"_", "gettext", "ngettext"})
SPOKEN_ATTRIBUTES = frozenset({"alt", "aria-label", "placeholder", "title", "aria-roledescription"})
HAN = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}")
# Names, codes and units that are the same in both languages; and the two languages' own names for themselves.
SAME = {"English", "中文", "PDF", "XLSX", "CSV", "SHA", "SHA-256", "URL", "QR", "kB", "MB", "UTC", "TOTP", "USCC", "px"}
SENTENCE = re.compile(r"^[A-Z][a-z]+( [\w'’,.-]+)+[.?:]?$")
UNSPOKEN = {"script", "style", "svg"}


class Spoken(HTMLParser):
    """Collects what a reader sees or hears of a page's own text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in UNSPOKEN
        kinds = dict(attrs).get("type")
        for name, value in attrs:
            if value and (
                name in SPOKEN_ATTRIBUTES or (tag == "input" and name == "value" and kinds in ("submit", "button"))
            ):
                self.found.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.silent -= tag in UNSPOKEN

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in UNSPOKEN

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def pieces(node: nodes.Node) -> Iterator[str]:
    """The template's raw text in order, a space for every expression; and literals outside `_()` as text."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in GETTEXT:
        yield " "
    elif isinstance(node, nodes.Const):
        if isinstance(node.value, str) and (HAN.search(node.value) or SENTENCE.match(node.value)):
            yield f" {node.value} "
        else:
            yield " "
    elif isinstance(node, nodes.Block) and node.name.endswith(("_class", "_width", "_kind")):
        yield " "  # fills an attribute of the layout's, not the page
    else:
        for child in node.iter_child_nodes():
            yield from pieces(child)


def own_words(source: str) -> list[str]:
    """Words of the template itself that no translation reaches."""
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]).parse(source)
    page = Spoken()
    page.feed("".join(pieces(tree)))
    page.close()
    faults = []
    for text in page.found:
        left = " ".join(word for word in re.split(r"[\s,;:/·()]+", text) if word not in SAME)
        if HAN.search(left) or WORD.search(left):
            faults.append(" ".join(text.split()))
    return faults


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.relative_to(ROOT / "templates").as_posix())
def test_a_template_says_nothing_of_its_own(template: Path) -> None:
    assert own_words(template.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{{ _('Save the draft') }}</p>", []),
        ("<p>Save the draft</p>", ["Save the draft"]),
        ("<p>{{ name }} 万元</p>", ["万元"]),
        ("<a title='Close'>×</a>", ["Close"]),
        ("{{ button('Save the draft') }}", ["Save the draft"]),
        ("{% if state == 'draft' %}<b class='is draft'>3</b>{% endif %}", []),
        ("<input type='submit' value='Send'>", ["Send"]),
        ("<a lang='en'>English</a> <a>中文</a> PDF, 12 kB", []),
    ],
)
def test_the_reader_finds_words_of_the_templates_own(source: str, words: list[str]) -> None:
    assert own_words(source) == words


def test_no_template_holds_inline_style_or_script() -> None:
    inline = re.compile(r"\sstyle\s*=|\son[a-z]+\s*=|<style[\s>]|<script(?![^>]*(src|nonce)=)", re.IGNORECASE)
    faults = [
        f"{file.relative_to(ROOT)}: {match.group(0).strip()}"
        for file in TEMPLATES
        for match in inline.finditer(file.read_text("utf-8"))
    ]
    assert not faults, "\n".join(["", *faults])
