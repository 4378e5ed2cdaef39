"""What a table looks like once it was read: cells with addresses and kinds as found; why a file cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.errors import Invalid
from ..kernel.intake import EMPTY_FILE, FILE_TOO_LARGE
from ..kernel.word import Word

LARGEST_UNPACKED = 96 * 1024 * 1024  # bytes of all parts of a workbook together
MOST_RATIO = 250  # unpacked ÷ packed of one part; 100,000 blank rows stay below 100
MOST_PARTS = 500
MOST_ROWS = 20_000  # rows in which something stands
MOST_COLUMNS = 60
MOST_AREA = 1_200_000  # last row × last column in which something stands: what the reader lays out in memory
LONGEST_CELL = 2_000  # characters


class CellKind(Word):
    """What a cell held in the file, not what it looks like."""

    BLANK = "blank"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FORMULA = "formula"
    OTHER = "other"  # times, truth values, errors


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is how the content is written, `value` the number or day behind it; rows and columns count from 1."""

    row: int
    column: int
    kind: CellKind
    text: str = ""
    value: Decimal | date | None = None

    @property
    def address(self) -> str:
        return address_of(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of merged cells."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        return f"{address_of(self.top, self.left)}:{address_of(self.bottom, self.right)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row in which something stands; `cells` are those that are not blank, in order."""

    number: int
    cells: tuple[Cell, ...]
    is_hidden: bool = False

    def at(self, column: int) -> Cell:
        """The cell of a column, blank where nothing stands."""
        found = next((cell for cell in self.cells if cell.column == column), None)
        return found or Cell(self.number, column, CellKind.BLANK)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as it was found. `form` are the texts of the hidden sheet that the portal's own forms carry."""

    is_workbook: bool
    encoding: str
    sheet: str
    rows: tuple[Row, ...]
    merged: tuple[Area, ...] = ()
    form: tuple[str, ...] = ()
    cells_stored: int = 0


def address_of(row: int, column: int) -> str:
    """`C14` for row 14, column 3."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


REFUSALS: dict[str, Bilingual] = {
    "empty": EMPTY_FILE,
    "too-large": FILE_TOO_LARGE,
    "no-rows": Bilingual("这个文件里没有任何内容。", "Nothing stands in this file."),
    "password": Bilingual(
        "这个工作簿设有打开密码，系统读不了。请在Excel中取消密码后再传。",
        "This workbook is protected by a password and cannot be read. Remove the password in Excel and send it again.",
    ),
    "old-excel": Bilingual(
        "这是旧版Excel文件（.xls）。请另存为“Excel工作簿（.xlsx）”后再传。",
        "This is a file of old Excel (.xls). Save it as “Excel Workbook (.xlsx)” and send that.",
    ),
    "binary-excel": Bilingual(
        "这是Excel二进制工作簿（.xlsb）。请另存为“Excel工作簿（.xlsx）”后再传。",
        "This is a binary workbook (.xlsb). Save it as “Excel Workbook (.xlsx)” and send that.",
    ),
    "macros": Bilingual(
        "这个工作簿带有宏。请另存为不带宏的“Excel工作簿（.xlsx）”后再传。",
        "This workbook carries macros. Save it as “Excel Workbook (.xlsx)”, without macros, and send that.",
    ),
    "open-document": Bilingual(
        "这是OpenDocument表格（.ods）。请另存为.xlsx后再传。",
        "This is an OpenDocument table (.ods). Save it as .xlsx and send that.",
    ),
    "zip": Bilingual(
        "文件名像表格，内容却是ZIP压缩包。请解压后上传其中的表格。",
        "Its name says table, but it is a ZIP archive. Unpack it and send the table in it.",
    ),
    "zip-bomb": Bilingual(
        "这个压缩文件展开后异常巨大，没有读取。请把名录复制到新工作簿后再传。",
        "Unpacked, this file would be abnormally large; it was not read. Copy the list into a new workbook.",
    ),
    "broken": Bilingual(
        "这个工作簿已损坏，打不开。请在Excel中重新保存后再传。",
        "This workbook is damaged and cannot be opened. Save it once more in Excel and send that.",
    ),
    "entities": Bilingual(
        "这个工作簿里有普通表格不会有的定义（DTD），没有读取。请把名录复制到新工作簿后再传。",
        "This workbook holds definitions (a DTD) that no table needs; it was not read. Copy the list into a new one.",
    ),
    "web-page": Bilingual(
        "文件名像表格，内容却是网页（HTML）或XML。请用Excel打开，另存为.xlsx后再传。",
        "Its name says table, but it is a web page (HTML) or XML. Open it in Excel and save it as .xlsx.",
    ),
    "pdf": Bilingual("这是PDF文件，不是表格。请上传XLSX或CSV。", "This is a PDF, not a table. Send XLSX or CSV."),
    "picture": Bilingual("这是图片，不是表格。请上传XLSX或CSV。", "This is a picture, not a table. Send XLSX or CSV."),
    "not-text": Bilingual(
        "这个文件既不是工作簿，也不是文本表格。请上传XLSX或CSV。",
        "This file is neither a workbook nor a table of text. Send XLSX or CSV.",
    ),
    "big5": Bilingual(
        "这个文件看来是Big5（繁体）编码，直接读会出现错字。请另存为UTF-8的CSV或.xlsx后再传。",
        "This file seems to be in Big5: read as it is, characters would come out wrong. Save it as UTF-8 CSV or .xlsx.",
    ),
    "encoding": Bilingual(
        "认不出这个文本文件的编码（第{place}个字节）。请另存为UTF-8的CSV或.xlsx后再传。",
        "The encoding of this text cannot be told (byte {place}). Save it as UTF-8 CSV or .xlsx.",
    ),
    "csv": Bilingual(
        "CSV文件在第{line}行附近有不成对的引号，无法分列。",
        "Near line {line} a quotation mark of this CSV has no partner, so its columns cannot be told.",
    ),
    "long-cell": Bilingual(
        "单元格{place}超过{most}个字，没有读取。",
        "Cell {place} has more than {most} characters; the file was not read.",
    ),
    "too-many-rows": Bilingual(
        "有内容的行超过{most}行。请分成几个文件上传。",
        "More than {most} rows hold something. Send the list in several files.",
    ),
    "too-many-columns": Bilingual(
        "有内容的列超过{most}列，这不像一份名录。",
        "More than {most} columns hold something: this does not look like a list.",
    ),
    "scattered": Bilingual(
        "内容散落得太远（直到{place}）。请删除名录下方和右侧的零散单元格。",
        "Content lies too far out (as far as {place}). Delete the stray cells below and right of the list.",
    ),
    "several-sheets": Bilingual(
        "工作簿里有几张工作表都有内容：{names}。请只留下名录这一张。",
        "Several sheets of this workbook hold something: {names}. Leave only the list.",
    ),
    "hidden-sheet": Bilingual(
        "有内容的工作表“{names}”是隐藏的。请取消隐藏或删除。",
        "The sheet “{names}” holds something and is hidden. Show it or delete it.",
    ),
}
"""Why a file is refused whole, by code. Nothing of such a file is kept."""


def unreadable(code: str, **values: object) -> Invalid:
    """The refusal of a whole file, to stand beside the field `file`."""
    message = REFUSALS[code].fill(**values) if values else REFUSALS[code]
    return Invalid(code, message, {"file": message})
