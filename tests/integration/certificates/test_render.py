"""A paper as bytes: our fonts alone, the text as it was, the same bytes twice, and nothing fetched from anywhere."""

from __future__ import annotations

import cProfile
import hashlib
import os
import pstats
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from weasyprint import HTML

from portal.certificates import render, wording
from portal.certificates.render import FONTS, PackagedFetcher, page_of, rendered
from portal.certificates.rules import PaperKind, spaced
from portal.certificates.snapshot import Line
from portal.config import ROOT
from portal.kernel.bilingual import Bilingual, both
from tests.fixtures.papers import RARE, SERIALS, TOKEN, sheet

URL = "https://portal.example.cn"
SECRET = "root:x:0:0"
FETCHING = [
    '<link rel="attachment" href="file:///etc/passwd">',
    '<img src="file:///etc/passwd">',
    '<img src="{address}/pixel.png">',
    '<style>@import url("{address}/a.css");</style>',
    '<link rel="stylesheet" href="{address}/a.css">',
    '<object data="{address}/a"></object>',
    "{{ 7*7 }}{% include '/etc/passwd' %}",
    '"><svg><image href="{address}/a.svg"/></svg>',
]


class Ear:
    """Listens on the loopback and counts who knocks."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(0.2)
        self.address = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.heard = 0
        self.is_open = True
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while self.is_open:
            try:
                self.server.accept()[0].close()
            except TimeoutError:
                continue
            self.heard += 1

    def close(self) -> None:
        self.is_open = False
        self.thread.join()
        self.server.close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    listening = Ear()
    yield listening
    listening.close()


def tool(name: str, file: Path, *options: str) -> str:
    return subprocess.run(
        [name, *options, str(file), *(["-"] if name == "pdftotext" else [])], check=True, capture_output=True, text=True
    ).stdout


def written(folder: Path, content: bytes) -> Path:
    file = folder / "paper.pdf"
    file.write_bytes(content)
    return file


def fonts(file: Path) -> set[str]:
    return {line.split()[0].partition("+")[2] for line in tool("pdffonts", file).splitlines()[2:]}


def bare(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("kind", PaperKind)
def test_only_our_fonts_are_embedded_and_it_is_one_page_of_a4(kind: PaperKind, tmp_path: Path) -> None:
    file = written(tmp_path, rendered(sheet(kind, both(RARE)), URL, is_demo=True))
    assert fonts(file) == {"Lishui-Song-Usual", "Lishui-Hei-Usual", "Lishui-Song"}
    about = tool("pdfinfo", file)
    assert "Pages:           1\n" in about
    assert "A4" in about


def test_a_character_that_no_font_of_ours_has_takes_none_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A box then, the same everywhere; its text is still the character. Browsers started later see their own fonts."""
    monkeypatch.setenv("FONTCONFIG_FILE", "/somebody/elses.conf")
    render._engine.cache_clear()
    content = rendered(sheet(PaperKind.REGISTRATION_RECORD, both("丽水㒓😀精密有限公司")), URL, is_demo=True)
    file = written(tmp_path, content)
    assert fonts(file) == {"Lishui-Song-Usual", "Lishui-Hei-Usual"}
    assert "㒓😀" in bare(tool("pdftotext", file))
    assert os.environ["FONTCONFIG_FILE"] == "/somebody/elses.conf"


@pytest.mark.parametrize("kind", PaperKind)
def test_a_usual_name_opens_no_large_font(kind: PaperKind, tmp_path: Path) -> None:
    """What a paper costs hangs on it: subsetting a whole font takes ten times as long."""
    name = Bilingual("缙云县鑫晟精密传动（丽水）有限公司", "Jinyun Xinsheng Drive Co., Ltd.")
    content = rendered(sheet(kind, name), URL, is_demo=True)
    assert fonts(written(tmp_path, content)) == {"Lishui-Song-Usual", "Lishui-Hei-Usual"}
    assert len(content) < 80_000


