"""The figures page for officers: one question as a GET form, one table as the answer."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from flask import Blueprint, render_template, request

from ..catalogue.queries import catalogue_at
from ..filing.queries_lock import accepted_units
from ..kernel.clock import today
from ..kernel.measure import MINUS, signed_percent
from ..kernel.period import Quarter
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.language import language
from .measures import Growth, Span
from .queries import Figure, figures, quarters_with_figures
from .question import By, Frame, Question
from .shown import SHOWN

blueprint = Blueprint("statistics", __name__, url_prefix="/figures")
_Choice = TypeVar("_Choice", bound=Enum)


@blueprint.get("", endpoint="figures")
@allow(Permission.FIGURES_READ)
def figures_page() -> str:
    session = read()
    quarters = quarters_with_figures(session)
    question = _question(quarters)
    table = figures(session, actor(), question) if quarters else None
    return render_template(
        "statistics/figures.html",
        table=table,
        question=question,
        quarters=quarters,
        shown=SHOWN,
        choices=(("by", By), ("span", Span), ("frame", Frame)),
        is_one_quarter=question.span is Span.QUARTER,
        is_accepted=_is_accepted(question.quarter),
        written_figure=written_figure,
        written_growth=written_growth,
        Permission=Permission,
    )


def _is_accepted(quarter: Quarter) -> bool:
    """Whether the units whose figures the reader sees have all accepted the quarter."""
    units = actor().counties or catalogue_at(read(), quarter).units.keys()
    return accepted_units(read(), quarter) >= units


def _question(quarters: list[Quarter]) -> Question:
    """The question of the address; whatever it leaves out or spells wrong takes the default."""
    return Question(
        _quarter(request.args.get("quarter", ""), quarters),
        _choice(Span, request.args.get("span", ""), Span.QUARTER),
        _choice(By, request.args.get("by", ""), By.CLUSTER),
        _choice(Frame, request.args.get("frame", ""), Frame.ABOVE_SCALE),
    )


def _quarter(text: str, quarters: list[Quarter]) -> Quarter:
    newest = quarters[0] if quarters else Quarter.containing(today()) - 1
    try:
        return Quarter.parse(text)
    except ValueError:
        return newest


def _choice(kind: type[_Choice], text: str, default: _Choice) -> _Choice:
    return next((member for member in kind if member.value == text), default)


def written_figure(figure: Figure) -> str:
    """A figure in the page's unit: 亿元 in Chinese, billion yuan in English; an en dash where there is none."""
    return figure.shown.said(figure.value, language())


def written_growth(growth: Growth | None) -> str:
    """A rate with its sign, the words that stand in its place, or an en dash."""
    if growth is None:
        return "\u2013"
    if growth.words is not None:
        return growth.words.text(language())
    return signed_percent(growth.rate).replace("-", MINUS)
