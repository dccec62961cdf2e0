"""Which function words which kind of push: what the worker asks, and a trial post too."""

from collections.abc import Mapping

from scheduler.message_parameters import Source, broadcast, meeting, reading, twibbon
from scheduler.quizzes import quiz
from scheduler.weekly_summary import summary
from storage.models import ScheduleKind

SOURCES: Mapping[ScheduleKind, Source] = {
    ScheduleKind.READING: reading,
    ScheduleKind.MEETING: meeting,
    ScheduleKind.TWIBBON: twibbon,
    ScheduleKind.BROADCAST: broadcast,
    ScheduleKind.SUMMARY: summary,
    ScheduleKind.QUIZ: quiz,
}