@pytest.mark.parametrize("kind", PaperKind)
def test_the_text_extracts_as_it_was_written(kind: PaperKind, tmp_path: Path) -> None:
    shown = sheet(kind, Bilingual(RARE, "Lishui Sample Co., Ltd."))
    said = bare(tool("pdftotext", written(tmp_path, rendered(shown, URL, is_demo=False))))
    for text in (RARE, shown.serial, spaced(TOKEN), shown.snapshot.credit_code, kind.title.zh, kind.title.en):
        assert bare(text) in said
    for words in (wording.ISSUER, wording.SEAL, *(w for w in (wording.WORDS[kind].caveat,) if w)):
        assert bare(words.zh) in said
    assert bare("2026年10月1日") in said
    assert "DEMO" not in said


def test_the_receipt_prints_its_figures_and_its_fingerprint(tmp_path: Path) -> None:
    shown = sheet(PaperKind.FILING_RECEIPT)
    said = bare(tool("pdftotext", written(tmp_path, rendered(shown, URL, is_demo=False))))
    for text in ("8,426.50", "7,312.40", shown.snapshot.fingerprint, wording.RECEIVED.zh, bare(wording.RECEIVED.en)):
        assert text in said


@pytest.mark.parametrize("kind", PaperKind)
def test_the_same_paper_gives_the_same_bytes(kind: PaperKind) -> None:
    shown = sheet(kind)
    assert rendered(shown, URL, is_demo=False) == rendered(shown, URL, is_demo=False)


def test_another_process_gives_the_same_bytes() -> None:
    said = "import hashlib; from portal.certificates.render import rendered; from tests.fixtures.papers import sheet;"
    said += f"print(hashlib.sha256(rendered(sheet(), {URL!r}, is_demo=False)).hexdigest())"
    answer = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True, cwd=ROOT)
    assert answer.stdout.strip() == hashlib.sha256(rendered(sheet(), URL, is_demo=False)).hexdigest()


