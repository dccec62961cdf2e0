"""Every administrative act leaves a row."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import JsonObject
from storage.models.base import Base


class AuditEntry(Base):
    """Who did what to which office; `actor_id` is None for the command line and the machine."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    act: Mapped[str]  # "schedule.paused", "member.invited", ...
    detail: Mapped[JsonObject]
    at: Mapped[datetime]
