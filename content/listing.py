"""What of a topic people count: "yang nomor 2 apa?" after the criteria, the activations, the levels."""

from itertools import groupby

from content.regulation import Passage
from content.topics import Topic, labels

_BY_HEADING = ("agen-perubahan/tahapan",)  # one stage has several passages
_HEADED_ONLY = ("aktivasi",)  # what stands before the first heading introduces the list


def listed(topic: Topic) -> tuple[tuple[Passage, ...], ...]:
    """The entries of the topic in order, each with its passages; empty where it is no list, and for values."""
    if topic.value is not None:
        return ()
    passages = [passage for passage in topic.passages if passage.heading != labels().headings["holder"]]
    if topic.id in _HEADED_ONLY:
        passages = [passage for passage in passages if passage.heading]
    if topic.id == "monev/maturitas":
        return _levels(passages)
    if topic.id == "monev/laporan":
        return _columns(passages)
    if topic.id in _BY_HEADING:
        return tuple(tuple(group) for _, group in groupby(passages, lambda passage: passage.heading))
    return tuple((passage,) for passage in passages) if len(passages) > 1 else ()


def _levels(passages: list[Passage]) -> tuple[tuple[Passage, ...], ...]:
    """Each indicator of maturity with the evidence behind it."""
    starts = [place for place, passage in enumerate(passages) if (passage.heading or "").isdigit()]
    return tuple(tuple(passages[start:end]) for start, end in zip(starts, [*starts[1:], None], strict=True))


def _columns(passages: list[Passage]) -> tuple[tuple[Passage, ...], ...]:
    """The columns of the form, which the form itself numbers."""
    names = labels().headings
    place = next((place for place, passage in enumerate(passages) if passage.heading == names["columns"]), None)
    if place is None:
        return ()
    count = len(passages[place].text.split("; "))
    return tuple((passage,) for passage in passages[place + 1 : place + 1 + count])
