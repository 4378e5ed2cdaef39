"""Column types and mixins shared by all rooms: exact numbers, instants, JSON, whose row it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, types
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.clock import now

# SQLite makes a rowid alias only of INTEGER; PostgreSQL gets bigint.
Identifier = BigInteger().with_variant(Integer(), "sqlite")
JsonDocument = JSON().with_variant(JSONB(), "postgresql")


class ExactDecimal(types.TypeDecorator[Decimal]):
    """A decimal with fixed `places`, kept as a scaled integer: exact on both databases, summable in SQL.

    Raises ValueError when a value has more places than the column keeps: nothing is rounded on the way in.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value.scaleb(self.places)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{value} has more than {self.places} places")
        return whole

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """The same in one step: a page of figures reads hundreds."""
        places = -self.places
        return lambda value: None if value is None else Decimal(int(value)).scaleb(places)


class Instant(types.TypeDecorator[datetime]):
    """An aware instant, kept in UTC. A naive datetime is refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Scoped:
    """A row that belongs to somebody: enterprise, county and chain as they were when the row was made.

    An enterprise that moves keeps its earlier rows where they were. `chain` is the chain of the primary position,
    `00` for none; `county` is the reporting unit's code.
    """

    enterprise_id: Mapped[int] = mapped_column(Identifier, index=True, comment="whose row it is: enterprise.id")
    county: Mapped[str] = mapped_column(String(12), comment="reporting unit when the row was made")
    chain: Mapped[str] = mapped_column(String(4), comment="chain of the primary position when the row was made")


class Stamped:
    """When a row was made, and by which account (None: the system)."""

    created_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")
    created_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id of who made it")


def words_of(kind: type[Enum]) -> EnumType:
    """The enum's values as plain text: readable in the database, checked by CHECK constraints (`among`)."""
    return EnumType(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=False,
        length=20,
    )


def among(column: str, members: Iterable[Enum]) -> str:
    """The CHECK that a column of such words holds one of these."""
    listed = ", ".join(sorted(f"'{member.value}'" for member in members))
    return f"{column} IN ({listed})"
