"""When filings are due: working days, the tax filing limit, the lock. Pure over a calendar that others read.

Every date is computed from a `Schedule` (an entry of the catalogue) and a `WorkCalendar` (the calendar table); no date
of any year stands in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..kernel.period import Quarter
from .entries import Schedule

_SATURDAY, _WEEK = 5, 7


@dataclass(frozen=True, slots=True)
class WorkingDaysLeft:
    """How far a deadline is from today in working days, never negative; 0 of another day: only days off lie between."""

    days: int
    is_late: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Weekdays that are off, weekend days that are worked (调休), and months whose tax limit was set by notice.

    A year the State Council has not announced yet simply has no marks: weekdays only, to be called provisional.
    """

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    tax_limits: Mapping[tuple[int, int], date] = field(default_factory=dict)
    announced_years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def working_on_or_after(self, day: date) -> date:
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`th working day after `day`; `day` itself never counts."""
        for _ in range(count):
            day = self.working_on_or_after(day + timedelta(days=1))
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and including `last`; 0 when `last` is not later."""
        if last <= first:
            return 0
        weeks, rest = divmod((last - first).days, _WEEK)
        weekdays = weeks * _SATURDAY + sum([(first.weekday() + n) % _WEEK < _SATURDAY for n in range(1, rest + 1)])
        rested = sum([first < day <= last for day in self.off - self.worked if day.weekday() < _SATURDAY])
        return weekdays - rested + sum([first < day <= last for day in self.worked if day.weekday() >= _SATURDAY])

    def time_left(self, due_on: date, today: date) -> WorkingDaysLeft:
        """To the deadline's own day, or from it until today; the later day counts, the earlier one does not."""
        days = self.working_days_between(min(due_on, today), max(due_on, today))
        return WorkingDaysLeft(days, due_on < today, due_on == today)

    def last_day_within(self, today: date, count: int) -> date:
        """The last day that is no more than `count` working days away: the days off after them are no further."""
        return self.working_days_after(today, count + 1) - timedelta(days=1)

    def is_provisional(self, day: date) -> bool:
        return day.year not in self.announced_years


def tax_limit(calendar: WorkCalendar, schedule: Schedule, year: int, month: int) -> date:
    """The day set by notice for the month, else the schedule's day moved to a working day."""
    told = calendar.tax_limits.get((year, month))
    return told or calendar.working_on_or_after(date(year, month, schedule.tax_day))


def due_on(calendar: WorkCalendar, schedule: Schedule, quarter: Quarter) -> date:
    """The last day to file `quarter`: the configured day of the next month, and never too close to the tax limit."""
    first = (quarter + 1).first_day
    plain = calendar.working_on_or_after(first.replace(day=schedule.due_day))
    limit = tax_limit(calendar, schedule, first.year, first.month)
    return max(plain, calendar.working_days_after(limit, schedule.gap_days))


def return_due_on(calendar: WorkCalendar, schedule: Schedule, returned_on: date) -> date:
    return calendar.working_days_after(returned_on, schedule.return_days)


def review_due_on(calendar: WorkCalendar, schedule: Schedule, submitted_on: date) -> date:
    return calendar.working_days_after(submitted_on, schedule.review_days)


def locks_on(calendar: WorkCalendar, schedule: Schedule, quarter: Quarter) -> date:
    """The last day on which a late filing of `quarter` is taken; never before it is due."""
    months = quarter.last_day.year * 12 + quarter.last_day.month - 1 + schedule.lock_months + 1
    last = date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
    return max(last, due_on(calendar, schedule, quarter))
