"""Indonesian dates and times as people type them -> values. What was read is always read back by the caller.

words      the text as words; the vocabulary
pieces     what a phrase is made of, and the draft that collects it
*_phrases  words -> pieces: times, days, repetitions
runs       which stretch of a text speaks of time, and what is left
meaning    a draft at a given moment -> days, an instant;  repeating: -> a rule
reading    read_when, speaks_of_time, completed, read_time, read_weekdays;  spans: read_span, split_span
"""

from scheduler.date_phrases.meaning import Reason, Unreadable
from scheduler.date_phrases.reading import When, completed, read_time, read_weekdays, read_when, speaks_of_time
from scheduler.date_phrases.spans import read_span, split_span

__all__ = [
    "Reason",
    "Unreadable",
    "When",
    "completed",
    "read_span",
    "read_time",
    "read_weekdays",
    "read_when",
    "speaks_of_time",
    "split_span",
]
