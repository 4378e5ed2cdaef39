"""What the pages of accounts share: the blueprint, who is asking, and how a refusal is shown beside its field."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from ..catalogue.queries import catalogue_today
from ..catalogue.snapshot import Catalogue
from ..config import Settings
from ..kernel.errors import Refusal
from ..web.access import read
from ..web.errors import apply_refusal
from ..web.language import PortalForm
from .hashing import Hasher

blueprint = Blueprint("accounts", __name__)

Answer = tuple[str, int]


def settings() -> Settings:
    found: Settings = current_app.config["PORTAL"]
    return found


def hasher() -> Hasher:
    """argon2id at the operator's cost."""
    cost = settings()
    return Hasher(cost.argon2_time, cost.argon2_memory_kib, cost.argon2_parallelism)


def agent() -> str:
    return request.user_agent.string


def refused(template: str, form: PortalForm, refusal: Refusal, **values: Any) -> Answer:
    """The form once more, everything typed in it but passwords, with the refusal's sentences beside its fields."""
    apply_refusal(form, refusal)
    return render_template(template, form=form, **values), refusal.status


def catalogue() -> Catalogue:
    return catalogue_today(read())
