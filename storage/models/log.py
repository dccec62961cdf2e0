"""The work-culture group's log beside the reports: confirmations by button, activities, evidence."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import text_enum
from storage.models.base import Base


class ConfirmationKind(StrEnum):
    """What a button under a post confirms."""

    READING = "reading"  # "Sudah dibacakan"
    MEETING = "meeting"  # "Rapat dibuka"
    TWIBBON = "twibbon"  # "Sudah pasang", once a person
    FORWARDED = "forwarded"  # "Sudah diteruskan": into a group that no channel of ours reaches


class Confirmation(Base):
    """A tap that is the log entry. `subject` and `counted_for` make a second tap a no-op.

    `subject` is "reading:<occurrence id>", "meeting:<occurrence id>", "forwarded:<occurrence id>" or
    "twibbon:<schedule id>:<date>";
    `counted_for` is 0 where one entry stands for all, the member's id where each person counts.
    """

    __tablename__ = "confirmations"
    __table_args__ = (UniqueConstraint("office_id", "subject", "counted_for"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrences.id"), index=True)
    kind: Mapped[ConfirmationKind] = mapped_column(text_enum(ConfirmationKind))
    subject: Mapped[str]
    counted_for: Mapped[int] = mapped_column(default=0)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # None once erased
    day: Mapped[date]
    at: Mapped[datetime]
    afterwards: Mapped[bool] = mapped_column(default=False)  # entered later by the secretary


class Activity(Base):
    """An activity that the secretary entered (`/kegiatan`), in the columns of the report form."""

    __tablename__ = "activities"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    day: Mapped[date]
    what: Mapped[str]  # kegiatan
    means: Mapped[str]  # bentuk/media/peralatan
    problem: Mapped[str] = mapped_column(default="")  # permasalahan yang dihadapi
    remedy: Mapped[str] = mapped_column(default="")  # upaya pemecahan
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class EvidenceKind(StrEnum):
    """What was handed in."""

    PHOTO = "photo"
    FILE = "file"
    LINK = "link"


class Evidence(Base):
    """Data dukung of one entry: the channel's file reference, or a link."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrences.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(text_enum(EvidenceKind))
    reference: Mapped[str]  # the link, or the channel's file reference
    channel: Mapped[str | None]
    name: Mapped[str | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
