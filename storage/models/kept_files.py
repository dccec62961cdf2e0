"""Files that people sent, in channels that give them away after some days: wanted first, then kept or given up."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class KeptFile(Base):
    """A photo or file by its channel's reference, which evidence or a broadcast's picture names.

    `not_before`: when it is fetched (again); None once it is kept, or `given_up` for a reason.
    """

    __tablename__ = "kept_files"

    channel: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    wanted_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(index=True)
    given_up: Mapped[str | None]
    media_type: Mapped[str | None]  # by its first bytes, not by what its sender says
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    kept_at: Mapped[datetime | None]
