"""Floor application: one layer more per route, so that the cost of each layer (ms CPU/request) can be read off.

DB=sqlite|sqlite-full|pg ; PG_DSN ; SQLITE_PATH. It is the measure, not a part of the portal: it stays what it was.
"""

import html as _h
import os
from decimal import Decimal

import jinja2
import orjson
import sqlalchemy as sa
from flask import Flask, Response, g, redirect, render_template, request, session
from flask_babel import Babel, lazy_gettext
from flask_login import LoginManager, UserMixin, current_user, login_required
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf, validate_csrf
from sqlalchemy import event, orm
from wtforms import DecimalField, Form, validators

DB = os.environ.get("DB", "sqlite")
app = Flask(__name__)
app.secret_key = "bench"
app.config["WTF_CSRF_TIME_LIMIT"] = None
app.config["WTF_CSRF_SSL_STRICT"] = False
PAGE = ("<!doctype html><html lang=zh><title>x</title><body>" + "<p>季度报表 quarterly figures 0123456789</p>" * 640)[
    :30000
]
PAGEB = PAGE.encode()[:30000]
NF = 40
SPEC = [
    dict(
        code=f"n{i:02d}",
        label=f"Indicator {i} gross output value of the period",
        zh=f"指标{i}本期工业总产值",
        hint=f"In ten thousand yuan, row code {100 + i}",
        unit="万元",
    )
    for i in range(NF)
]


def mkform(base, lazy=False):
    L = lazy_gettext if lazy else (lambda s: s)
    d = {
        s["code"]: DecimalField(
            L(s["label"]),
            validators=[validators.Optional(), validators.NumberRange(min=0, max=999999999)],
            description=L(s["hint"]),
        )
        for s in SPEC
    }
    return type("QForm", (base,), d)


PlainForm = mkform(Form)
CForm = mkform(FlaskForm)
LazyForm = mkform(Form, lazy=True)


class Sub:
    pass


OBJ = Sub()
for i, s in enumerate(SPEC):
    setattr(OBJ, s["code"], Decimal(i * 37) + Decimal("12.50"))
