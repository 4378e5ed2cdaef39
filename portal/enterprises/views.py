"""The pages of enterprises: the applicant's, the members', the offices'. Each set stands in a file of its own."""

from __future__ import annotations

from ..catalogue.chosen import choice_of
from ..web.chosen import choices_of
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
from .pages import DESIGNATION_TITLES, POST_TITLES, blueprint, catalogue
from .queries_registration import OUTSIDE_TITLE
from .registration import LABELS, OUTSIDE, PURPOSES

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
    choices=choices_of(
        lambda field, text: choice_of(catalogue(), field, text),
        forms=(forms_roster.ListForm,),
        ticked=("declares",),
        tables={
            "registered_county": {OUTSIDE: OUTSIDE_TITLE},
            "is_above_scale": forms_register.YES_NO,
            "kind": DESIGNATION_TITLES,
            "post": POST_TITLES,
            "purposes": PURPOSES,
        },
    ),
)
