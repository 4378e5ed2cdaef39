"""The pages of enterprises: the applicant's, the members', the offices'. Each set stands in a file of its own."""

from __future__ import annotations

from . import (
    queries_uses,
    views_members,
    views_particulars,
    views_position,
    views_recovery,
    views_register,
    views_registration,
    views_roster,
)
from .pages import blueprint

__all__ = [
    "blueprint",
    "queries_uses",
    "views_members",
    "views_particulars",
    "views_position",
    "views_recovery",
    "views_register",
    "views_registration",
    "views_roster",
]
