"""Self-reports on a behaviour."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import text_enum
from storage.models.base import Base


class ReportState(StrEnum):
    """Where a report stands."""

    SUBMITTED = "submitted"
    CHECKED = "checked"  # by the secretary
    RETURNED = "returned"  # sent back with a remark
    WITHDRAWN = "withdrawn"  # by its author


class Report(Base):
    """What a member says to have done. `key` is minted when the form opens: a second save gives the same report."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)  # None once erased
    key: Mapped[str] = mapped_column(unique=True)
    value_slug: Mapped[str]
    behaviour_n: Mapped[int]
    text: Mapped[str]
    problem: Mapped[str] = mapped_column(default="")
    remedy: Mapped[str] = mapped_column(default="")
    day: Mapped[date]  # local day it counts for
    state: Mapped[ReportState] = mapped_column(text_enum(ReportState), default=ReportState.SUBMITTED)
    remark: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
