"""Forms about enterprises on the register, and about the people of one. They parse; the commands judge."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ..accounts.open_account import Details
from ..kernel.bilingual import Bilingual, Language
from ..web.language import PortalForm, lazy, spoken
from .commands_particulars import ParticularsEntry
from .commands_position import PositionEntry
from .commands_register import DesignationEntry, StatusEntry
from .registration import LONGEST_KEPT, clean

YES_NO = {"yes": Bilingual("是", "Yes"), "no": Bilingual("否", "No")}
LANGUAGE_CHOICES = [SelectChoice("zh", "中文"), SelectChoice("en", "English")]
Titles = Mapping[str, Bilingual]


def offered(titles: Titles, nothing: str | None = None) -> list[SelectChoice]:
    """Choices in the request's language, after an empty one called `nothing`."""
    found = [SelectChoice(code, spoken(title)) for code, title in titles.items()]
    return found if nothing is None else [SelectChoice("", nothing), *found]


class FilterForm(PortalForm):
    """The filters of the register; a GET form, every view of it a link."""

    text = StringField(lazy("Name or credit code"))
    chain = SelectField(lazy("Chain"), validate_choice=False)
    county = SelectField(lazy("Reporting unit"), validate_choice=False)
    segment = SelectField(lazy("Segment"), validate_choice=False)
    size = SelectField(lazy("Size class"), validate_choice=False)

    def offer(self, every: str, chains: Titles, counties: Titles, segments: Titles, sizes: Titles) -> None:
        self.chain.choices, self.county.choices = offered(chains, every), offered(counties, every)
        self.segment.choices, self.size.choices = offered(segments, every), offered(sizes, every)


class StatusForm(PortalForm):
    is_above_scale = RadioField(lazy("On the above-scale list"), validate_choice=False)
    since_on = StringField(lazy("From"))
    source = StringField(lazy("Source"))

    def offer(self) -> None:
        self.is_above_scale.choices = offered(YES_NO)

    def typed(self) -> StatusEntry:
        return StatusEntry(self.is_above_scale.data or "", self.since_on.data or "", self.source.data or "")


class PositionForm(PortalForm):
    segment = StringField(lazy("Primary chain position"))
    gb_class = StringField(lazy("Main industry class"))
    from_on = StringField(lazy("From"))
    source = StringField(lazy("Source"))

    def typed(self) -> PositionEntry:
        return PositionEntry(*(self[name].data or "" for name in ("segment", "gb_class", "from_on", "source")))


class ParticularsForm(PortalForm):
    """What the enterprise keeps current itself; products one a line."""

    address = StringField(lazy("Place of business"))
    contact_name = StringField(lazy("Contact person"))
    contact_phone = StringField(lazy("Contact phone"))
    name_en = StringField(lazy("English name"))
    products = TextAreaField(lazy("Main products"))
    seen = HiddenField()

    def typed(self) -> ParticularsEntry:
        lines = [clean(line[:LONGEST_KEPT]) for line in (self.products.data or "").splitlines()]
        products = tuple(dict.fromkeys(line for line in lines if line))
        address, name, phone, name_en = (
            clean((field.data or "")[:LONGEST_KEPT])
            for field in (self.address, self.contact_name, self.contact_phone, self.name_en)
        )
        return ParticularsEntry(address, name, phone, name_en, products, self.seen.data or "")


class DesignationForm(PortalForm):
    kind = RadioField(lazy("Designated as"), validate_choice=False)
    for_chain = SelectField(lazy("For the chain"), validate_choice=False)
    decided_on = StringField(lazy("Date of the document"))
    document_no = StringField(lazy("Number of the document"))
    until_on = StringField(lazy("Valid until (if it says so)"))

    def offer(self, choose: str, kinds: Titles, chains: Titles) -> None:
        self.kind.choices, self.for_chain.choices = offered(kinds), offered(chains, choose)

    def typed(self) -> DesignationEntry:
        names = ("kind", "for_chain", "decided_on", "document_no", "until_on")
        return DesignationEntry(*(self[name].data or "" for name in names))


class CodeForm(PortalForm):
    credit_code = StringField(lazy("Credit code of the enterprise"))
    name = StringField(lazy("Name on your list"))
    county = SelectField(lazy("Reporting unit"), validate_choice=False)

    def offer(self, counties: Titles) -> None:
        self.county.choices = offered(counties)


class TransferForm(PortalForm):
    version = HiddenField()
    county = SelectField(lazy("Reporting unit"), validate_choice=False)
    reason = TextAreaField(lazy("Why it is handed over"))

    def offer(self, choose: str, counties: Titles) -> None:
        self.county.choices = offered(counties, choose)


class IdentityForm(PortalForm):
    identity = TextAreaField(lazy("How you checked who it is"))


class InviteForm(PortalForm):
    post = RadioField(lazy("Post"), validate_choice=False)
    username = StringField(lazy("Username"))
    display_name = StringField(lazy("Name"))
    email = StringField(lazy("Email"))
    phone = StringField(lazy("Phone"))
    language = RadioField(lazy("Language of mails"), choices=LANGUAGE_CHOICES, default="zh")

    def offer(self, posts: Titles) -> None:
        self.post.choices = offered(posts)

    def details(self) -> Details:
        language: Language = "en" if self.language.data == "en" else "zh"
        return Details(self.display_name.data or "", self.email.data or "", self.phone.data or "", language)


class PurposeForm(PortalForm):
    purposes = SelectMultipleField(
        lazy("Purposes accepted"),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, purposes: Titles) -> None:
        self.purposes.choices = offered(purposes)
