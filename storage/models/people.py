"""Persons, their addresses on channels, their seat in an office, and the codes by which they join."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import text_enum
from storage.models.base import Base

_SEATED = text("left_at IS NULL AND person_id IS NOT NULL")


class Role(StrEnum):
    """Seats as the regulations name them, the head of office where it holds no seat, and our administrator."""

    KEPALA = "kepala"  # head of the office, where the regulation gives that person no seat in the group
    PENANGGUNG_JAWAB = "penanggung-jawab"
    PENGARAH = "pengarah"
    FASILITATOR = "fasilitator"
    KETUA = "ketua"
    SEKRETARIS = "sekretaris"
    ANGGOTA = "anggota"
    ADMINISTRATOR = "administrator"  # runs the installation; no regulation knows it


class Person(Base):
    """Somebody who has written to the bot. Holds no NIP."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  # as the channel gives it; hostile text, may be empty
    noticed_at: Mapped[datetime | None]  # when the privacy notice was shown
    created_at: Mapped[datetime]


class PersonAddress(Base):
    """A person's account on a channel and the private chat with it."""

    __tablename__ = "person_addresses"
    __table_args__ = (UniqueConstraint("channel", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    channel: Mapped[str]
    user_id: Mapped[str]
    chat_id: Mapped[str | None]  # the private chat; None until the person has started it
    unreachable: Mapped[str | None]  # scheduler.errors.UnreachableReason while it cannot be written to
    phone: Mapped[str | None]  # where the channel tells it: digits with country code; personal, shown masked only
    last_inbound_at: Mapped[datetime | None]  # where that decides whether the person may be written to freely
    opted_in_at: Mapped[datetime | None]  # since when, if ever, the person agrees to be written to unasked
    opted_out_at: Mapped[datetime | None]  # when the person last said that they want answers only


class Member(Base):
    """A line of an office's roster. A name suffices; `person_id` is set once the person has joined."""

    __tablename__ = "members"
    __table_args__ = (
        # one active seat per person
        Index(
            "uq_members_person_active",
            "person_id",
            unique=True,
            sqlite_where=_SEATED,
            postgresql_where=_SEATED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(text_enum(Role), default=Role.ANGGOTA)
    leads_assembly: Mapped[bool] = mapped_column(default=True)  # takes turns in leading the reading
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Invitation(Base):
    """A code to join an office in a role, or a person from another account. Only its hash is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    code_hash: Mapped[str] = mapped_column(unique=True)
    uses_left: Mapped[int]
    expires_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))  # no seat: another account of that person
    created_at: Mapped[datetime]


class JoinAttempt(Base):
    """A code that was wrong; several in a short time are throttled."""

    __tablename__ = "join_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    user_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
