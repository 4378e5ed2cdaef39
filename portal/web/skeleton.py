"""HTML that many requests share, written once by the template itself.

A `piece` is what a macro writes for its arguments. A `Skeleton` is what it writes with slots left open, to be filled in
anew for each request. Both are kept, so a macro behind them may depend on nothing but its arguments, the language and
the root of the addresses: nothing of a person, no token, no nonce. Macros are imported without context for that reason.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup

from ..kernel.bilingual import Language
from .language import language

_KEPT = 2048
_request = request._get_current_object  # type: ignore[attr-defined]  # a page holds some thirty pieces
_OPENS, _CLOSES = "\ue000", "\ue001"  # private letters that no definition and no wording holds


def macro(template: str, name: str) -> Callable[..., Markup]:
    written: Callable[..., Markup] = getattr(current_app.jinja_env.get_template(template).module, name)
    return written


def piece(template: str, name: str, *arguments: Hashable | list[Hashable]) -> Markup:
    """What the macro `name` of `template` writes for these arguments in the request's language."""
    hashable = tuple([tuple(value) if isinstance(value, list) else value for value in arguments])
    return _piece(template, name, language(), _request().root_path, hashable)


def init_skeletons(app: Flask) -> None:
    app.jinja_env.globals["piece"] = piece


@lru_cache(maxsize=_KEPT)
def _piece(template: str, name: str, spoken: Language, root: str, arguments: tuple[Hashable, ...]) -> Markup:
    return macro(template, name)(*arguments)


class Skeleton:
    """HTML with open slots. `write` is given a mark for each name, and puts it where the slot's HTML shall stand.

    What is filled in is HTML already: texts that somebody typed have to be escaped before.
    """

    def __init__(self, names: Iterable[str], write: Callable[[Mapping[str, Markup]], str]) -> None:
        marks = {name: Markup(f"{_OPENS}{name}{_CLOSES}") for name in names}  # noqa: S704  our own words
        wording, slots = "", []
        for part in str(write(marks)).replace("%", "%%").split(_OPENS):
            slot, is_slot, rest = part.partition(_CLOSES)
            wording += f"%s{rest}" if is_slot else part
            slots += [slot] if is_slot else []
        self._wording, self._chosen = wording, _chooser(slots)

    def filled(self, values: Mapping[str, str]) -> Markup:
        return Markup(self._wording % self._chosen(values))  # noqa: S704  see above


def _chooser(slots: list[str]) -> Callable[[Mapping[str, str]], Any]:
    if len(slots) > 1:
        return itemgetter(*slots)
    return lambda values: tuple(values[slot] for slot in slots)