@pytest.mark.parametrize("kind", PaperKind)
def test_the_engines_own_parser_and_sheet_would_change_no_byte(
    kind: PaperKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are left out for their cost: the page is well-formed, and paper.css says all that a paper needs."""
    shown = sheet(kind)
    bare_page = rendered(shown, URL, is_demo=True)
    monkeypatch.setattr(render, "_Page", HTML)
    assert rendered(shown, URL, is_demo=True) == bare_page


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (PaperKind.REGISTRATION_RECORD, 114_000),
        (PaperKind.AWARD_LETTER, 110_000),
        (PaperKind.FILING_RECEIPT, 226_000),
    ],
)
def test_a_paper_costs_no_more_calls_than_it_did(kind: PaperKind, most: int) -> None:
    """Calls of Python, which no neighbour on the machine changes: a tenth above what docs/performance.md says."""
    shown = sheet(kind)
    rendered(shown, URL, is_demo=True)
    profile = cProfile.Profile()
    profile.runcall(rendered, shown, URL, is_demo=True)
    assert pstats.Stats(profile).total_calls < most  # type: ignore[attr-defined]


def test_a_name_may_hold_what_no_document_may(tmp_path: Path) -> None:
    name = both('丽水\x00示\x0b例\ufffe<&>"有限公司')
    said = bare(tool("pdftotext", written(tmp_path, rendered(sheet(name=name), URL, is_demo=False))))
    assert '丽水示例<&>"有限公司' in said


def test_a_line_break_in_a_value_is_none_on_paper() -> None:
    """On a paper a line ends where the text has a break; a break that somebody typed must not be one."""
    states = sheet().snapshot
    line = Line(Bilingual("产业链与环节", "Chain"), Bilingual("滚动\r\n功能\t部件", "Linear\nmotion"))
    page = page_of(replace(sheet(), snapshot=replace(states, lines=(line,))), URL, is_demo=False)
    assert "<span>滚动 功能 部件</span>\nLinear motion</p>" in page


def test_a_demonstration_says_so(tmp_path: Path) -> None:
    said = bare(tool("pdftotext", written(tmp_path, rendered(sheet(), URL, is_demo=True))))
    assert bare(wording.SAMPLE.zh) in said
    assert bare(wording.SAMPLE.en) in said


@pytest.mark.parametrize("kind", PaperKind)
@pytest.mark.parametrize("markup", FETCHING)
def test_a_name_reaches_neither_file_nor_network(kind: PaperKind, markup: str, ear: Ear, tmp_path: Path) -> None:
    name = markup.replace("{address}", ear.address)
    content = rendered(sheet(kind, both(name)), URL, is_demo=False)
    said = bare(tool("pdftotext", written(tmp_path, content)))
    with pikepdf.open(tmp_path / "paper.pdf") as document:
        assert len(document.attachments) == 0
    assert SECRET not in said
    assert bare(name) in said  # printed as the letters it is made of
    assert ear.heard == 0


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/", "https://a.example/", "ftp://a.example/", "file:///etc/passwd", "file://host/x"]
)
def test_the_fetcher_gives_nothing_from_outside(address: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        PackagedFetcher().fetch(address)


@pytest.mark.parametrize("way", ["../../../config.py", "%2e%2e/models.py", "x/../../rules.py", "../fonts"])
def test_the_fetcher_does_not_leave_the_folder_of_fonts(way: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        PackagedFetcher().fetch(f"{FONTS.as_uri()}/{way}")


def test_the_fetcher_gives_our_fonts_and_what_is_written_in() -> None:
    fetcher = PackagedFetcher()
    assert fetcher.fetch(f"{FONTS.as_uri()}/LishuiHei.otf").read(4) == b"OTTO"
    assert fetcher.fetch("data:text/plain,abc").read() == b"abc"


@pytest.mark.parametrize("name", ["丽水" + "精" * 80 + "有限公司", "丽水" + "密" * 190, "短"])
@pytest.mark.parametrize("kind", PaperKind)
def test_a_name_of_any_length_stays_on_the_page(kind: PaperKind, name: str, tmp_path: Path) -> None:
    file = written(tmp_path, rendered(sheet(kind, Bilingual(name, "Lishui " * 20)), URL, is_demo=False))
    assert "Pages:           1\n" in tool("pdfinfo", file)
    said = bare(tool("pdftotext", file))
    assert name in said
    assert SERIALS[kind] in said


@pytest.mark.parametrize("size", [1, 4])
def test_a_letter_that_says_much_keeps_clear_of_the_seal(size: int, tmp_path: Path) -> None:
    shown = sheet(PaperKind.AWARD_LETTER, Bilingual("丽水精密传动有限公司" * size, "Lishui Drive Co., Ltd. " * size))
    line = Line(Bilingual("政策", "Policy"), Bilingual("关键技术项目" * size, "Open-call projects " * size))
    last = Line(Bilingual("说明", "Note"), Bilingual("末行", "the last line"))
    text = Bilingual(
        "你单位关于《关键技术项目》的申请，经审核符合条件。" * (2 + size), "Your application was granted. " * 2 * size
    )
    states = replace(shown.snapshot, lines=(line, *(line,) * 3, last), text=text)
    file = written(tmp_path, rendered(replace(shown, snapshot=states), URL, is_demo=False))
    tops = {
        word: float(top) for top, word in re.findall(r'yMin="([\d.]+)"[^>]*>([^<]+)<', tool("pdftotext", file, "-bbox"))
    }
    assert tops["末行"] + 24 < tops[wording.SEAL.zh]  # points: the line, its English, and the edge of the circle


def test_the_code_for_the_phone_is_large_enough_and_of_level_m() -> None:
    page = page_of(sheet(), URL, is_demo=False)
    assert 'class="qr" src="data:image/png' in page
    style = (ROOT / "portal" / "certificates" / "paper.css").read_text("utf-8")
    drawn = float(style.split(".qr {")[1].split("width:")[1].split("mm")[0])
    modules = 33  # version 4 at level M holds the address; the quiet zone adds four on each side
    assert drawn * modules / (modules + 8) >= 25
