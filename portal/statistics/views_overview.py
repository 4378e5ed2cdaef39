"""The bureau's screen: targets, map, clusters, ladder, chain map; and the official figures with their form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..catalogue.chosen import choice_of
from ..catalogue.queries import catalogue_at, catalogue_today
from ..kernel.clock import today
from ..kernel.errors import Invalid
from ..kernel.period import Quarter
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.chosen import choices_of
from ..web.errors import apply_refusal
from ..web.language import gettext as _
from ..web.resend import labels_of, names_fields
from . import tiles
from .commands_overview import enter_figure
from .forms_overview import PERIODS, OfficialForm
from .official import WHOLE_YEAR, period_title
from .overview import CURRENT_PRICES, Overview
from .queries import quarters_with_figures
from .queries_chain import chain_map, chains_for
from .queries_official import official_figures
from .queries_overview import overview
from .queries_risks import risks
from .risks import Risk, RiskKind, leading
from .targets import AMOUNTS, STORED_MONEY, TARGETS, Way
from .views import written_growth

blueprint = Blueprint("overview", __name__, url_prefix="/overview")
names_fields(
    blueprint,
    labels_of(OfficialForm),
    choices=choices_of(
        lambda field, text: choice_of(catalogue_today(read()), field, text),
        forms=(OfficialForm,),
        tables={"quarter": PERIODS},
    ),
)
Page = str | Response | tuple[str, int]


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "Permission": Permission,
        "Way": Way,
        "amounts": AMOUNTS,
        "money": STORED_MONEY,
        "band": tiles.band,
        "bands": tiles.BANDS,
        "prices": CURRENT_PRICES,
        "written_growth": written_growth,
    }


@blueprint.get("", endpoint="overview")
@allow(Permission.FIGURES_READ)
def overview_page() -> str:
    session, quarters = read(), quarters_with_figures(read())
    if not quarters:
        return render_template("statistics/overview.html", found=None, quarters=())
    quarter = _chosen(request.args.get("quarter", ""), quarters)
    found = overview(session, actor(), quarter)
    first, rest = leading(risks(session, actor(), found, today()))
    return render_template(
        "statistics/overview.html",
        found=found,
        quarters=quarters,
        period=period_title(quarter.year, WHOLE_YEAR if quarter.number == 4 else quarter.number),
        longest=max((line.output for line in found.groups if line.output), default=None),
        lines={line.code: line for line in found.units},
        risks=[[(risk, _behind(risk, found)) for risk in part] for part in (first, rest)],
        kinds=_kinds(),
        **_around(found),
    )


def _kinds() -> list[RiskKind]:
    """The kinds of risk that the reader can be warned of."""
    hidden = {RiskKind.REVIEW} if not actor().may(Permission.CASE_READ) else set()
    if actor().scope.kind != "everything":
        hidden |= {RiskKind.DEPENDENCE}
    hidden |= {"counties": {RiskKind.MISSING}, "chains": {RiskKind.TARGET}}.get(actor().scope.kind, set())
    return [kind for kind in RiskKind if kind not in hidden]


def _behind(risk: Risk, found: Overview) -> str:
    """The address of the list behind a risk, as far as the reader may open one."""
    quarter = found.quarter
    if risk.kind is RiskKind.REVIEW:
        return url_for("review.queue", kind="filing", tab="overdue")
    if risk.kind is RiskKind.RESPONSE and actor().may(Permission.CASE_READ):
        return url_for("review.quarter", quarter=quarter)
    if risk.kind is RiskKind.DEPENDENCE:
        return url_for("enterprises.register_list", chain=risk.code)
    if risk.kind is RiskKind.MISSING:
        return url_for("overview.overview", quarter=quarter, chain=risk.code, _anchor="map")
    by, span = {"chain": "chain", "unit": "county"}.get(risk.by, "cluster"), "ytd"
    if risk.kind is RiskKind.TARGET and TARGETS[risk.code].way is not Way.FLOW:
        quarter, span = found.year_end, "ttm"
    return url_for("statistics.figures", quarter=quarter, by=by, span=span)


def _chosen(text: str, quarters: list[Quarter]) -> Quarter:
    return next((quarter for quarter in quarters if str(quarter) == text), quarters[0])


def _around(found: Overview) -> dict[str, Any]:
    """Names and places from the catalogue, and the chain map that is asked for, else that of the largest chain."""
    catalogue = catalogue_at(read(), found.quarter)
    chains = {code: catalogue.chain(code).called for code in chains_for(actor(), catalogue)}
    wanted = next((c for c in (request.args.get("chain"), found.largest_chain, *chains) if c in chains), None)
    return {
        "names": {code: unit.short for code, unit in catalogue.units.items()},
        "places": tiles.places(catalogue.units),
        "chains": chains,
        "map": chain_map(read(), actor(), catalogue, wanted, found.year_end, today()) if wanted else None,
    }


# --- official figures --------------------------------------------------------------------------------------------


@blueprint.get("/official")
@allow(Permission.FIGURES_READ)
def official() -> str:
    rows = official_figures(read())
    targets = {target.code: target for target in catalogue_today(read()).targets.values()}
    seen: set[tuple[str, int, int]] = set()
    standing = set()
    for row in rows:
        if (row.target, row.year, row.quarter) not in seen:
            seen.add((row.target, row.year, row.quarter))
            standing.add(row.id)
    return render_template(
        "statistics/overview_official.html", rows=rows, targets=targets, standing=standing, period_title=period_title
    )


@blueprint.route("/official/enter", methods=["GET", "POST"])
@allow(Permission.TARGET_WRITE)
def enter() -> Page:
    form = OfficialForm()
    form.offer(_("Choose"), [t for t in catalogue_today(read()).targets.values() if t.code in TARGETS])
    if request.method == "GET":
        return render_template("statistics/overview_enter.html", form=form)
    try:
        enter_figure(actor(), form.typed(), today())
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return render_template("statistics/overview_enter.html", form=form), refusal.status
    flash(_("The official figure is entered."), "ok")
    return redirect(url_for("overview.official"), 303)
