"""Forms of papers; parsing only."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from ..web.language import PortalForm, lazy


class CodeForm(PortalForm):
    code = StringField(lazy("Verification code"))


class RevokeForm(PortalForm):
    reason = TextAreaField(lazy("Reason for revoking"))
