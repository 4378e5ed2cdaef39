"""What an enterprise keeps current itself: where it is, whom to ask, its English name and its main products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Conflict, Invalid, Missing
from ..kernel.roles import Actor
from .application import NEEDED, TOO_LONG
from .issue_record import renew_record
from .models import Enterprise, Particulars, Product
from .queries_register import Dossier, dossier
from .registration import LINES, LISTS, LONGEST_ITEM, REACHED_BY

_WRONG = Bilingual("有内容需要改正。", "Some of what was entered has to be corrected.")
_STALE = Bilingual(
    "你打开页面之后，同事改过这些内容。下面是你填写的，请核对后再保存。",
    "A colleague changed these since you opened the page. Below is what you typed: check it and save again.",
)
_TOO_MANY = Bilingual("最多写{most}种产品，现在是{count}种。", "{most} products at most; there are {count}.")
_LONG_ITEM = Bilingual(
    "每种产品最多{most}个字：“{name}…”太长。", "{most} characters a product at most: “{name}…” is too long."
)


@dataclass(frozen=True, slots=True)
class ParticularsEntry:
    """What was typed, clean; `products` in the enterprise's own order. `seen` is the state the page was made from."""

    address: str
    contact_name: str
    contact_phone: str
    name_en: str
    products: tuple[str, ...]
    seen: str = ""


def state_of(found: Dossier) -> str:
    """A text that changes whenever something of it does."""
    newest = found.particulars[0].id if found.particulars else 0
    products = ".".join(str(product.id) for product in found.present_products)
    return f"{newest}-{products}-{found.row.name_en}"


def standing(found: Dossier) -> ParticularsEntry:
    """What counts now: the newest entry, or what was stated at registration."""
    names = tuple(product.name for product in found.present_products)
    return ParticularsEntry(**found.reached, name_en=found.row.name_en, products=names, seen=state_of(found))


def change_particulars(actor: Actor, typed: ParticularsEntry) -> bool:
    """Enters what is new from today on; False where nothing is. What was before stays, with its days.

    Raises Invalid by field, Conflict when somebody else changed it since the page was made.
    """
    if actor.enterprise_id is None:
        raise Missing()
    problems = _problems(typed)
    if problems:
        raise Invalid("particulars", _WRONG, problems)
    with transaction(actor) as session:
        session.scalars(
            select(Enterprise.id).where(Enterprise.id == actor.enterprise_id).with_for_update()
        ).one_or_none()
        found = dossier(session, actor.enterprise_id)
        before = standing(found)
        if typed.seen != before.seen:
            raise Conflict("particulars-changed", _STALE)
        fields = [name for name in (*REACHED_BY, "name_en") if getattr(typed, name) != getattr(before, name)]
        if not fields and typed.products == before.products:
            return False
        _enter(session, actor, found, typed, fields)
        added, ended = _products(session, actor, found, typed.products)
        # Names and numbers of people stay out of the trail: which fields, and the row that holds them.
        detail: dict[str, Any] = {"fields": fields, "products_added": added, "products_ended": ended}
        renewed = renew_record(session, actor, found.row) if "name_en" in fields else None
        if renewed is not None:
            detail["record"] = renewed.kept()
        record(session, actor, stream=f"enterprise:{found.row.id}", verb="particulars.changed", detail=detail)
    return True


def _problems(typed: ParticularsEntry) -> dict[str, Bilingual]:
    found: dict[str, Bilingual] = {name: NEEDED for name in REACHED_BY if not getattr(typed, name)}
    for name in (*REACHED_BY, "name_en"):
        text: str = getattr(typed, name)
        if len(text) > LINES[name]:
            found[name] = TOO_LONG.fill(most=LINES[name], length=len(text))
    long = next((name for name in typed.products if len(name) > LONGEST_ITEM), None)
    if long is not None:
        found["products"] = _LONG_ITEM.fill(most=LONGEST_ITEM, name=long[:12])
    elif len(typed.products) > LISTS["products"]:
        found["products"] = _TOO_MANY.fill(most=LISTS["products"], count=len(typed.products))
    return found


def _whose(row: Enterprise, actor: Actor) -> dict[str, Any]:
    return {"enterprise_id": row.id, "county": row.county, "chain": row.chain, "created_by_id": actor.account_id}


def _enter(session: Session, actor: Actor, found: Dossier, typed: ParticularsEntry, fields: Sequence[str]) -> None:
    if any(name in REACHED_BY for name in fields):
        said = {name: getattr(typed, name) for name in REACHED_BY}
        session.add(Particulars(**said, **_whose(found.row, actor)))
    found.row.name_en = typed.name_en


def _products(session: Session, actor: Actor, found: Dossier, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Ends what is no longer named and begins what is new, today; what stays keeps its first day."""
    day, present = today(), {product.name: product for product in found.present_products}
    for name, product in present.items():
        if name not in names:
            product.until_on = max(day, product.from_on)
    for place, name in enumerate(names, start=1):
        if name in present:
            present[name].place = place
        else:
            session.add(Product(name=name, place=place, from_on=day, **_whose(found.row, actor)))
    session.flush()
    return [name for name in names if name not in present], [name for name in present if name not in names]
