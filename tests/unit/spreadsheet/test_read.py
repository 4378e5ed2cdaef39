"""A table is read as it stands in the file: no byte lost, every cell at its address, every broken file named."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from portal.kernel.errors import Invalid
from portal.kernel.intake import LARGEST_FILE
from portal.spreadsheet.read import read_table
from portal.spreadsheet.read_parts import Walker
from portal.spreadsheet.read_types import LONGEST_CELL, MOST_ROWS, REFUSALS, CellKind, Table, address_of
from portal.spreadsheet.read_workbook import position_of
from tests.fixtures import workbooks as made

RARE = "𠮷镕㛃喆堃淼犇骉昇旻晟昱曌赟翀翯頔韡祎禛琎瑄璟珅垚垚焱燚鑫龑䶮㙓㴔㵑㳚㑇㒓𫖮𬀩𬍛𬤊𬭚𬴂𫍽𫄧𪩘𫓧𬬭𬬻𫘝"
HEAD = ["统一社会信用代码", "企业名称", "填报单元"]
LINES = [HEAD, ["91331122MA2E1H8U6K", "丽水𠮷祥机械有限公司", "缙云县"]]
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "unicode-text"]


def read(content: bytes, name: str = "list.xlsx") -> Table:
    return read_table(io.BytesIO(content), name, ignored={"说明"}, form_sheet="form")


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def encoded(lines: list[list[str]], encoding: str) -> bytes:
    return made.unicode_text(lines) if encoding == "unicode-text" else made.text(lines, encoding)


# --- encodings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_fifty_rare_names_come_through_every_encoding_whole(encoding: str) -> None:
    lines = [HEAD, *(["91331122MA2E1H8U6K", f"丽水{character}记机械有限公司", "缙云县"] for character in RARE)]
    assert len(lines) >= 50
    assert texts(read(encoded(lines, encoding))) == lines


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(
    names=st.lists(
        st.text(st.sampled_from(RARE + "丽水市机械制造有限公司（）AbZ09-·"), min_size=1, max_size=20),
        min_size=1,
        max_size=8,
    )
)
def test_no_character_is_lost_or_changed(encoding: str, names: list[str]) -> None:
    lines = [HEAD, *([name, "企业名称", "缙云县"] for name in names)]
    assert texts(read(encoded(lines, encoding))) == lines


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18))
def test_a_code_written_as_text_keeps_its_eighteen_characters(code: str) -> None:
    assert texts(read(made.workbook([[code]]))) == [[code]]
    assert texts(read(made.text([[code, "甲"]], "gb18030"))) == [[code, "甲"]]


def test_big5_is_named_and_not_guessed_at() -> None:
    lines = [["統一社會信用代碼", "企業名稱", "填報單位"], ["91331122MA2E1H8U6K", "麗水機械製造有限公司", "縉雲縣"]]
    assert refused(made.text(lines, "big5")) == "big5"


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_separator_is_found(separator: str) -> None:
    assert texts(read(made.text(LINES, "utf-8", separator))) == LINES


def test_a_quoted_line_break_and_separator_belong_to_the_cell() -> None:
    table = read('甲,"乙,\r\n丙",丁\r\n戊,己,庚\r\n'.encode())
    assert texts(table) == [["甲", "乙,\r\n丙", "丁"], ["戊", "己", "庚"]]


# --- workbooks ---------------------------------------------------------------------------------------------------


def test_cells_stand_at_their_addresses_with_the_kind_they_had() -> None:
    def lay(sheet: Worksheet) -> None:
        sheet["C14"], sheet["D14"], sheet["E14"] = "913311000123456789", 913311000123456789, date(2026, 1, 1)
        sheet["F14"], sheet["G14"] = "=C14", True

    (row,) = read(made.workbook([], lay)).rows
    cells = {cell.address: cell for cell in row.cells}
    assert list(cells) == ["C14", "D14", "E14", "F14", "G14"]
    assert cells["C14"].kind is CellKind.TEXT and cells["C14"].text == "913311000123456789"
    assert cells["D14"].kind is CellKind.NUMBER and cells["D14"].text != "913311000123456789"
    assert (cells["E14"].kind, cells["E14"].value) == (CellKind.DATE, date(2026, 1, 1))
    assert cells["G14"].kind is CellKind.OTHER
    assert cells["F14"].kind is CellKind.FORMULA


def test_a_small_number_keeps_its_value() -> None:
    (row,) = read(made.workbook([[3425, 1.5]])).rows
    assert [(cell.text, cell.value) for cell in row.cells] == [("3425", Decimal("3425")), ("1.5", Decimal("1.5"))]


def test_hidden_rows_and_merged_cells_are_told() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.merge_cells("B3:C4")

    table = read(made.workbook([*LINES, ["a", "b"], ["c"]], hide))
    assert [row.number for row in table.rows if row.is_hidden] == [2]
    assert [area.address for area in table.merged] == ["B3:C4"]


def test_blank_rows_are_no_rows_however_many() -> None:
    table = read(made.blank_rows(LINES, 2 * MOST_ROWS))
    assert texts(table) == LINES and table.cells_stored > 4 * MOST_ROWS


def test_an_ignored_sheet_and_the_hidden_form_sheet_are_passed_over() -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(made.workbook(LINES)))
    book.create_sheet("说明")["A1"] = "怎样填写"
    form = book.create_sheet("form")
    form["A1"], form["A2"], form.sheet_state = "register-list", "1", "veryHidden"
    table = read(made.saved(book))
    assert (texts(table), table.form) == (LINES, ("register-list", "1"))


@pytest.mark.parametrize(
    ("row", "column", "address"), [(14, 3, "C14"), (1, 26, "Z1"), (2, 27, "AA2"), (9, 703, "AAA9")]
)
def test_an_address_is_written_and_read_alike(row: int, column: int, address: str) -> None:
    assert address_of(row, column) == address and position_of(address) == (row, column)


# --- what is refused ---------------------------------------------------------------------------------------------


def refused(content: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        read(content)
    message = refusal.value.fields["file"]
    assert message.zh and message.en and "{" not in message.zh + message.en
    assert refusal.value.code in REFUSALS
    return refusal.value.code


def stray(address: str, value: str = "x") -> Callable[[Worksheet], object]:
    return lambda sheet: sheet.cell(*(position_of(address) or (1, 1)), value)


BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "a mark and nothing": (lambda: b"\xef\xbb\xbf", "no-rows"),
    "only separators": (lambda: b",,,\r\n,,,\r\n", "no-rows"),
    "an empty workbook": (lambda: made.workbook([]), "no-rows"),
    "11 MB": (lambda: b"a" * (LARGEST_FILE + 1), "too-large"),
    "a zip renamed .csv": (lambda: made.archive({"list.csv": b"a,b"}), "zip"),
    "an empty zip": (lambda: made.archive({}), "zip"),
    "OpenDocument": (lambda: made.archive({"mimetype": b"x", "content.xml": b"<x/>"}), "open-document"),
    "a binary workbook": (lambda: made.archive({"xl/workbook.bin": b"x"}), "binary-excel"),
    "macros": (lambda: made.with_part(made.workbook(LINES), "xl/vbaProject.bin", b"x"), "macros"),
    "a zip bomb": (made.bomb, "zip-bomb"),
    "a bomb that lies about its size": (made.lying_bomb, "broken"),
    "600 parts": (lambda: made.archive({f"xl/{n}.xml": b"" for n in range(600)}), "zip-bomb"),
    "password": (made.locked, "password"),
    "old Excel": (lambda: made.locked().replace(b"E\x00n\x00c", b"X\x00X\x00X"), "old-excel"),
    "half a workbook": (lambda: made.workbook(LINES)[:2500], "broken"),
    "broken XML": (
        lambda: made.with_part(made.workbook(LINES), "xl/worksheets/sheet1.xml", b"<worksheet><a>"),
        "broken",
    ),
    "an external entity": (
        lambda: made.with_part(
            made.workbook(LINES),
            "xl/sharedStrings.xml",
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst><si><t>&e;</t></si></sst>',
        ),
        "entities",
    ),
    "entities in UTF-16": (
        lambda: made.with_part(
            made.workbook(LINES), "xl/sharedStrings.xml", '<?xml version="1.0"?><!DOCTYPE x []><sst/>'.encode("utf-16")
        ),
        "entities",
    ),
    "a web page": ("<html><table><tr><td>甲</td></tr></table></html>".encode, "web-page"),
    "old XML table": (lambda: b'<?xml version="1.0"?><Workbook/>', "web-page"),
    "PDF": (lambda: b"%PDF-1.4\n%%EOF", "pdf"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n", "picture"),
    "bytes": (lambda: bytes(range(256)) * 4, "not-text"),
    "no encoding": (lambda: b"\xff\xff\xffabc\x81", "encoding"),
    "half a character": (lambda: b"\xff\xfea\x00\xd8", "encoding"),
    "an open quotation": (lambda: b'a,b\r\nc,"d\r\n', "csv"),
    "a page in one cell": (lambda: b"a," + b"x" * (LONGEST_CELL + 1), "long-cell"),
    "a page in one cell of a workbook": (lambda: made.workbook([["x" * (LONGEST_CELL + 1)]]), "long-cell"),
    "too many rows": (lambda: b"a,b\r\n" * (MOST_ROWS + 1), "too-many-rows"),
    "too many rows of a workbook": (lambda: made.workbook([["a"]] * (MOST_ROWS + 1)), "too-many-rows"),
    "too many columns": (lambda: b"a," * 70 + b"b", "too-many-columns"),
    "too many columns of a workbook": (lambda: made.workbook([["a"] * 70]), "too-many-columns"),
    "a cell at the end of the sheet": (lambda: made.workbook(LINES, stray("XFD1048576")), "scattered"),
    "two sheets": (lambda: made.two_sheets(LINES), "several-sheets"),
    "a hidden sheet": (lambda: made.two_sheets(LINES, "hidden"), "hidden-sheet"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_every_broken_file_is_named_for_what_it_is(kind: str) -> None:
    make, code = BROKEN[kind]
    assert refused(make()) == code


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    content = made.bomb()
    tracemalloc.start()
    refused(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024


def test_no_more_is_read_than_a_file_may_have() -> None:
    stream = io.BytesIO(b"a" * (LARGEST_FILE * 2))
    with pytest.raises(Invalid):
        read_table(stream)
    assert stream.tell() == LARGEST_FILE + 1


def outcome(content: bytes) -> str:
    try:
        return "table" if read(content).rows else "a table without rows"
    except Invalid as refusal:
        return refusal.code


@given(st.binary(max_size=400))
def test_whatever_comes_is_a_table_or_a_refusal(content: bytes) -> None:
    assert outcome(content) in {"table", *REFUSALS}


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_a_workbook_with_some_bytes_changed_is_a_table_or_a_refusal(place: int, change: bytes) -> None:
    whole = WHOLE[: place % len(WHOLE)] + change + WHOLE[place % len(WHOLE) + len(change) :]
    assert outcome(whole) in {"table", *REFUSALS}


WHOLE = made.workbook(LINES)
SHEET = made.part_of(WHOLE, "xl/worksheets/sheet1.xml")


@given(
    st.integers(0, len(SHEET) - 1),
    st.sampled_from([b"", b"<", b"<v>9</v>", b'r="ZZZ9999999"', b"\xff", b"t='s'", b"-1"]),
)
def test_a_sheet_with_something_wrong_inside_is_a_table_or_a_refusal(place: int, change: bytes) -> None:
    sheet = SHEET[:place] + change + SHEET[place + len(change) :]
    assert outcome(made.with_part(WHOLE, "xl/worksheets/sheet1.xml", sheet)) in {"table", *REFUSALS}


def test_a_part_with_definitions_of_its_own_is_not_walked() -> None:
    with pytest.raises(Invalid) as refusal:
        Walker().walk(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    assert refusal.value.code == "entities"
