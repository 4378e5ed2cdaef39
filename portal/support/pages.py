"""What the files of views share, the blueprint first."""

from __future__ import annotations

from flask import Blueprint

from ..kernel.errors import Missing
from ..kernel.roles import Actor
from .evaluate import Status
from .match import Group, Standing
from .policy import LEVELS, VETOES, Tag, Way

blueprint = Blueprint("support", __name__)
# Tag kind and icon of a standing.
STANDING_LOOKS = {
    Standing.AVAILABLE: ("ok", "check"),
    Standing.ONE_SHORT: ("warn", "half"),
    Standing.UNCLEAR: ("info", "info"),
    Standing.NOT_ELIGIBLE: ("", "x"),
    Standing.PAST: ("", "clock"),
}


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "Group": Group,
        "Standing": Standing,
        "Status": Status,
        "Tag": Tag,
        "Way": Way,
        "level_titles": LEVELS,
        "veto_titles": VETOES,
        "standing_looks": STANDING_LOOKS,
    }


def own(actor: Actor) -> int:
    """The enterprise the actor acts for. Raises Missing."""
    if actor.enterprise_id is None:
        raise Missing()
    return actor.enterprise_id
