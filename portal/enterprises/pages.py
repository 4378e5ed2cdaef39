"""What the pages of enterprises share: the blueprint, names from the catalogue, how a refusal is shown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template
from werkzeug.wrappers import Response

from ..catalogue.queries import catalogue_today
from ..catalogue.size import SizeClass
from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Refusal
from ..kernel.roles import Permission
from ..web.access import read
from ..web.errors import apply_refusal
from ..web.language import PortalForm
from ..web.sessions import facts

blueprint = Blueprint("enterprises", __name__)

Page = str | Response | tuple[str, int]
NUMBER = "int(max=999999999999999)"
DESIGNATION_TITLES = {
    "chain-leading": Bilingual("链主企业", "Chain-leading enterprise"),
    "key": Bilingual("骨干企业", "Key enterprise"),
}
SIZE_TITLES = {size.value: size.title for size in SizeClass}
SIZE_FILTER_TITLES = {
    "changed": Bilingual("今年1月1日起有变化", "Changed on 1 January of this year"),
    "waiting": Bilingual("上年数据不全，今年尚未重新计算", "Not computed this year: last year is not complete"),
}
POST_TITLES = {"preparer": Bilingual("填报人", "Preparer"), "certifier": Bilingual("负责人", "Certifier")}


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"Permission": Permission, "designation_titles": DESIGNATION_TITLES, "post_titles": POST_TITLES}


def catalogue() -> Catalogue:
    """Today's, read once a request however many names are asked for."""
    if "enterprises_catalogue" not in g:
        known = facts()
        g.enterprises_catalogue = catalogue_today(read(), known.catalogue_version if known else None)
    found: Catalogue = g.enterprises_catalogue
    return found


def units() -> dict[str, Bilingual]:
    return {code: unit.title for code, unit in catalogue().units.items()}


def chains() -> dict[str, Bilingual]:
    """The plan's chains and `00`."""
    return {code: chain.called for code, chain in catalogue().chains.items()}


def segment_groups(catalogue: Catalogue) -> list[tuple[Bilingual, list[tuple[str, Bilingual]]]]:
    """Every chain position under its chain; what is on none of the chains comes last."""
    return [
        (chain.called, [(segment.code, segment.title) for segment in catalogue.segments_of(chain.code)])
        for chain in catalogue.chains.values()
    ]


def refused(template: str, form: PortalForm, refusal: Refusal, **values: Any) -> tuple[str, int]:
    """The form once more, everything typed in it, with the refusal's sentences beside its fields."""
    apply_refusal(form, refusal)
    return render_template(template, form=form, **values), refusal.status
