"""The form page as HTML: its skeleton, written once for each form and language, with one draft's figures filled in.

What it looks like stands in templates/filing/_face.html and _row.html alone. Here stands what goes into which slot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from ..kernel.bilingual import Bilingual, Language
from ..kernel.errors import Refusal
from ..kernel.measure import Scale
from ..kernel.period import Quarter
from ..questionnaire.checks import APPROACHES
from ..questionnaire.edition import Edition
from ..questionnaire.form import APPROACH_PARTS, SCALES, SIGNERS
from ..web.skeleton import Skeleton, macro, piece
from .page import FormPage
from .sheet import SectionView
from .skeleton import past_titles, row_writer

_FACE = "filing/_face.html"
PLAIN_FIELDS = ("stop_reason", "stop_from", "stop_to", "correction", *APPROACH_PARTS, *SIGNERS)
_SLOTS = (
    "submit_by standing closed notes account filing token version shown typing.bad typing.errors stopped correcting "
    "opening estimate rows_done saved_at"
).split()


@dataclass(frozen=True, slots=True)
class Part:
    """A section as far as it is the same in every draft."""

    code: str
    title: str
    short: str
    has_worksheet: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """Everything that shapes the page around its rows, and belongs to no draft alone."""

    edition: Edition
    quarter: Quarter
    language: Language
    sections: tuple[Part, ...]
    locked: bool
    ytd: bool
    corrects: bool
    approach: str

    @property
    def past_titles(self) -> tuple[str, str]:
        return past_titles(self.quarter, self.language)

    @property
    def scales(self) -> Mapping[str, Scale]:
        return SCALES

    @property
    def approaches(self) -> Mapping[str, Bilingual]:
        return APPROACHES


def shape_of(page: FormPage, language: Language) -> Shape:
    is_ytd, approach = page.document.typing == "ytd", page.typed.get("approach", "")
    return Shape(
        page.checked.edition,
        page.quarter,
        language,
        tuple(Part(s.code, s.title, s.short, s.has_worksheet) for s in page.sections if s.rows),
        locked=not page.is_editable,
        ytd=is_ytd,
        corrects=is_ytd or bool(page.typed.get("correcting")),
        approach=approach if approach in APPROACHES else "",
    )


@lru_cache(maxsize=64)
def _skeleton(shape: Shape, root: str) -> Skeleton:
    names = [*_SLOTS, *(f"{kind}.{part.code}" for part in shape.sections for kind in ("open", "tag", "rows", "mark"))]
    names += [name + kind for name in PLAIN_FIELDS for kind in ("", ".bad", ".errors", ".aria")]
    return Skeleton(names, lambda marks: macro(_FACE, "form_face")(shape, marks))


def face(
    page: FormPage, language: Language, *, token: str, account_id: int | None, root: str, refusal: Refusal | None = None
) -> Markup:
    """All of the page below its crumbs but for the answers to the officer, which are forms of their own."""
    shape = shape_of(page, language)
    slots = dict(_once(page, shape), token=str(escape(token)), account=str(account_id))
    slots |= _switches(page, refusal)
    writer = row_writer(shape.edition, page.quarter, language, ytd=shape.ytd, locked=shape.locked, talk=page.now.talk)
    for section in page.sections:
        if section.rows:
            slots |= _section(page, section, writer)
    for name in PLAIN_FIELDS:
        slots |= _field(page, name, refusal)
    return _summary(page, refusal) + _skeleton(shape, root).filled(slots)


def crumbs(quarter: Quarter) -> Markup:
    return piece(_FACE, "crumbs_to", quarter)


def _summary(page: FormPage, refusal: Refusal | None) -> Markup:
    if refusal is not None:
        wrong = list(refusal.fields.items())
        return macro(_FACE, "problems_of")(wrong, [] if wrong else [refusal.message], [])
    if page.is_checked and page.checked.open:
        return macro(_FACE, "problems_of")(page.sheet.problems(), [], page.sheet.questions())
    return Markup()


def _once(page: FormPage, shape: Shape) -> Iterator[tuple[str, str]]:
    now, locked = page.now, shape.locked
    yield "submit_by", piece(_FACE, "submit_by", page.due_on)
    yield "standing", piece(_FACE, "standing", now.state, page.days_left if page.is_editable else None)
    yield "closed", piece(_FACE, "closed_note", page.closed, page.is_with_preparer) if locked or page.closed else ""
    said = page.changed_class, page.talk_at(None), page.officer_says
    yield "notes", macro(_FACE, "notes_of")(*said) if any(said) else ""
    yield "filing", str(now.filing_id)
    yield "version", str(now.draft_version)
    yield "shown", escape(page.shown)
    opening = page.sheet.opening()
    title = shape.past_titles[1]
    yield "opening", macro(_FACE, "opening_block")(opening, shape.ytd, locked, title) if opening else ""
    yield "estimate", _estimate(page, locked) if page.offers_estimate else ""
    yield "rows_done", piece(_FACE, "rows_done", page.done, page.asked)
    yield "saved_at", macro(_FACE, "saved_at")(now.saved_at)


def _estimate(page: FormPage, locked: bool) -> str:
    rate = page.estimated_by or page.now.rate
    return piece(_FACE, "estimating", rate.said if rate else None, bool(page.typed.get("estimate")), locked)


def _switches(page: FormPage, refusal: Refusal | None) -> dict[str, str]:
    found = {name: "checked" if page.typed.get(name) else "" for name in ("stopped", "correcting")}
    wrong = _refused("typing", refusal)
    errors = macro(_FACE, "errors_at")("typing", wrong) if wrong else ""
    return found | {"typing.bad": "bad" if wrong else "", "typing.errors": errors}


def _refused(name: str, refusal: Refusal | None) -> tuple[Bilingual, ...]:
    return (refusal.fields[name],) if refusal is not None and name in refusal.fields else ()


def _field(page: FormPage, name: str, refusal: Refusal | None) -> dict[str, str]:
    text = str(escape(page.typed.get(name, "")))
    wrong = (*page.sheet.said(name), *_refused(name, refusal))
    if not wrong:
        return {name: text, f"{name}.bad": "", f"{name}.errors": "", f"{name}.aria": ""}
    invalid = "" if name == "correction" else 'aria-invalid="true" '
    return {
        name: text,
        f"{name}.bad": "bad",
        f"{name}.errors": macro(_FACE, "errors_at")(name, wrong),
        f"{name}.aria": f'{invalid}aria-describedby="{name}-error"',
    }


def _section(page: FormPage, section: SectionView, writer: Callable[..., Markup]) -> dict[str, str]:
    code = section.code
    counts = section.errors, section.to_explain, section.questions, section.is_complete, section.done, section.asked
    return {
        f"open.{code}": "open" if section.is_open or (page.is_checked and section.errors) else "",
        f"tag.{code}": piece(_FACE, "section_tag", *counts),
        f"mark.{code}": piece(_FACE, "section_mark", *counts),
        f"rows.{code}": "".join([writer(row) for row in section.rows]),
    }
