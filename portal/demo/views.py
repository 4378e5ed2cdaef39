"""The page that lists the demo's accounts. Outside demo mode there is no such page."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from ..kernel.errors import Missing
from ..kernel.roles import Permission
from ..web.access import allow
from .commands_listed import listed_accounts

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@blueprint.get("/accounts")
@allow(Permission.PUBLIC)
def accounts() -> str:
    if not current_app.config["PORTAL"].is_demo:
        raise Missing()
    return render_template("demo/accounts.html", accounts=listed_accounts())
