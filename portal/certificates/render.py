"""A paper as PDF. Loads WeasyPrint: imported by tasks only, in the consumer, never by a web worker.

The same paper gives the same bytes on every run: our own fonts, no clock, and no identifier, for which the engine would
write the whole document twice. Nothing a name can hold makes the engine read a file or ask the network: values are
escaped, and the fetcher knows only data, our fonts and our drawings.
"""

from __future__ import annotations

import base64
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import fromstring

import segno
from jinja2 import Environment, FunctionLoader, StrictUndefined
from PIL import Image, ImageOps
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from ..config import ROOT
from ..kernel.bilingual import PORTAL, whole_day_in_words
from . import wording
from .queries import Sheet
from .rules import spaced, verify_path
from .snapshot import Snapshot

FONTS = Path(__file__).resolve().parent / "fonts"
_TEMPLATES = ROOT / "templates" / "certificates" / "paper"
_DRAWINGS = FONTS.parent / "drawings"
_STYLE = FONTS.parent / "paper.css"
_MARK = ROOT / "static" / "img" / "mark.svg"
_ONE_AT_A_TIME = threading.Lock()
_HAN_MEETS_LATIN = re.compile(r"(?<=[\u3007\u3400-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])(?=[\u3007\u3400-\u9fff])")
_WHITE = re.compile(r"[ \t\r\n\f]+")
_BLANK = '<html><body><section class="cert"><div class="seal"/></section></body></html>'  # shows every drawing
_NO_LETTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what no document may hold
_BETWEEN = re.compile(r"(?<=[>}])\s*\n\s*(?=[<{])")
_LONG, _VERY_LONG, _DENSE = 22, 60, 170
_NARROW = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_DOT = 8  # of the code, in points of the image: sharp at 250 dots an inch and more
_INK = [255, 0, *([0] * 254)]
_MASK = 4  # any mask reads alike over a random code; choosing the neatest of eight costs as much as reading the page


class PackagedFetcher(URLFetcher):
    """Gives the engine what is written into the paper itself, our fonts and our drawings; refuses the rest."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data", "file"), allow_redirects=False)

    def fetch(self, url: str, headers: Any = None) -> Any:
        parts = urlsplit(url)
        if parts.scheme.lower() != "data" and not _is_ours(parts.scheme, parts.netloc, parts.path):
            raise ValueError("a paper fetches nothing from outside")
        return super().fetch(url, headers)


class _Page(HTML):
    """A paper's page without what the engine does for any page of the web: a tenth of a paper, and not one byte of it.

    The page is well-formed, so the standard library's parser reads it. It is matched against paper.css alone, not with
    the engine's own sheet for all of HTML, which makes six pseudo-elements of each element. A test compares the bytes.
    """

    wrapper_element: Any

    def __init__(self, string: str, url_fetcher: URLFetcher) -> None:
        super().__init__(string="", url_fetcher=url_fetcher)
        root = fromstring(string)  # noqa: S314  our own template, every value escaped
        self.wrapper_element = type(self.wrapper_element).from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return []


def _is_ours(scheme: str, host: str, path: str) -> bool:
    if scheme.lower() != "file" or host:
        return False
    file = Path(unquote(path)).resolve()
    return file.parent in (FONTS, _DRAWINGS) or file == _MARK


@dataclass(frozen=True, slots=True)
class _Engine:
    """What is the same for every paper, made once per process."""

    templates: Environment
    fonts: FontConfiguration
    style: CSS
    drawings: dict[str, Any]
    fetcher: PackagedFetcher


@contextmanager
def _only_our_fonts() -> Iterator[None]:
    """Whatever fonts the machine has: a paper's bytes are the same on every one, and a character that ours lack is a
    box. The library of fonts is told by the environment; browsers and others that are started later are not."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    try:
        yield
    finally:
        del os.environ["FONTCONFIG_FILE"]
        if before is not None:
            os.environ["FONTCONFIG_FILE"] = before


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    fetcher = PackagedFetcher()
    with _only_our_fonts():
        fonts = FontConfiguration()
    style = CSS(string=_STYLE.read_text("utf-8"), base_url=f"{FONTS.as_uri()}/", font_config=fonts, url_fetcher=fetcher)
    templates = Environment(loader=FunctionLoader(_template), autoescape=True, undefined=StrictUndefined)
    templates.filters["sp"] = _with_gaps
    templates.filters["latin"] = _latin
    templates.filters["flat"] = _flat
    drawings: dict[str, Any] = {}
    _Page(string=_BLANK, url_fetcher=fetcher).render(stylesheets=[style], font_config=fonts, cache=drawings)
    return _Engine(templates, fonts, style, drawings, fetcher)


def _template(name: str) -> str:
    """Without what indents it: the engine would make boxes of it, and of a line break a line."""
    return _BETWEEN.sub("", (_TEMPLATES / name).read_text("utf-8"))


def page_of(sheet: Sheet, public_url: str, *, is_demo: bool) -> str:
    """The paper as well-formed HTML, before it is set."""
    snapshot = sheet.snapshot
    length = len(snapshot.holder.zh)
    template = _engine().templates.get_template(f"{sheet.kind.value}.html")
    page = template.render(
        paper=sheet,
        snapshot=snapshot,
        fixed=wording,
        portal=PORTAL,
        words=wording.WORDS[sheet.kind],
        day=whole_day_in_words(snapshot.issued_on),
        body=snapshot.text or wording.registered(snapshot.issued_on),
        code=spaced(sheet.token),
        qr=_qr(f"{public_url}{verify_path(sheet.token)}"),
        size="tiny" if length > _VERY_LONG else "small" if length > _LONG else "",
        is_dense=_said(snapshot) > _DENSE,
        is_demo=is_demo,
    )
    return _NO_LETTERS.sub("", page)


def _said(snapshot: Snapshot) -> int:
    """Characters of what varies, in Chinese."""
    texts = (snapshot.holder, *((snapshot.text,) if snapshot.text else ()), *(line.value for line in snapshot.lines))
    return sum(len(text.zh) for text in texts)


def rendered(sheet: Sheet, public_url: str, *, is_demo: bool) -> bytes:
    """The paper's bytes."""
    engine = _engine()
    page = page_of(sheet, public_url, is_demo=is_demo)
    with _ONE_AT_A_TIME:  # two threads are slower than one
        document = _Page(string=page, url_fetcher=engine.fetcher)
        result = document.write_pdf(
            stylesheets=[engine.style],
            font_config=engine.fonts,
            pdf_tags=True,
            cache=dict(engine.drawings),
        )
    return bytes(result or b"")


def _qr(address: str) -> str:
    """Dots, not lines: as a drawing it cost the engine a sixth of the whole paper. Grey, for one bit becomes colour."""
    code = segno.make(address, error="m", boost_error=False, mask=_MASK).matrix
    image = Image.frombytes("L", (len(code), len(code)), b"".join(code)).point(_INK)
    image = ImageOps.expand(image, border=4, fill=255)
    image = image.resize((image.width * _DOT, image.height * _DOT), Image.Resampling.NEAREST)
    file = BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _latin(text: str) -> str:
    """English quotes as a typewriter has them: our faces draw the curved ones as wide as a Chinese character."""
    return text.translate(_NARROW)


def _with_gaps(text: str) -> str:
    """A space between Han and Latin: the engine has no such rule of its own. For our own words only."""
    return _HAN_MEETS_LATIN.sub(" ", text)


def _flat(text: str) -> str:
    """Without line breaks, where a line break in the text is one on paper."""
    return _WHITE.sub(" ", text)
