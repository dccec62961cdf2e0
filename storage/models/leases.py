"""Who may act for a bot: one process at a time, until its lease lapses."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class Lease(Base):
    """One right that only one process has. The row of a process that died lapses by itself."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)  # "telegram": polling, answering, planning and sending there
    holder: Mapped[str]
    until: Mapped[datetime]
    renewed_at: Mapped[datetime]  # when somebody was last alive: how long an outage was
    paused_until: Mapped[datetime | None]  # the channel asked the whole bot to wait so long
