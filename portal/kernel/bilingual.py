"""A term of the field in both languages, written side by side where it is defined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
HTML_LANG: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Bilingual:
    """Two wordings of one thing. Neither is a translation of the other; the Chinese one is the legal text."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Bilingual:
        """The same wording with `{placeholders}` filled; a value that is itself Bilingual follows the language."""
        return Bilingual(self.zh.format(**_spoken(values, "zh")), self.en.format(**_spoken(values, "en")))


def _spoken(values: dict[str, object], language: Language) -> dict[str, object]:
    return {k: v.text(language) if isinstance(v, Bilingual) else v for k, v in values.items()}


def both(text: str) -> Bilingual:
    """A name that is the same in both languages (a code, a figure, a person's name)."""
    return Bilingual(text, text)
