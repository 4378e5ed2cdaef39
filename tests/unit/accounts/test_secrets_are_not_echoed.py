"""What opens an account is never written into a page again, not even into one that keeps what was typed."""

from __future__ import annotations

from wtforms import PasswordField

from portal.accounts import forms
from portal.web.resend import SECRETS


def test_every_password_and_code_of_the_accounts_forms_is_kept_back() -> None:
    made = [value for value in vars(forms).values() if isinstance(value, type) and hasattr(value, "validate")]
    secret = {
        name
        for form in made
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is PasswordField or name.endswith("code")
    }
    assert {"password", "new_password", "recovery_code", "code"} <= secret
    assert secret <= SECRETS
