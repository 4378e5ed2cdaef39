"""The macros and the static files: what every page gets from the design, without an application around it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from wtforms import BooleanField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.kernel.bilingual import Bilingual
from portal.kernel.workflow import State
from scripts import vendor

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))


def said(value: object) -> object:
    return value.en if isinstance(value, Bilingual) else value


def sentence(message: str, **values: object) -> str:
    return message % values if values else message


@pytest.fixture(scope="module")
def pages() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals.update(_=sentence, gettext=sentence, csrf_token=lambda: "fresh")
    environment.filters["t"] = said
    return environment


def shown(pages: Environment, macro: str, call: str, **values: object) -> str:
    source = f"{{% import 'macros/{macro}.html' as m %}}{{{{ m.{call} }}}}"
    return pages.from_string(source).render(**values)


class Sample(Form):
    code = StringField("Code", [InputRequired("Enter the code")], description="18 characters")
    county = SelectField(
        "County", [InputRequired("Choose a county")], choices=[SelectChoice("", ""), SelectChoice("1", "A")]
    )
    chain = RadioField("Chain", [InputRequired("Choose a chain")], choices=[SelectChoice("07", "Seven")])
    why = TextAreaField("Why", [InputRequired("Say why")])
    agree = BooleanField("Agree", [InputRequired("Tick it")])


MACRO_OF = {
    "code": "text_field(form.code)",
    "county": "select_field(form.county)",
    "chain": "radio_field(form.chain)",
    "why": "textarea_field(form.why)",
    "agree": "checkbox_field(form.agree)",
}


@pytest.fixture
def refused() -> Sample:
    form = Sample()
    form.validate()
    return form


@pytest.mark.parametrize("name", MACRO_OF)
def test_an_error_is_tied_to_its_control(pages: Environment, refused: Sample, name: str) -> None:
    page = shown(pages, "forms", MACRO_OF[name], form=refused)
    assert re.search(rf'class="error" id="{name}-error"', page)
    control = re.search(rf'<(?:input|select|textarea)[^>]*name="{name}"[^>]*>', page)
    assert control
    assert re.search(rf'aria-describedby="[^"]*{name}-error"', control.group())


@pytest.mark.parametrize("name", MACRO_OF)
def test_the_summary_says_what_stands_at_the_field_and_links_to_it(
    pages: Environment, refused: Sample, name: str
) -> None:
    summary = shown(pages, "forms", "error_summary(form)", form=refused)
    words = refused[name].errors[0]
    assert f'<a href="#{name}">{words}</a>' in summary
    field = shown(pages, "forms", MACRO_OF[name], form=refused)
    assert words in field
    assert f'id="{name}"' in field


def test_words_that_stand_at_several_fields_are_told_apart_by_their_names(pages: Environment) -> None:
    form = Sample()
    form.code.errors = form.county.errors = ("Fill this in.",)
    form.why.errors = ("Say why.",)
    summary = shown(pages, "forms", "error_summary(form)", form=form)
    assert f">{form.code.label.text}: Fill this in.<" in summary
    assert f">{form.county.label.text}: Fill this in.<" in summary
    assert ">Say why.<" in summary


def test_a_refusal_without_a_field_stands_in_the_summary(pages: Environment) -> None:
    form = Sample()
    form.form_errors = ["This code is registered already"]
    assert "<li>This code is registered already</li>" in shown(pages, "forms", "error_summary(form)", form=form)


def test_a_form_without_errors_has_no_summary(pages: Environment) -> None:
    assert shown(pages, "forms", "error_summary(form)", form=Sample()).strip() == ""


def test_what_was_typed_is_shown_again_and_cannot_become_markup(pages: Environment) -> None:
    form = Sample(data={"code": '"><script>alert(1)</script>', "why": "</textarea><b>"})
    page = shown(pages, "forms", "text_field(form.code)", form=form)
    page += shown(pages, "forms", "textarea_field(form.why)", form=form)
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_look_and_its_word(pages: Environment, state: State) -> None:
    page = shown(pages, "tags", "state_tag(state)", state=state)
    assert state.title.en in page
    assert "<svg" in page


@pytest.mark.parametrize(
    ("days", "kind", "words"),
    [(-2, "err", "2 days late"), (-1, "err", "1 day late"), (0, "warn", "Due today"), (1, "warn", "1 day left"),
     (7, "warn", "7 days left"), (8, "", "8 days left")],
)  # fmt: skip
def test_a_deadline_says_how_far_away_it_is(pages: Environment, days: int, kind: str, words: str) -> None:
    page = shown(pages, "tags", "deadline_tag(days)", days=days)
    assert words in page
    assert f'class="tag {kind}"' in page


def test_a_sparkline_names_every_value_and_leaves_gaps_out_of_the_line(pages: Environment) -> None:
    page = shown(pages, "charts", "sparkline(values)", values=[Decimal("905.0"), None, 880, Decimal("1412.5")])
    assert 'aria-label="905.0, –, 880, 1412.5"' in page
    points = re.search(r'points="([^"]*)"', page)
    assert points
    assert len(points.group(1).split()) == 3


@pytest.mark.parametrize("values", [[], [None], [5], [None, 3]])
def test_fewer_than_two_values_draw_no_line(pages: Environment, values: list[int | None]) -> None:
    assert "<svg" not in shown(pages, "charts", "sparkline(values)", values=values)


@pytest.mark.parametrize(("percent", "drawn"), [(-20, "0.0%"), (Decimal("74.26"), "74.3%"), (180, "100.0%")])
def test_a_bar_stays_inside_its_track(pages: Environment, percent: Decimal, drawn: str) -> None:
    assert f'class="fill " width="{drawn}"' in shown(pages, "charts", "bar(percent)", percent=percent)


@pytest.mark.parametrize("values", [[-20, 30, -10], [-5, -9], [0, 0], [None, 7]])
def test_columns_stay_on_the_sheet_for_losses_too(pages: Environment, values: list[int | None]) -> None:
    points = [("Q1", value, str(value), "now") for value in values]
    page = shown(pages, "charts", "columns(points, 'profit')", points=points)
    drawn = re.findall(r'y="([-\d.]+)" width="[\d.]+" height="([\d.]+)"', page)
    assert len(drawn) == sum(value is not None for value in values)
    for y, height in drawn:
        assert float(y) >= 0
        assert float(y) + float(height) <= 134


def test_no_column_covers_the_number_of_another(pages: Environment) -> None:
    points = [("Q1", 14909, "14,909.23", "same"), ("Q2", 16000, "16,000.00", ""), ("Q3", 15638, "15,638.09", "now")]
    page = shown(pages, "charts", "columns(points, 'output')", points=points)
    assert page.rindex("<rect") < page.index(">14,909.23<") < page.index(">15,638.09<")
    assert 'class="v end" x="302"' in page  # a long number ends where the sheet does


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_template_has_inline_style_or_script(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    for script in re.findall(r"<script[^>]*>", source):
        assert "src=" in script
        assert 'nonce="{{ csp_nonce }}"' in script


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_and_runs_under_the_policy(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    for forbidden in ("eval(", "new Function", "innerHTML", ".style.", "document.write"):
        assert forbidden not in source


def test_every_file_a_style_sheet_asks_for_is_there() -> None:
    for sheet in (ROOT / "static" / "css").glob("*.css"):
        for address in re.findall(r"url\(([^)]+)\)", sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / address.strip("\"'")).resolve().is_file(), f"{sheet.name}: {address}"


def test_vendored_files_are_those_of_the_manifest() -> None:
    assert vendor.differences(vendor.manifest()) == []


def test_what_is_meant_for_a_narrow_screen_does_not_fall_upon_paper() -> None:
    """174 mm of A4 are narrower than the screen on which tables become cards."""
    style = (ROOT / "static" / "css" / "app.css").read_text("utf-8")
    asked = re.findall(r"@media ([^{]*max-width[^{]*)\{", style)
    assert asked
    assert all(words.startswith("screen and") for words in asked)
