"""Which enterprise of the demo shows which case of policy support: found by matching, not by what was planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..support.evaluate import Status
from ..support.match import Match, Standing
from ..support.models import Award
from ..support.policy import Policy, Tag, exclude
from ..support.queries import matches, policies
from .census import Census
from .people import person_of
from .support_plan import LATE, VETOED, exclusive_one

MOST = 40  # enterprises that are asked at most
_SHORT, _MISSING = "还差", "缺少"


def shown(session: Session, census: Census, as_of: date) -> list[dict[str, Any]]:
    """A line a case: the enterprise, and the policy or policies that show it. A small city has not all of them."""
    known = dict[int, list[Match]]()

    def held(number: int) -> list[Match]:
        if number not in known:
            known[number] = matches(session, number + 1, as_of) or []
        return known[number]

    def first(test: Callable[[Match], bool], *numbers: int) -> Iterator[tuple[int, list[str]]]:
        for number in numbers or range(MOST):
            found = [m.policy.code for m in held(number) if test(m)] if number < census.count else []
            if found:
                yield number, found[:1]

    cases = {
        "fully eligible": first(lambda m: _is_open(m.policy, as_of) and _is_met(m)),
        "one condition short": first(lambda m: _is_open(m.policy, as_of) and _is_short(m)),
        "blocked by a veto": first(lambda m: m.is_vetoed, VETOED),
        "unknown for a missing filing": first(_is_missing, LATE),
        "two exclusive policies": _exclusive(census, held),
        "at the annual cap": _capped(session, as_of.year),
    }
    found = {case: next(hits, None) for case, hits in cases.items()}
    return [
        {"case": case, "enterprise": hit[0] + 1, "credit_code": person_of(census, hit[0]).credit_code,
         "policies": hit[1]}
        for case, hit in found.items() if hit is not None
    ]  # fmt: skip


def _is_open(policy: Policy, day: date) -> bool:
    return policy.tag is Tag.SAMPLE and policy.takes_applications(day)


def _is_met(found: Match) -> bool:
    """Available, and not by an officer's judgment alone."""
    return found.standing is Standing.AVAILABLE and found.count(Status.MET) > 0


def _is_short(found: Match) -> bool:
    gaps = [line for line in found.conditions if line.status is Status.NOT_MET and _SHORT in line.detail.zh]
    return found.standing is Standing.ONE_SHORT and bool(gaps)


def _is_missing(found: Match) -> bool:
    lines = [line for line in found.conditions if line.status is Status.UNKNOWN and _MISSING in line.detail.zh]
    return found.policy.tag is Tag.SAMPLE and bool(lines)


def _exclusive(census: Census, held: Callable[[int], list[Match]]) -> Iterator[tuple[int, list[str]]]:
    number = exclusive_one(census.places)
    if number is None:
        return
    met = {m.policy.code: m.policy for m in held(number) if m.may_be_granted}
    for code, policy in met.items():
        others = [other.code for other in met.values() if exclude(policy, other)]
        if others:
            yield number, [code, *others]


def _capped(session: Session, year: int) -> Iterator[tuple[int, list[str]]]:
    caps = {row.policy.code: row.policy.annual_cap for row in policies(session)}
    rows = session.execute(
        select(Award.enterprise_id, Award.policy_code, func.sum(Award.amount))
        .where(Award.year == year)
        .group_by(Award.enterprise_id, Award.policy_code)
        .order_by(Award.enterprise_id, Award.policy_code)
    )
    for enterprise_id, code, total in rows:
        cap = caps[code]
        if cap is not None and total >= cap:
            yield enterprise_id - 1, [code]
