"""What an official figure is and when one can be taken. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ..kernel.bilingual import Bilingual
from ..kernel.measure import NotANumber, read_decimal

SHIPPED = Path(__file__).parent / "definitions" / "official.toml"
WHOLE_YEAR = 0
EARLIEST = 2010
LONGEST_TEXT = 300
_LARGEST = Decimal(10) ** 9
_MONTHS = {1: "3", 2: "6", 3: "9"}
_EN_MONTHS = {1: "March", 2: "June", 3: "September"}


@dataclass(frozen=True, slots=True)
class OfficialEntry:
    """A figure as it shall stand: value in the target's unit, growth in per cent, `quarter` 0 for the whole year."""

    target: str
    year: int
    quarter: int
    value: Decimal
    growth: Decimal | None
    source: str
    source_on: date
    is_confirmed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form, unread."""

    target: str
    year: str
    quarter: str
    value: str
    growth: str
    source: str
    source_on: date | None
    is_confirmed: bool
    note: str


NO_TARGET = Bilingual("选择一项目标。", "Choose a target.")
NO_YEAR = Bilingual("年份写四位数字，{first}至{last}年。", "Write the year in four digits, from {first} to {last}.")
NO_PERIOD = Bilingual("选择全年或累计到哪个季度。", "Choose the whole year, or up to which quarter.")
NO_VALUE = Bilingual("写一个数，不超过4位小数，不写单位。", "Write a number with at most 4 decimals, without its unit.")
NO_GROWTH = Bilingual(
    "写百分数，不超过2位小数，例如9.3；来源没有写就留空。",
    "Write per cent with at most 2 decimals, for example 9.3; leave it empty where the source gives none.",
)
NO_SOURCE = Bilingual(
    "写明数据来自哪份文件或网页，不超过300个字。", "Name the document or page, in at most 300 characters."
)
NO_DAY = Bilingual(
    "按“年-月-日”写来源的日期，不晚于今天。", "Write the date of the source as year-month-day, not after today."
)
TOO_LONG = Bilingual("不超过300个字，不含控制字符。", "At most 300 characters, without control characters.")
NO_NOTE = Bilingual(
    "这一时期已有数据（{value}）。写明为什么更正。",
    "This period has a figure already ({value}). Say why it is corrected.",
)


def period_title(year: int, quarter: int) -> Bilingual:
    """The span of a figure: the year, or from January to the end of a quarter."""
    if quarter == WHOLE_YEAR:
        return Bilingual(f"{year}年", str(year))
    return Bilingual(f"{year}年1–{_MONTHS[quarter]}月", f"January–{_EN_MONTHS[quarter]} {year}")


def read_entry(
    typed: Typed, targets: Collection[str], today: date, standing: str | None
) -> tuple[OfficialEntry | None, dict[str, Bilingual]]:
    """The entry that was typed, or what is wrong by field. `standing` is what the period has already, as written."""
    faults: dict[str, Bilingual] = {}
    if typed.target not in targets:
        faults["target"] = NO_TARGET
    year = read_year(typed.year, today)
    if year is None:
        faults["year"] = NO_YEAR.fill(first=EARLIEST, last=today.year)
    if typed.quarter not in ("0", "1", "2", "3"):
        faults["quarter"] = NO_PERIOD
    value, growth = _number(typed.value, 4), _number(typed.growth, 2)
    if value is None:
        faults["value"] = NO_VALUE
    if growth is None and typed.growth.strip():
        faults["growth"] = NO_GROWTH
    source, note = _line(typed.source), _line(typed.note)
    if not source:
        faults["source"] = NO_SOURCE
    if note is None:
        faults["note"] = TOO_LONG
    elif standing is not None and not note:
        faults["note"] = NO_NOTE.fill(value=standing)
    if typed.source_on is None or typed.source_on > today:
        faults["source_on"] = NO_DAY
    if faults or year is None or value is None or not source or typed.source_on is None:
        return None, faults
    quarter = int(typed.quarter)
    return (
        OfficialEntry(
            typed.target, year, quarter, value, growth, source, typed.source_on, typed.is_confirmed, note or ""
        ),
        {},
    )


def read_year(typed: str, today: date) -> int | None:
    text = typed.strip()
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        return None
    year = int(text)
    return year if EARLIEST <= year <= today.year else None


def _number(typed: str, places: int) -> Decimal | None:
    try:
        value = read_decimal(typed)
    except NotANumber:
        return None
    if value is None or abs(value) >= _LARGEST or value != round(value, places):
        return None
    return value


def _line(typed: str) -> str | None:
    """One line of text, or None when it is too long or holds what cannot be shown."""
    text = " ".join(typed.split())
    return text if len(text) <= LONGEST_TEXT and (text.isprintable() or not text) else None


def shipped(file: Path = SHIPPED) -> list[OfficialEntry]:
    """The official figures that come with the portal. Raises KeyError or ValueError when the file is faulty."""
    rows = tomllib.loads(file.read_text("utf-8"))["official"]
    return [
        OfficialEntry(
            str(row["target"]),
            int(row["year"]),
            int(row["quarter"]),
            Decimal(row["value"]),
            Decimal(row["growth"]) if "growth" in row else None,
            str(row["source"]),
            date.fromisoformat(row["source_on"]),
            row["status"] == "confirmed",
        )
        for row in rows
    ]
