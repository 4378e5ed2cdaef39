"""The two languages: which one a request speaks, the sentences of the interface, and how values are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from babel.support import LazyProxy
from flask import Flask, g, has_request_context, request
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms.i18n import get_translations

from ..kernel.bilingual import HTML_LANG, Bilingual, Language
from ..kernel.clock import local
from ..kernel.measure import percent, signed_percent, written
from ..kernel.period import Quarter

LOCALE_FOLDERS: dict[Language, str] = {"zh": "zh_Hans_CN", "en": "en"}
COOKIE = "portal_lang"
COOKIE_DAYS = 365
_NUMBERED = re.compile(r"\bLS-[0-9A-Z-]*[0-9A-Z]\b")  # receipts, papers, decisions
_ADDRESS = re.compile(r"https?://([\w.-]+)(?:[/?#][^\s（），；。、<>]*)?")
_EN_MONTHS = "January February March April May June July August September October November December".split()


class Sentences:
    """The catalogue of one language: every room's PO file, read into one dictionary."""

    def __init__(self, folder: Path) -> None:
        self.singular: dict[str, str] = {}
        self.plural: dict[str, tuple[str, ...]] = {}
        for file in sorted(folder.glob("*.po")):
            with file.open("rb") as stream:
                self._add(read_po(stream))

    def _add(self, catalogue: Any) -> None:
        for message in catalogue:
            if not message.id or message.fuzzy:
                continue
            if isinstance(message.id, tuple | list):
                self.plural[message.id[0]] = tuple(message.string)
            elif message.string:
                self.singular[message.id] = message.string


_catalogues: dict[Language, Sentences] = {}


def load_sentences(folder: Path) -> None:
    for language_, name in LOCALE_FOLDERS.items():
        _catalogues[language_] = _sentences(folder / name / "LC_MESSAGES")


@lru_cache(maxsize=4)
def _sentences(folder: Path) -> Sentences:
    """Read once per process: reading takes as long as all the rest of making an application."""
    return Sentences(folder)


_kept = g._get_current_object  # a page asks some five hundred times: the proxy around `g` costs more than the answer


def language() -> Language:
    """The language of this request; outside a request the default, Chinese."""
    try:
        chosen: Language = _kept().language
    except (AttributeError, RuntimeError):  # not asked yet, or no application's context
        if not has_request_context():
            return "zh"
        chosen = g.language = _negotiated()
    return chosen


def asked_language() -> Language | None:
    """The language the address asks for by `?lang=`, if it names one of ours."""
    return _known(request.args.get("lang", ""))


def _negotiated() -> Language:
    return asked_language() or _known(request.cookies.get(COOKIE, "")) or _accepted()


def _accepted() -> Language:
    for tag, _quality in request.accept_languages:
        found = _known(tag)
        if found:
            return found
    return "zh"


def _known(tag: str) -> Language | None:
    """zh, zh-CN, zh-Hans-CN, zh_CN and so on are Chinese; en, en-GB … English; all else unknown."""
    start = tag.replace("_", "-").split("-")[0].lower()
    return "zh" if start == "zh" else "en" if start == "en" else None


def gettext(message: str, **values: object) -> str:
    """The sentence in the request's language, its `%(name)s` places filled."""
    catalogue = _catalogues.get(language())
    text = catalogue.singular.get(message, message) if catalogue else message
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    catalogue = _catalogues.get(language())
    forms = catalogue.plural.get(singular) if catalogue else None
    if language() == "zh":
        text = forms[0] if forms else plural
    else:
        text = singular if number == 1 else plural
    return text % {"num": number, **values}


def lazy(message: str) -> LazyProxy:
    """A sentence that is looked up anew each time it is shown (for labels of form classes)."""
    return LazyProxy(gettext, message, enable_cache=False)


class PortalForm(FlaskForm):
    """The base of static forms: WTForms' own messages in the request's language."""

    class Meta(FlaskForm.Meta):
        cache_translations = False
        csrf = False  # CSRFProtect checks every unsafe request; one token per page, not per form

        def get_translations(self, form: Any) -> Any:
            return get_translations(["zh_CN", "zh"] if language() == "zh" else ["en"])


# --- how values are written --------------------------------------------------------------------------------------


def spoken(value: Bilingual | str | None) -> str:
    if value is None:
        return ""
    return value.text(language()) if isinstance(value, Bilingual) else value


def written_date(day: date | datetime | None) -> str:
    if day is None:
        return "\u2013"
    if isinstance(day, datetime):
        day = local(day).date()
    if language() == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_EN_MONTHS[day.month - 1]} {day.year}"


def written_instant(instant: datetime | None) -> str:
    if instant is None:
        return "\u2013"
    there = local(instant)
    separator = " " if language() == "zh" else ", "
    return f"{written_date(there.date())}{separator}{there:%H:%M}"


def written_number(value: Decimal | int | None, places: int = 0) -> str:
    return written(None if value is None else Decimal(value), places, language())


def written_quarter(quarter: Quarter | int | None) -> str:
    if quarter is None:
        return "\u2013"
    return (Quarter.from_code(quarter) if isinstance(quarter, int) else quarter).title.text(language())


def listed(words: Sequence[str]) -> str:
    return ("、" if language() == "zh" else ", ").join(words)


def unbroken(text: str) -> Markup:
    """A sentence with its receipt, paper and decision numbers kept on one line each: they have hyphens to break at."""
    if isinstance(text, Markup):
        return text
    return Markup(_NUMBERED.sub(r'<span class="nb">\g<0></span>', str(escape(text))))  # noqa: S704


def addressed(text: str) -> Markup:
    """A sentence whose web addresses are links called by their host: where they lead, not eighty characters."""
    link = r'<a class="nb" href="\g<0>" rel="noopener">\g<1></a>'
    return Markup(_ADDRESS.sub(link, str(escape(text))))  # noqa: S704


def init_languages(app: Flask, folder: Path) -> None:
    load_sentences(folder)
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]
    env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
    env.filters.update(
        t=spoken,
        date=written_date,
        instant=written_instant,
        number=written_number,
        percent=signed_percent,
        share=percent,
        quarter=written_quarter,
        listed=listed,
        unbroken=unbroken,
        addressed=addressed,
    )


def html_lang() -> str:
    return HTML_LANG[language()]
