"""Column types: instants that refuse naive values, enums as their text."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, TypeDecorator
from sqlalchemy.types import TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; PostgreSQL's timestamptz, naive UTC in SQLite. A naive one is a defect: ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware -> what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        return value if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        """What the database keeps, UTC -> aware."""
        return None if value is None else value.replace(tzinfo=UTC)


def whole_number() -> TypeEngine[int]:
    """64 bits in every database. SQLite gives rows their ids only where the column is called INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def text_enum(enum: type[StrEnum]) -> Enum:
    """A column that stores the member's value as text and refuses others."""
    return Enum(
        enum,
        native_enum=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


JsonObject = dict[str, Any]
