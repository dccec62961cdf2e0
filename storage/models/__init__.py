"""The tables. Importing this package knows them all; relations are plain foreign keys, never loaded lazily."""

from storage.models.audit_log import AuditEntry
from storage.models.base import Base
from storage.models.conversations import Conversation, InboundUpdate
from storage.models.deliveries import Delivery, DeliveryState, Priority
from storage.models.kept_files import KeptFile
from storage.models.leases import Lease
from storage.models.log import Activity, Confirmation, ConfirmationKind, Evidence, EvidenceKind
from storage.models.people import Invitation, JoinAttempt, Member, Person, PersonAddress, Role
from storage.models.questions import Question, QuestionReason, QuestionState, Quiz
from storage.models.reports import Report, ReportState
from storage.models.schedules import (
    HolidayRule,
    Occurrence,
    OccurrenceState,
    Schedule,
    ScheduleException,
    ScheduleKind,
    ScheduleState,
    ScheduleTarget,
    Turn,
    TurnState,
)
from storage.models.settings import Setting
from storage.models.templates import MessageTemplate
from storage.models.units import CalendarDay, DayKind, GroupChat, GroupState, Office

__all__ = [
    "Activity",
    "AuditEntry",
    "Base",
    "CalendarDay",
    "Confirmation",
    "ConfirmationKind",
    "Conversation",
    "DayKind",
    "Delivery",
    "DeliveryState",
    "Evidence",
    "EvidenceKind",
    "GroupChat",
    "GroupState",
    "HolidayRule",
    "InboundUpdate",
    "Invitation",
    "JoinAttempt",
    "KeptFile",
    "Lease",
    "Member",
    "MessageTemplate",
    "Occurrence",
    "OccurrenceState",
    "Office",
    "Person",
    "PersonAddress",
    "Priority",
    "Question",
    "QuestionReason",
    "QuestionState",
    "Quiz",
    "Report",
    "ReportState",
    "Role",
    "Schedule",
    "ScheduleException",
    "ScheduleKind",
    "ScheduleState",
    "ScheduleTarget",
    "Setting",
    "Turn",
    "TurnState",
]
