"""What happened to a case since the version somebody saw: each step with its person, from the trail. A read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..audit.models import AuditEvent
from ..audit.queries import newest_of
from ..casework.models import Case
from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import local, whole_day_in_words
from ..kernel.roles import OFFICE_ROLES
from ..kernel.workflow import Action

# Saves of a draft are left out: they are the enterprise's own, and few of them raise the version.
_HANDED_OVER = Bilingual("转交其他填报单元", "Handed to another reporting unit")
_STEPS = {action.value: action.title for action in Action if action is not Action.SAVE} | {"handed-over": _HANDED_OVER}
_LOOKED_AT = 100  # events: questions and answers stand between the steps
_AT = Bilingual("{who}，{day} {time}", "{who}, {day}, {time}")
_ENTERPRISE = Bilingual("企业", "The enterprise")
_PORTAL = Bilingual("系统", "The portal")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it was, by whom (officers by name, the enterprise as such), when."""

    verb: str
    title: Bilingual
    who: Bilingual
    at: datetime

    @property
    def said(self) -> Bilingual:
        at = local(self.at)
        return _AT.fill(who=self.who, day=whole_day_in_words(at.date()), time=f"{at:%H:%M}")


def steps_since(session: Session, case: Case, seen: int) -> list[Step]:
    """Oldest first; none where `seen` is no version that the case ever had."""
    if not 0 < seen < case.version:
        return []
    found = [step for event in newest_of(session, f"case:{case.id}", _LOOKED_AT) if (step := _step(event))]
    return found[: case.version - seen][::-1]


def is_sent_again(steps: Sequence[Step]) -> bool:
    return any(step.verb == Action.SUBMIT.value for step in steps)


def _step(event: AuditEvent) -> Step | None:
    verb = event.verb.partition(".")[2]
    if verb not in _STEPS:
        return None
    roles = set(event.roles.split())
    is_office = bool(roles & {role.value for role in OFFICE_ROLES})
    who = both(event.actor_name) if is_office else _ENTERPRISE if roles else _PORTAL
    return Step(verb, _STEPS[verb], who, event.recorded_at)
