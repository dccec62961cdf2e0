"""Texts that a channel must approve before it brings them to people who did not write lately."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class MessageTemplate(Base):
    """What the channel last told of one of its templates. No row: it was never asked."""

    __tablename__ = "message_templates"

    channel: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]  # as the channel says it: "APPROVED", "PAUSED" ...; of one that it does not have "MISSING"
    category: Mapped[str]  # by which it charges; the channel may change it
    parameters: Mapped[int]  # how many its text has
    told_at: Mapped[datetime]
