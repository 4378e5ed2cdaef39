"""Now. Instants are aware UTC; the bureau's days are Asia/Shanghai's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .bilingual import MONTHS, Bilingual

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().astimezone(ZONE).date()


def local(instant: datetime) -> datetime:
    return instant.astimezone(ZONE)


def end_of(day: date) -> datetime:
    """The first instant after `day` in Lishui: 24:00, as an aware UTC instant."""
    return datetime.combine(day + timedelta(days=1), time(0), ZONE).astimezone(UTC)


def day_in_words(day: date) -> Bilingual:
    """A day without its year, for sentences: 10月25日, 25 October."""
    return Bilingual(f"{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]}")
