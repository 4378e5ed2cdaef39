"""Pages about policies: the public list and each policy, and where an enterprise stands with all of them."""

from __future__ import annotations

from functools import partial

from flask import render_template, request

from ..catalogue.queries import catalogue_today
from ..kernel.clock import today
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from . import views_apply, views_bureau, views_lists
from .match import Group, Match, Standing, in_order, terms_in_order
from .pages import blueprint, own
from .policy import exclude
from .queries import all_terms, certifiers, coming, edition_today, matches, names_of
from .queries import policies as standing_policies
from .queries import policy as policy_of
from .queries_application import own_applications
from .queries_beside import Beside, beside, excluded_by
from .rules import amount_words, instalment_words, money
from .words import said_condition

__all__ = ["blueprint", "views_apply", "views_bureau", "views_lists"]


@blueprint.get("/policies")
@allow(Permission.PUBLIC)
def policies() -> str:
    """Every policy that stands, or is published for a later day, and is not withdrawn, by task of the plan."""
    every = coming(read()) | {row.policy.code: row for row in standing_policies(read())}
    found = [row for _, row in sorted(every.items()) if not row.policy.is_withdrawn]
    tasks = catalogue_today(read()).tasks.values()
    return render_template(
        "support/policies.html",
        by_task={task: [row for row in found if row.policy.task == task.code] for task in tasks},
        today=today(),
        amount_words=amount_words,
    )


@blueprint.get("/policies/<policy_code>")
@allow(Permission.PUBLIC)
def policy(policy_code: str) -> str:
    """The version that stands; of a policy that nothing stands of yet, the one that is published for a later day."""
    later, others = coming(read()), {row.policy.code: row.policy for row in standing_policies(read())}
    found = later[policy_code] if policy_code in later.keys() - others else policy_of(read(), policy_code)
    catalogue = catalogue_today(read())
    questions, names = edition_today(read(), catalogue).by_code, names_of(catalogue, [found.policy])
    return render_template(
        "support/policy.html",
        policy=found.policy,
        number=found.number,
        effective_on=found.effective_on,
        later=later.get(policy_code),
        task=catalogue.tasks.get(found.policy.task),
        conditions=[said_condition(condition, questions, names) for condition in found.policy.conditions],
        instalment_words=instalment_words,
        money=money,
        exclusive=[other for other in others.values() if exclude(found.policy, other)],
        excluded=excluded_by(_beside(), found.policy),
        today=today(),
        amount_words=amount_words,
    )


def _beside() -> list[Beside]:
    """What the reader's enterprise was granted this year and has under way; nothing for everybody else."""
    number = actor().enterprise_id
    return [] if number is None else beside(read(), number, today().year)


@blueprint.get("/support")
@allow(Permission.APPLICATION_EDIT)
def support() -> str:
    """Where the enterprise stands with every policy; where it does not accept that, the policies alone."""
    every = matches(read(), own(actor()), today())
    return _uncompared() if every is None else _compared(every)


def _compared(every: list[Match]) -> str:
    """Each condition with its figure; the nearest policy first."""
    tasks = catalogue_today(read()).tasks
    focus = tasks.get(request.args.get("task", ""))
    found = [one for one in every if focus is None or one.policy.task == focus.code]
    shown = next((s for s in Standing if s.value == request.args.get("show")), None)
    applications = own_applications(read(), own(actor()))
    under_way = {row.policy_code for row in applications if row.is_open}
    grouped = in_order(found, today(), under_way)
    return render_template(
        "support/support.html",
        grouped=[(group, one) for group, one in grouped if shown is None or one.standing is shown],
        groups={group: sum(of is group for of, _ in grouped) for group in Group},
        counts={standing: sum(one.standing is standing for one in found) for standing in Standing},
        total=len(found),
        tasks=tasks.values(),
        focus=focus,
        applications=applications,
        under_way=under_way,
        excluded=partial(excluded_by, _beside()),
        shown=shown,
        today=today(),
        amount_words=amount_words,
    )


def _uncompared() -> str:
    tasks, applications = catalogue_today(read()).tasks, own_applications(read(), own(actor()))
    focus = tasks.get(request.args.get("task", ""))
    found = [one for one in all_terms(read()) if focus is None or one.policy.task == focus.code]
    under_way = {row.policy_code for row in applications if row.is_open}
    return render_template(
        "support/uncompared.html",
        grouped=terms_in_order(found, today(), under_way),
        certifiers=certifiers(read(), own(actor())),
        may_accept=actor().may(Permission.MEMBER_MANAGE),
        tasks=tasks.values(),
        focus=focus,
        applications=applications,
        under_way=under_way,
        today=today(),
        amount_words=amount_words,
    )
