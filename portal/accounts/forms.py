"""The forms of accounts. A field parses, it does not judge: what is acceptable is said by rules and commands."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from ..kernel.bilingual import Language
from ..kernel.roles import OFFICE_ROLES, Role
from ..web.language import PortalForm, lazy
from .open_account import Details
from .passwords import NewPassword
from .rules import STATE_TITLES

LANGUAGE_CHOICES = [SelectChoice("zh", "中文"), SelectChoice("en", "English")]


class SignInForm(PortalForm):
    username = StringField(lazy("Username"))
    password = PasswordField(lazy("Password"))


class CodeForm(PortalForm):
    code = StringField(lazy("Six-digit code"))


class ProofForm(PortalForm):
    current_password = PasswordField(lazy("Password"))
    code = StringField(lazy("Six-digit code"))


class ResetRequestForm(PortalForm):
    identity = StringField(lazy("Username or email"))


class NewPasswordForm(PortalForm):
    new_password = PasswordField(lazy("New password"))
    repeat_password = PasswordField(lazy("New password once more"))

    def typed(self) -> NewPassword:
        return NewPassword(self.new_password.data or "", self.repeat_password.data or "")


class RecoverForm(NewPasswordForm):
    username = StringField(lazy("Username"))
    recovery_code = StringField(lazy("Recovery code"))
    new_password = PasswordField(lazy("New password"))
    repeat_password = PasswordField(lazy("New password once more"))


class IdentityForm(PortalForm):
    identity = TextAreaField(lazy("How you checked who it is"))


class PasswordForm(NewPasswordForm):
    """Declared anew in the order of the page, which is the order of the list of errors."""

    current_password = PasswordField(lazy("Current password"))
    new_password = PasswordField(lazy("New password"))
    repeat_password = PasswordField(lazy("New password once more"))


class DetailsForm(PortalForm):
    display_name = StringField(lazy("Name"))
    email = StringField(lazy("Email"))
    phone = StringField(lazy("Phone"))
    language = RadioField(lazy("Language of mails"), choices=LANGUAGE_CHOICES, default="zh")
    current_password = PasswordField(lazy("Current password"))

    def details(self) -> Details:
        return _details(self.display_name.data, self.email.data, self.phone.data, self.language.data)


class RegisterForm(NewPasswordForm):
    username = StringField(lazy("Username"))
    display_name = StringField(lazy("Name"))
    email = StringField(lazy("Email"))
    phone = StringField(lazy("Phone"))
    new_password = PasswordField(lazy("Password"))
    repeat_password = PasswordField(lazy("Password once more"))
    accepts = BooleanField(lazy("I have read the privacy notice and agree to it"))

    def details(self, language: Language) -> Details:
        return _details(self.display_name.data, self.email.data, self.phone.data, language)


class PostForm(PortalForm):
    """A post; `offer` fills in what there is to choose from."""

    role = SelectField(lazy("Post"), validate_choice=False)
    county = SelectField(lazy("County"), validate_choice=False)
    chain = SelectField(lazy("Chain"), validate_choice=False)

    def offer(
        self,
        language: Language,
        nothing: str,
        counties: Sequence[tuple[str, str]],
        chains: Sequence[tuple[str, str]],
    ) -> None:
        """Sets the choices: (code, title) in the request's language, after an empty one called `nothing`."""
        roles = [(role.value, role.title.text(language)) for role in Role if role in OFFICE_ROLES]
        for field, offered in ((self.role, roles), (self.county, counties), (self.chain, chains)):
            field.choices = [SelectChoice("", nothing), *(SelectChoice(code, title) for code, title in offered)]


class InviteForm(PostForm):
    username = StringField(lazy("Username"))
    display_name = StringField(lazy("Name"))
    email = StringField(lazy("Email"))
    phone = StringField(lazy("Phone"))
    role = SelectField(lazy("Post"), validate_choice=False)
    county = SelectField(lazy("County"), validate_choice=False)
    chain = SelectField(lazy("Chain"), validate_choice=False)
    language = RadioField(lazy("Language of mails"), choices=LANGUAGE_CHOICES, default="zh")

    def details(self) -> Details:
        return _details(self.display_name.data, self.email.data, self.phone.data, self.language.data)


class FilterForm(PortalForm):
    """The filters of the administrator's list; a GET form, every view of it a link."""

    text = StringField(lazy("Username or name"))
    kind = SelectField(lazy("Kind"), validate_choice=False)
    state = SelectField(lazy("State"), validate_choice=False)
    role = SelectField(lazy("Post"), validate_choice=False)

    def offer(self, language: Language, every: str, office: str, enterprise: str) -> None:
        roles = [(role.value, role.title.text(language)) for role in Role if role in OFFICE_ROLES]
        states = [(code, title.text(language)) for code, title in STATE_TITLES.items()]
        kinds = [("office", office), ("enterprise", enterprise)]
        for field, offered in ((self.kind, kinds), (self.state, states), (self.role, roles)):
            field.choices = [SelectChoice("", every), *(SelectChoice(code, title) for code, title in offered)]


def _details(name: str | None, email: str | None, phone: str | None, language: str | None) -> Details:
    return Details(name or "", email or "", phone or "", "en" if language == "en" else "zh")
