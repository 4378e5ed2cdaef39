"""A term of the field in both languages, written side by side where it is defined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
MONTHS = "January February March April May June July August September October November December".split()
HTML_LANG: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Bilingual:
    """Two wordings of one thing. Neither is a translation of the other; the Chinese one is the legal text."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Bilingual:
        """The same wording with `{placeholders}` filled; what is itself Bilingual follows the language, a day as well:
        2026年10月25日, 25 October 2026."""
        return Bilingual(self.zh.format(**_spoken(values, "zh")), self.en.format(**_spoken(values, "en")))


PORTAL = Bilingual("丽水市产业链服务平台", "Lishui Industry Chain Portal")


def _spoken(values: dict[str, object], language: Language) -> dict[str, object]:
    return {name: _said(value, language) for name, value in values.items()}


def _said(value: object, language: Language) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = whole_day_in_words(value)
    return value.text(language) if isinstance(value, Bilingual) else value


def whole_day_in_words(day: date) -> Bilingual:
    """A day with its year, as each language writes it."""
    return Bilingual(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]} {day.year}")


def named(zh: str, en: str | None) -> Bilingual:
    """A name of which the English one may not be known: the Chinese one stands for it then."""
    return Bilingual(zh, en or zh)


def both(text: str) -> Bilingual:
    """A name that is the same in both languages (a code, a figure, a person's name)."""
    return Bilingual(text, text)
