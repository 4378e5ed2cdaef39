"""The calendar's intention: each enterprise's size class from 1 January, by its approved filings of the year before."""

from __future__ import annotations

from sqlalchemy import select

from ..audit.trail import record
from ..catalogue.queries import catalogue_at
from ..catalogue.size import SizeClass, YearFigures
from ..database.session import transaction
from ..enterprises.enter_size import SizeEntered, enter_size
from ..enterprises.models import Enterprise
from ..enterprises.tell import tell_people
from ..kernel.bilingual import Bilingual
from ..kernel.measure import plain
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from .queries_size import BY_FILINGS, size_year

_TOLD = Bilingual("企业规模类型有变化", "Your size class has changed")
_BODY = Bilingual(
    "自{day}起：{size}（此前：{was}）。依据：{year}年已通过的填报，年末从业人员{staff}人，营业收入{revenue}万元。"
    "如有疑问请联系县级审核员。",
    "From {day}: {size} (before: {was}). It follows from your approved filings of {year}: {staff} staff at the end of "
    "the year, revenue {revenue} × 10k yuan. Ask your county officer if this is not right.",
)


def renew_size(actor: Actor, enterprise_id: int, year: int) -> bool:
    """Computes the class that follows from `year` and enters it; False where that is not complete, or nothing new.

    Facts and cells of filings that were approved before keep the class they were made with.
    """
    with transaction(actor) as session:
        row = session.scalars(
            select(Enterprise)
            .where(Enterprise.id == enterprise_id, Enterprise.status == "registered")
            .with_for_update()
        ).one_or_none()
        figures = size_year(session, enterprise_id, year).figures() if row is not None else None
        if row is None or figures is None:
            return False
        catalogue = catalogue_at(session, Quarter(year + 1, 1))
        entered = enter_size(session, row, figures, BY_FILINGS, catalogue, actor.account_id)
        if entered is None:
            return False
        if entered.was is not None and entered.was != entered.size_class:
            body = _body(entered, figures)
            tell_people(session, row.id, "size-changed", _TOLD, body, "/enterprise", f"size:{year + 1}:{row.id}")
        detail = {"size": entered.size_class, "since": entered.since_on, "was": entered.was}
        detail |= {"staff": figures.staff, "revenue": figures.revenue, "replaced": entered.replaced}
        record(session, actor, stream=f"enterprise:{row.id}", verb="size.computed", detail=detail)
    return True


def _body(entered: SizeEntered, figures: YearFigures) -> Bilingual:
    return _BODY.fill(
        day=entered.since_on,
        size=SizeClass(entered.size_class).title,
        was=SizeClass(entered.was).title,
        year=figures.year,
        staff=figures.staff,
        revenue=plain(figures.revenue),
    )
