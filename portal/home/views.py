"""The front page per role, the pages everybody may read, and the signs of life."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from ..accounts.rules import PRIVACY_VERSION
from ..catalogue.queries import catalogue_today
from ..database.revision import newest_shipped, revision
from ..database.session import current, reading
from ..enterprises.registration import PURPOSES, PURPOSES_VERSION
from ..jobs.queries import consumer_is_alive
from ..kernel.clock import now
from ..kernel.roles import Permission, Scope
from ..questionnaire.store import newest
from ..statistics.queries_release import newest_published, planned
from ..statistics.release_words import COVERAGE
from ..web.access import actor, allow, read
from ..web.resend import signed_in_as
from .front import front_of
from .guide import guide

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@allow(Permission.PUBLIC)
def front() -> str:
    person = actor()
    if person.account_id is None:
        return _public_front()
    return render_template("home/front.html", front=front_of(read(), person))


def _public_front() -> str:
    """The public home reads frozen releases only, never a live cell (rulings 4)."""
    shown = newest_published(read())
    quarter = shown.about.quarter if shown else None
    catalogue = catalogue_today(read())
    return render_template(
        "home/public.html",
        catalogue=catalogue,
        shown=shown,
        planned=planned(read(), quarter),
        coverage=COVERAGE,
    )


@blueprint.get("/help")
@allow(Permission.PUBLIC)
def help_page() -> str:
    return render_template("home/help.html", parts=guide(actor()))


@blueprint.get("/definitions")
@allow(Permission.PUBLIC)
def definitions() -> str:
    return render_template("home/definitions.html", edition=newest(read(), catalogue_today(read()).schedule.edition))


@blueprint.get("/privacy")
@allow(Permission.PUBLIC)
def privacy() -> str:
    return render_template(
        "home/privacy.html", purposes=PURPOSES, version=PRIVACY_VERSION, purposes_version=PURPOSES_VERSION
    )


@blueprint.get("/accessibility")
@allow(Permission.PUBLIC)
def accessibility() -> str:
    return render_template("home/accessibility.html")


@blueprint.get("/session")
@allow(Permission.SIGNED_IN)
def session_alive() -> Response:
    """The page's script asks this to stay signed in; being asked is what does it. The token is for a form that was
    kept while its person signed in anew, `who` that person (`again.js`). Other sites can send requests here, but read
    no answer."""
    minutes = current_app.config["PORTAL"].session_idle_minutes
    return jsonify(minutes=minutes, token=generate_csrf(), who=signed_in_as())


@blueprint.get("/proved")
@allow(Permission.SIGNED_IN)
def proved() -> str:
    """Where a second tab ends after proving who one is: go back and send again."""
    return render_template("home/proved.html")


@blueprint.get("/healthz")
@allow(Permission.PUBLIC)
def healthz() -> AnyResponse:
    """The database answers and its disk takes a write; says no more to strangers. Knows nothing of the consumer."""
    return _answer(current().answers())


@blueprint.get("/readyz")
@allow(Permission.PUBLIC)
def readyz() -> AnyResponse:
    """Ready for work: the database stands at the head of the migrations and somebody consumes the jobs."""
    if not current().answers():
        return _answer(False)
    with reading(Scope.nobody()) as session:
        at_head = revision(session) == newest_shipped()
        return _answer(at_head and consumer_is_alive(session, now()))


@blueprint.get("/.well-known/security.txt")
@allow(Permission.PUBLIC)
def security_txt() -> Response:
    body = render_template(
        "home/security.txt",
        url=current_app.config["PORTAL"].public_url,
        expires=(now() + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return Response(f"{body.rstrip()}\n", mimetype="text/plain")


def _answer(is_well: bool) -> AnyResponse:
    return Response("ok\n" if is_well else "not ok\n", 200 if is_well else 503, mimetype="text/plain")
