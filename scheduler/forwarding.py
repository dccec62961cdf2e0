"""What a person forwards into WhatsApp groups, which no channel of ours reaches."""

from storage.models import ScheduleKind

FORWARDABLE = frozenset({ScheduleKind.READING, ScheduleKind.MEETING, ScheduleKind.TWIBBON, ScheduleKind.BROADCAST})
