"""Giving a file back: as an attachment, to those in whose scope it lies and who have been given it."""

from __future__ import annotations

from flask import Blueprint, current_app, send_file
from werkzeug.wrappers import Response

from ..audit.trail import record_access
from ..kernel.errors import Missing
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from .queries import given_to
from .store import FOLDER

blueprint = Blueprint("uploads", __name__, url_prefix="/files")


@blueprint.get("/<int(max=999999999999999):upload_id>")
@allow(Permission.CASE_READ, Permission.ENTERPRISE_OWN, Permission.REGISTRATION_EDIT)
def file(upload_id: int) -> Response:
    person = actor()
    found = given_to(read(), upload_id, person.enterprise_id)
    path = current_app.config["PORTAL"].data_dir / FOLDER / found.stored_name
    if not path.is_file():
        raise Missing()
    response = send_file(path, mimetype=found.media_type, as_attachment=True, download_name=found.filename)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.direct_passthrough = False  # a file passed straight through never calls what waits for its end
    response.call_on_close(lambda: record_access(person, subject=f"upload:{upload_id}", verb="download"))
    return response
