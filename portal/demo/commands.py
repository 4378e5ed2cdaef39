"""The operator's intention: fill an empty database with the demo, in one transaction."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ..accounts.hashing import Hasher
from ..audit.trail import record
from ..catalogue.loader import load
from ..catalogue.queries import catalogue_at, catalogue_today, work_calendar
from ..catalogue.reader import checked_entries, marked_days, marked_years
from ..database.bulk import undisturbed
from ..database.session import reading, transaction
from ..kernel.clock import now, today
from ..kernel.roles import Scope, system
from ..questionnaire.store import load_editions, newest
from ..statistics.renew_panels import renew_panels
from ..statistics.renew_rates import renew_rates
from ..support.loader import load as load_policies
from ..support.queries import edition_today, known_codes
from ..support.reader import checked_policies, raw_policies
from ..uploads.store import Received, receive
from .book import Book
from .building import build
from .calibration import figures_of
from .cast import APPLICANTS, PASSWORD
from .census import Census
from .city import City, open_offices
from .crew import hands
from .licence import sample_document, sample_licence
from .models import DemoLoad
from .people import person_of
from .plan import Plan, Wishes, fate, planned
from .planted import ERRORS, places_of
from .queries import is_empty
from .queries_calibration import measured
from .queries_digest import counts, digest, states, totals
from .queries_support import shown
from .rates import chain_rates
from .releasing import release_past
from .risks import FALL, REVIEW, risks_of
from .support_plan import WISHES, papers

REASON = "demo"


class NotEmpty(RuntimeError):
    """There is something in the database already; the demo goes into an empty one only."""


def load_demo(wishes: Wishes, hasher: Hasher, data_dir: Path, others: int | None = None) -> dict[str, Any]:
    """Builds the city and returns the summary that is printed: the same for the same arguments.

    `others` are the processes that help (None: as many as are worth it here); they make no difference to what comes
    of it. Raises NotEmpty, and ValueError for arguments that cannot be met.
    """
    plan = planned(wishes, today())
    with reading(Scope.everything(REASON)) as session:
        _refuse_unless_empty(session)
    licences = [
        receive(io.BytesIO(sample_licence()), folder=data_dir, filename="营业执照（示例）.pdf", purpose="licence")
        for _ in APPLICANTS
    ]
    files = _application_files(plan, data_dir)
    password_hash = hasher.hash(PASSWORD)
    with undisturbed(), transaction(Scope.everything(REASON)) as session:
        _refuse_unless_empty(session)
        city = _founded(session, plan, password_hash)
        open_offices(city)
        build(session, city, licences, files, hands(city) if others is None else others)
        release_past(session, city)
        renew_panels(session)
        renew_rates(session)
        summary = _summary(session, city)
        mark = DemoLoad(arguments=summary["arguments"], digest=summary["digest"], loaded_at=now())
        session.add(mark)
        record(session, system(REASON), stream=REASON, verb="demo.load", detail=summary["arguments"])
        return summary


def _application_files(plan: Plan, data_dir: Path) -> dict[tuple[int, str], Received]:
    """The documents of the demo's applications, by the place of the wish and the kind."""
    titles = {
        row["code"]: {paper["kind"]: paper["title_zh"] for paper in row.get("documents", ())} for row in raw_policies()
    }
    found = {}
    for place, kind in papers({code: list(kinds) for code, kinds in titles.items()}, plan.as_of):
        name = f"{titles[WISHES[place].policy][kind]}（示例）.pdf"
        found[place, kind] = receive(io.BytesIO(sample_document()), folder=data_dir, filename=name, purpose=kind)
    return found


def _refuse_unless_empty(session: Session) -> None:
    if not is_empty(session):
        raise NotEmpty("the database is not empty: the demo is loaded into an empty one only")


def _founded(session: Session, plan: Plan, password_hash: str) -> City:
    """The catalogue and the form as they are shipped, unless they are there already."""
    load(session, checked_entries(), marked_days(), marked_years())
    load_editions(session)
    session.flush()
    now_standing = catalogue_today(session)
    load_policies(session, checked_policies(known_codes(now_standing, edition_today(session, now_standing))))
    catalogue = catalogue_at(session, plan.open)
    edition = newest(session, catalogue.schedule.edition)
    census = Census(catalogue, plan.enterprises, plan.seed)
    errors = places_of(census, has_past=bool(plan.closed))
    book, rates = Book(session.get_bind().dialect.name), chain_rates(census, plan)
    risks = risks_of(census, plan, errors)
    return City(plan, catalogue, work_calendar(session), edition, password_hash, census, errors, risks, book, rates)


def _summary(session: Session, city: City) -> dict[str, Any]:
    plan, window = city.plan, city.windows[city.plan.open]
    arguments = {
        "enterprises": plan.enterprises,
        "quarters": len(plan.closed),
        "seed": plan.seed,
        "as_of": plan.as_of.isoformat(),
    }
    return {
        "arguments": arguments,
        "first_quarter": str((*plan.closed, plan.open)[0]),
        "open_quarter": str(plan.open),
        "due_on": window.due_on.isoformat(),
        "is_extended": window.due_on != window.first_due_on,
        "counts": counts(session),
        "states": states(session, plan.open),
        "totals": totals(session),
        "calibration": _calibration(session, city),
        "twists": _twists(plan),
        "planted": _planted(city),
        "risks": _risks(city),
        "support": shown(session, city.census, plan.as_of),
        "digest": digest(session),
    }


def _calibration(session: Session, city: City) -> list[dict[str, str]]:
    """Each calibrated figure beside its source; none where the year they are of was not filed as a whole."""
    found = measured(session, city.plan, city.catalogue)
    return [] if found is None else [figure.written() for figure in figures_of(found)]


def _twists(plan: Plan) -> dict[str, int]:
    """Filings of the open quarter that went unlike others and say why, by kind: true, so nothing for an officer."""
    return dict(sorted(Counter(fate(n).twist for n in range(plan.enterprises) if fate(n).twist).items()))


def _planted(city: City) -> list[dict[str, Any]]:
    """Every error put there to be found: its kind, and the enterprise, quarter and row where it stands."""
    quarter = str(city.plan.open)
    return [
        {
            "kind": kind,
            "enterprise": number + 1,
            "credit_code": person_of(city.census, number).credit_code,
            "quarter": quarter,
            "row": ERRORS[kind].row,
        }
        for number, kind in city.errors.items()
    ]


def _risks(city: City) -> list[dict[str, Any]]:
    """What the overview of the open quarter warns of because it was put there: its kind, the unit, and who it is."""
    found = [(FALL, number) for number in sorted(city.risks.falling)]
    found += [(REVIEW, number) for number in sorted(city.risks.waiting)]
    return [
        {
            "kind": kind,
            "unit": city.census.places[number].county,
            "enterprise": number + 1,
            "credit_code": person_of(city.census, number).credit_code,
            "quarter": str(city.plan.open),
        }
        for kind, number in found
    ]
