"""The pages of enterprises: the applicant's, the members', the offices'. Each set stands in a file of its own."""

from __future__ import annotations

from ..web.resend import labels_of, names_fields
from . import (
    forms,
    forms_register,
    forms_roster,
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
from .registration import LABELS

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
names_fields(
    blueprint,
    labels_of(
        forms.RegistrationForm,
        forms.AnswerForm,
        forms_register.StatusForm,
        forms_register.PositionForm,
        forms_register.ParticularsForm,
        forms_register.DesignationForm,
        forms_register.CodeForm,
        forms_register.TransferForm,
        forms_register.IdentityForm,
        forms_register.InviteForm,
        forms_register.PurposeForm,
        forms_roster.ListForm,
        others=LABELS,
    ),
)