DATA = {s["code"]: str(getattr(OBJ, s["code"])) for s in SPEC}
Babel(app, locale_selector=lambda: request.args.get("lang", "en"))
T = {}
BASE = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{% block title %}x{% endblock %}</title><link rel="stylesheet" href="/s/app.css"></head><body class="page"><header class="hdr"><nav>{% for n in range(8) %}<a class="nav-link" href="/nav/{{ n }}">Section {{ n }}</a>{% endfor %}</nav></header><main id="main">{% block main %}{% endblock %}</main><footer>footer</footer></body></html>"""
FIELD = """<div class="form-group{% if field.errors %} has-error{% endif %}" id="{{ field.id }}-group"><label class="form-label form-label--strong" for="{{ field.id }}"><span class="row-code">{{ field.id }}</span> {{ field.label.text }}</label><div id="{{ field.id }}-hint" class="form-hint">{{ field.description }}</div>{% for e in field.errors %}<p class="form-error" id="{{ field.id }}-error"><span class="visually-hidden">Error:</span> {{ e }}</p>{% endfor %}<div class="input-wrap input-wrap--suffix">{{ field(class_="input input--num", inputmode="decimal", autocomplete="off", aria_describedby=field.id ~ "-hint") }}<div class="input-suffix" aria-hidden="true">万元</div></div></div>\n"""
T["base.html"] = BASE
T["macros.html"] = "{% macro fld(field) %}" + FIELD + "{% endmacro %}"
T["field.html"] = FIELD
T["form_macro.html"] = (
    '{% extends "base.html" %}{% from "macros.html" import fld %}{% block main %}<form method="post">{% if csrf %}<input type="hidden" name="csrf_token" value="{{ csrf }}">{% endif %}{% for field in form if field.name != "csrf_token" %}{{ fld(field) }}{% endfor %}<button>Save</button></form>{% endblock %}'
)
T["form_inline.html"] = (
    '{% extends "base.html" %}{% block main %}<form method="post">{% if csrf %}<input type="hidden" name="csrf_token" value="{{ csrf }}">{% endif %}{% for field in form if field.name != "csrf_token" %}'
    + FIELD
    + "{% endfor %}<button>Save</button></form>{% endblock %}"
)
T["form_include.html"] = (
    '{% extends "base.html" %}{% block main %}<form method="post">{% for field in form if field.name != "csrf_token" %}{% include "field.html" %}{% endfor %}<button>Save</button></form>{% endblock %}'
)
SPECF = (
    FIELD.replace(
        '{{ field(class_="input input--num", inputmode="decimal", autocomplete="off", aria_describedby=field.id ~ "-hint") }}',
        '<input class="input input--num" inputmode="decimal" autocomplete="off" aria-describedby="{{ f.code }}-hint" id="{{ f.code }}" name="{{ f.code }}" type="text" value="{{ values[f.code] }}">',
    )
    .replace("field.label.text", "f.label")
    .replace("field.description", "f.hint")
    .replace("field.errors", "errors.get(f.code, ())")
    .replace("field.id", "f.code")
)
T["form_spec.html"] = (
    '{% extends "base.html" %}{% block main %}<form method="post">{% if csrf %}<input type="hidden" name="csrf_token" value="{{ csrf }}">{% endif %}{% for f in spec %}'
    + SPECF
    + "{% endfor %}<button>Save</button></form>{% endblock %}"
)
T["list.html"] = (
    '{% extends "base.html" %}{% block main %}<table>{% for r in rows %}<tr><td>{{ r.id }}</td><td>{{ r.name }}</td><td>{{ r.county }}</td><td>{{ r.chain }}</td><td>{{ r.status }}</td><td>{{ r.updated }}</td><td><a href="/review/{{ r.id }}">Open</a></td></tr>{% endfor %}</table>{% endblock %}'
)
app.jinja_loader = jinja2.DictLoader(T)
app.jinja_env.auto_reload = False


# --- DB
class Base(orm.DeclarativeBase):
    pass


class User(Base, UserMixin):
    __tablename__ = "user_account"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    email: orm.Mapped[str]
    name: orm.Mapped[str]
    locale: orm.Mapped[str]
    ent_id: orm.Mapped[int]
    role: orm.Mapped[str]


class Submission(Base):
    __tablename__ = "submission"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    ent_id: orm.Mapped[int] = orm.mapped_column(index=True)
    period: orm.Mapped[int]
    status: orm.Mapped[int]
    version: orm.Mapped[int]
    name: orm.Mapped[str]
    county: orm.Mapped[int]
    chain: orm.Mapped[int]
    updated: orm.Mapped[str]
    data: orm.Mapped[dict] = orm.mapped_column(sa.JSON)
    __table_args__ = (sa.Index("ix_q", "status", "id"),)


if DB == "pg":
    eng = sa.create_engine(
        os.environ.get("PG_DSN", "postgresql+psycopg://postgres@127.0.0.1:5439/bench"),
        pool_size=4,
        max_overflow=4,
        json_serializer=lambda o: orjson.dumps(o).decode(),
        json_deserializer=orjson.loads,
    )
else:
    eng = sa.create_engine(
        "sqlite:///" + os.environ.get("SQLITE_PATH", "floor.db"),
        json_serializer=lambda o: orjson.dumps(o).decode(),
        json_deserializer=orjson.loads,
        connect_args=dict(timeout=30),
    )

    @event.listens_for(eng, "connect")
    def _p(c, _):
        k = c.cursor()
        k.execute("pragma journal_mode=wal")
        k.execute("pragma synchronous=" + ("full" if DB == "sqlite-full" else "normal"))
        k.execute("pragma busy_timeout=30000")
        k.close()


Session = orm.sessionmaker(eng, expire_on_commit=False)
SessionExp = orm.sessionmaker(eng)


def seed(n=1000):
    Base.metadata.drop_all(eng)
    Base.metadata.create_all(eng)
    with eng.begin() as c:
        c.execute(
            sa.insert(User),
            [dict(id=i, email=f"u{i}@x", name=f"U{i}", locale="zh", ent_id=i, role="filer") for i in range(1, 501)],
        )
        c.execute(
            sa.insert(Submission),
            [
                dict(
                    id=i,
                    ent_id=i,
                    period=20263,
                    status=i % 4,
                    version=0,
                    name=f"企业{i}",
                    county=i % 8,
                    chain=i % 13,
                    updated="2026-10-01T00:00:00",
                    data=DATA,
                )
                for i in range(1, n + 1)
            ],
        )


lm = LoginManager(app)


def sess():
    if "s" not in g:
        g.s = Session()
    return g.s


@app.teardown_appcontext
def _td(e):
    s = g.pop("s", None)
    if s is not None:
        s.close()


@lm.user_loader
def _l(uid):
    return sess().get(User, int(uid))


@app.get("/static30")
def static30():
    return Response(PAGEB, mimetype="text/html")


@app.get("/jinja-spec")
def jinja_spec():
    return render_template("form_spec.html", spec=SPEC, values=DATA, errors={}, csrf=None)


@app.get("/wtf-macro")
def wtf_macro():
    return render_template("form_macro.html", form=PlainForm(obj=OBJ), csrf=None)


@app.get("/wtf-inline")
def wtf_inline():
    return render_template("form_inline.html", form=PlainForm(obj=OBJ), csrf=None)


@app.get("/wtf-include")
def wtf_include():
    return render_template("form_include.html", form=PlainForm(obj=OBJ))


@app.get("/wtf-lazy")
def wtf_lazy():
    return render_template("form_macro.html", form=LazyForm(obj=OBJ), csrf=None)


@app.get("/wtf-csrf")
def wtf_csrf():
    f = CForm(obj=OBJ)
    return render_template("form_macro.html", form=f, csrf=f.csrf_token.current_token)


@app.get("/login/<int:uid>")
def login(uid):
    session["_user_id"] = str(uid)
    session["_fresh"] = True
    generate_csrf()
    return generate_csrf()


@app.get("/full")  # Flask-Login (1 SELECT) + 1 SELECT of the document + WTForms + CSRF
@login_required
def full():
    sub = sess().scalar(sa.select(Submission).where(Submission.ent_id == current_user.ent_id))
    f = CForm(data={k: Decimal(v) if v is not None else None for k, v in sub.data.items()})
    return render_template("form_macro.html", form=f, csrf=f.csrf_token.current_token)


@app.get("/full-spec")  # the same with a hand-written spec loop in place of WTForms
@login_required
def full_spec():
    sub = sess().scalar(sa.select(Submission).where(Submission.ent_id == current_user.ent_id))
    return render_template("form_spec.html", spec=SPEC, values=sub.data, errors={}, csrf=generate_csrf())


@app.post("/save")  # WTForms validation + ORM UPDATE + commit + redirect
@login_required
def save():
    f = CForm()
    if not f.validate_on_submit():
        return render_template("form_macro.html", form=f, csrf=f.csrf_token.current_token), 422
    s = sess()
    sub = s.scalar(sa.select(Submission).where(Submission.ent_id == current_user.ent_id))
    sub.data = {k: str(v) for k, v in f.data.items() if k != "csrf_token"}
    sub.version += 1
    s.commit()
    return redirect("/full", 303)


Q_USER = sa.select(User.__table__.c.ent_id, User.__table__.c.role).where(User.__table__.c.id == sa.bindparam("u"))
t = Submission.__table__
Q_SUB = sa.select(t.c.id, t.c.version, t.c.data).where(t.c.ent_id == sa.bindparam("e"))
U_SUB = (
    sa.update(t)
    .where(t.c.id == sa.bindparam("i"), t.c.version == sa.bindparam("v"))
    .values(data=sa.bindparam("d"), version=t.c.version + 1)
)
MAXV = Decimal(999999999)


def check(form):
    out, err = {}, {}
    for sp in SPEC:
        c = sp["code"]
        v = form.get(c, "").strip()
        if not v:
            out[c] = None
            continue
        try:
            d = Decimal(v)
        except Exception:
            err[c] = "Not a number"
            continue
        if not 0 <= d <= MAXV:
            err[c] = "Out of range"
        out[c] = v
    return out, err


@app.post("/save-core")  # hot path: signed cookie, Core statements, plain validation, optimistic lock
def save_core():
    uid = int(session["_user_id"])
    validate_csrf(request.form.get("csrf_token"))
    out, err = check(request.form)
    if err:
        return "bad", 422
    with eng.begin() as c:
        ent, role = c.execute(Q_USER, dict(u=uid)).one()
        sid, ver, old = c.execute(Q_SUB, dict(e=ent)).one()
        c.execute(U_SUB, dict(i=sid, v=ver, d=out))
    return redirect("/full", 303)


@app.get("/full-core")
def full_core():
    uid = int(session["_user_id"])
    with eng.connect() as c:
        ent, role = c.execute(Q_USER, dict(u=uid)).one()
        sid, ver, data = c.execute(Q_SUB, dict(e=ent)).one()
    return render_template("form_spec.html", spec=SPEC, values=data, errors={}, csrf=generate_csrf())


@app.get("/list50")
@login_required
def list50():
    rows = (
        sess()
        .scalars(
            sa.select(Submission)
            .where(Submission.status == 2, Submission.id > int(request.args.get("after", 0)))
            .order_by(Submission.id)
            .limit(50)
        )
        .all()
    )
    return render_template("list.html", rows=rows)


Q_LIST = (
    sa.select(t.c.id, t.c.name, t.c.county, t.c.chain, t.c.status, t.c.updated)
    .where(t.c.status == 2, t.c.id > sa.bindparam("a"))
    .order_by(t.c.id)
    .limit(50)
)


@app.get("/list50-core")
def list50_core():
    uid = int(session["_user_id"])
    with eng.connect() as c:
        ent, role = c.execute(Q_USER, dict(u=uid)).one()
        rows = c.execute(Q_LIST, dict(a=int(request.args.get("after", 0)))).all()
    return render_template("list.html", rows=rows)


def raw(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGEB)))])
    return [PAGEB]


if __name__ == "__main__":
    seed()
# --- skeleton page: rendered once per (form version, language), then 40 slots filled per request
if __name__ != "__main__":
    with app.app_context():
        _sk = (
            app.jinja_env.get_template("form_spec.html")
            .render(
                spec=SPEC, values={s["code"]: "\x00" + s["code"] + "\x00" for s in SPEC}, errors={}, csrf="\x00csrf\x00"
            )
            .split("\x00")
        )
    _idx = [(i, _sk[i]) for i in range(1, len(_sk), 2)]

    @app.get("/full-skel")
    def full_skel():
        uid = int(session["_user_id"])
        with eng.connect() as c:
            ent, role = c.execute(Q_USER, dict(u=uid)).one()
            sid, ver, data = c.execute(Q_SUB, dict(e=ent)).one()
        o = _sk[:]
        for i, k in _idx:
            o[i] = generate_csrf() if k == "csrf" else _h.escape(data[k] or "")
        return "".join(o)
