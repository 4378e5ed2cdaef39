"""What `make run` does before it serves, in one process so that a second start is quick.

Brings the database to head, loads the reference data, and fills an empty database with the demo city - in demo mode
only, and only when nobody has an account and no enterprise stands in it.
"""

from __future__ import annotations

from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import text

from portal.database.session import reading
from portal.kernel.roles import Scope
from wsgi import app


def flask(app: Flask, *arguments: str) -> None:
    """One `flask …` command, as if typed; its failure ends this programme."""
    with app.app_context():
        info = ScriptInfo(create_app=lambda: app)
        app.cli.main(args=list(arguments), prog_name="flask", standalone_mode=False, obj=info)


def is_empty() -> bool:
    with reading(Scope.everything("set-up")) as session:
        found = session.execute(text("SELECT 1 FROM account UNION ALL SELECT 1 FROM enterprise LIMIT 1")).first()
    return found is None


if __name__ == "__main__":
    flask(app, "db", "upgrade")
    flask(app, "catalogue", "load")
    if app.config["PORTAL"].is_demo and is_empty():
        print("an empty database: building the demo city of 1,400 enterprises, about a minute", flush=True)
        flask(app, "demo")
