"""The message that answers a question: (key, parameters) for `content.rendering`, from a topic or a decline.

`topic` among the parameters is what was answered, None where nothing was: no follow-up leans on that; `asked`, which
the caller may set, is what is kept of the question should the answer be called unfitting. Long answers are cut into
pages; the first page shown is the one that holds the passage nearest to the question.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from content.knowledge_base import Answer, Declined, Reason, Result, Suggestions, missing_part
from content.listing import listed
from content.normalising import content_words
from content.practice import practice_of
from content.regulation import Behaviour, Manifestation, Passage, Regulation, Value, Variant
from content.retrieval import nearest_texts
from content.topics import Topic, topic_label, topic_of, topics_of

PAGE_LENGTH = 1200  # characters of quotations and clauses on one page: about two screens of a phone
NEAREST_MANIFESTATIONS = 3
_LONGEST_ACTION = 64  # bytes that a channel gives back with a press
_SHOWN_WHOLE = ("aktivasi",)  # its parts stand in its own answer

Keyed = tuple[str, dict[str, Any]]


def answer_message(regulation: Regulation, result: Result, question: str = "") -> Keyed:
    """What to say to a question that came out as `result`."""
    match result:
        case Answer(topic, beside=beside, item=item, leaning=leaning):
            key, parameters = topic_message(regulation, topic, question, beside)
            if item is not None:
                parameters |= _item(topics_of(regulation)[topic], item)
            return key, parameters | {"leaning": leaning}
        case Suggestions(topics):
            return "answer/suggestions", {"topics": _suggested(regulation, topics), "topic": None, "asked": None}
        case Declined(Reason.INCOMPLETE):  # without "topic": it ends nothing that may be leaned on
            return "answer/incomplete", {"regulation": regulation.title}
        case Declined(Reason.NOT_UNDERSTOOD):
            return "answer/not_understood", {"regulation": regulation.title, "topic": None}
        case Declined(Reason.ATTACHMENT_MISSING, topic, missing) if missing:
            return "answer/attachment_missing", {
                "regulation": regulation.title,
                "topic": topic_label(regulation, topic) if topic else None,
                "part": missing.part,
                "reason": missing.reason,
                "source": missing.source,
                "related": _above(regulation, topic or ""),
            }
        case Declined(topic=elsewhere):
            return "answer/not_regulated", {
                "regulation": regulation.title,
                "topic": topic_label(regulation, elsewhere) if elsewhere else None,
                "related": _above(regulation, elsewhere or ""),
            }


def whole_answer(regulation: Regulation, result: Result, question: str = "") -> Iterator[Keyed]:
    """As `answer_message`, in as many messages as it takes to show every page and every manifestation."""
    if not isinstance(result, Answer):
        yield answer_message(regulation, result, question)
        return
    opening = topic_message(regulation, result.topic, question, page=1)
    pages = opening[1]["turning"]["pages"] if "turning" in opening[1] else 1
    for page in range(1, pages + 1):
        near = result.beside if page == pages else ()
        yield topic_message(regulation, result.topic, question, near, page)
    topic = topic_of(regulation, result.topic)
    if topic and topic.value and len(topic.manifestations) > NEAREST_MANIFESTATIONS:
        opening = manifestations_message(regulation, topic.value.slug)
        for page in range(1, opening[1]["turning"]["pages"] + 1):
            yield manifestations_message(regulation, topic.value.slug, page)


def topic_message(
    regulation: Regulation,
    topic_id: str,
    question: str = "",
    alternatives: Sequence[str] = (),
    page: int | None = None,
) -> Keyed:
    """What the regulation says on the topic; `page` from 1, by default the one nearest to the question.

    Raises:
        LookupError: this regulation says nothing on the topic.
    """
    topic = topic_of(regulation, topic_id)
    if topic is None:
        raise LookupError(topic_id)
    missing = missing_part(regulation, topic_id)
    shared = {
        "regulation": regulation.title,
        "topic": topic_id,
        "asked": None,
        "leaning": False,
        "note": missing.reason if missing else None,
        "parts": _parts(regulation, topic),
        "alternatives": _links(regulation, alternatives, "ask.topic"),
    }
    if topic.value is not None and topic.behaviour is not None:
        return "answer/behaviour", shared | _behaviour(regulation, topic.value, topic.behaviour, question)
    if topic.value is not None:
        return "answer/value", shared | _value(regulation, topic.value, question)
    return "answer/passages", shared | _passages(topic, question, page)


def manifestations_message(regulation: Regulation, value_slug: str, page: int = 1) -> Keyed:
    """All manifestations of one value, by pages.

    Raises:
        LookupError: this regulation has none for such a value.
    """
    topic = topic_of(regulation, f"nilai/{value_slug}")
    if topic is None or not topic.manifestations:
        raise LookupError(value_slug)
    pages = _pages([len(item.text) + len(item.source) for item in topic.manifestations])
    shown = min(max(page, 1), len(pages))
    return "answer/manifestations", {
        "regulation": regulation.title,
        "topic": topic.id,
        "value": topic.heading,
        "items": [_manifestation(topic.manifestations[number]) for number in pages[shown - 1]],
        "turning": _turning(f"ask.more:{value_slug}", shown, len(pages)),
    }


def examples_message(regulation: Regulation, topic_id: str) -> Keyed:
    """How a value, or that of a behaviour, looks in deeds: its manifestations, or the sentence that none are given.

    Raises:
        LookupError: this regulation has no such value or behaviour.
    """
    topic = topic_of(regulation, topic_id)
    if topic is None or topic.value is None:
        raise LookupError(topic_id)
    if topic.manifestations:
        return manifestations_message(regulation, topic.value.slug)
    return "answer/no_examples", {
        "regulation": regulation.title,
        "topic": topic_id,
        "heading": topic.heading,
        "text": topic.passages[0].text,
        "practice": practice_of(regulation, topic_id),
    }


def values_message(regulation: Regulation) -> Keyed:
    """The values, each with its meaning and a button."""
    return "answer/values", {
        "regulation": regulation.title,
        "topic": "nilai",
        "term": regulation.terms.values,
        "acronym": regulation.acronym,
        "values": [
            {"name": value.name, "meaning": value.meaning, "source": value.source} for value in regulation.values
        ],
        "links": _links(regulation, [f"nilai/{value.slug}" for value in regulation.values], "ask.topic"),
    }


def _behaviour(regulation: Regulation, value: Value, behaviour: Behaviour, question: str) -> dict[str, Any]:
    return {
        "term": regulation.terms.behaviours,
        "value": value.name,
        "meaning": value.meaning,
        "number": behaviour.n,
        "text": behaviour.text,
        "source": behaviour.source,
        "variants": _variants(behaviour.variants),
        "practice": practice_of(regulation, f"nilai/{value.slug}/{behaviour.n}"),
        **_manifestations(regulation, value, f"{question} {behaviour.text}"),
    }


def _value(regulation: Regulation, value: Value, question: str) -> dict[str, Any]:
    return {
        "term": regulation.terms.behaviours,
        "value": value.name,
        "meaning": value.meaning,
        "source": value.source,
        "variants": _variants(value.variants),
        "practice": practice_of(regulation, f"nilai/{value.slug}"),
        "behaviours": [
            {"number": item.n, "text": item.text, "source": item.source, "variants": _variants(item.variants)}
            for item in value.behaviours
        ],
        **_manifestations(regulation, value, question),
    }


def _manifestations(regulation: Regulation, value: Value, near: str) -> dict[str, Any]:
    """The few manifestations nearest to these words, and the button that shows them all."""
    texts = [item.text for item in value.manifestations]
    order = nearest_texts(near, texts) if texts else []
    return {
        "manifestations_term": regulation.terms.manifestations,
        "manifestations": [_manifestation(value.manifestations[number]) for number in order[:NEAREST_MANIFESTATIONS]],
        "more": f"ask.more:{value.slug}" if len(texts) > NEAREST_MANIFESTATIONS else None,
    }


def _passages(topic: Topic, question: str, page: int | None) -> dict[str, Any]:
    texts = [f"{passage.heading or ''} {passage.text}" for passage in topic.passages]
    pages = _pages([len(text) + len(passage.source) for text, passage in zip(texts, topic.passages, strict=True)])
    if page is None:
        nearest = _nearest(topic, question, texts) if len(pages) > 1 else 0
        page = next(number for number, held in enumerate(pages, start=1) if nearest in held)
    shown = min(max(page, 1), len(pages))
    return {
        "heading": topic.heading,
        "passages": [_passage(topic.passages[number]) for number in pages[shown - 1]],
        "turning": _turning(f"ask.page:{topic.id}", shown, len(pages)),
    }


def _item(topic: Topic, number: int) -> dict[str, Any]:
    """One entry of the topic's list alone, told which of how many."""
    entries = listed(topic)
    return {
        "heading": f"{topic.heading}, nomor {number} dari {len(entries)}",
        "passages": [_passage(passage) for passage in entries[number - 1]],
        "turning": _turning(f"ask.page:{topic.id}", 1, 1),
    }


def _nearest(topic: Topic, question: str, texts: Sequence[str]) -> int:
    """The passage that the question is after; the first where it says no more than the topic's name."""
    named = content_words(topic.heading)
    rest = [word for word in content_words(question) if word not in named]
    return nearest_texts(" ".join(rest), texts)[0]


def _pages(lengths: Sequence[int]) -> list[list[int]]:
    """The numbers of the texts with these lengths, page by page."""
    pages: list[list[int]] = [[]]
    filled = 0
    for number, length in enumerate(lengths):
        if pages[-1] and filled + length > PAGE_LENGTH:
            pages.append([])
            filled = 0
        pages[-1].append(number)
        filled += length
    return pages


def _turning(action: str, page: int, pages: int) -> dict[str, Any]:
    return {
        "page": page,
        "pages": pages,
        "back": f"{action}:{page - 1}" if page > 1 else None,
        "on": f"{action}:{page + 1}" if page < pages else None,
    }


def _parts(regulation: Regulation, topic: Topic) -> list[dict[str, str]]:
    if topic.id in _SHOWN_WHOLE or topic.behaviour is not None:
        return []
    below = [
        other
        for other in topics_of(regulation).values()
        if other.id.startswith(f"{topic.id}/") and "/" not in other.id.removeprefix(f"{topic.id}/")
    ]
    links = _links(regulation, [other.id for other in below], "ask.topic")
    return [
        link | {"label": str(other.behaviour.n) if other.behaviour else link["label"]}
        for link, other in zip(links, below, strict=True)
    ]


def _above(regulation: Regulation, topic_id: str) -> list[dict[str, str]]:
    """The wider topic of one that this regulation lacks, where it says something on that; never a value."""
    wider = topic_id.rpartition("/")[0]
    return _links(regulation, [wider], "ask.topic") if wider != "nilai" and wider in topics_of(regulation) else []


def _links(regulation: Regulation, topics: Iterable[str], verb: str) -> list[dict[str, str]]:
    links = [{"label": topic_label(regulation, topic), "action": f"{verb}:{topic}"} for topic in topics]
    return [link for link in links if len(link["action"].encode()) <= _LONGEST_ACTION]


def _suggested(regulation: Regulation, topics: Sequence[str]) -> list[dict[str, str | None]]:
    """Links, with the wording of what a reader cannot know by its name: values and their behaviours."""
    texts = {topic_label(regulation, topic): _wording(regulation, topic) for topic in topics}
    return [{**link, "text": texts[link["label"]]} for link in _links(regulation, topics, "ask.pick")]


def _wording(regulation: Regulation, topic_id: str) -> str | None:
    topic = topic_of(regulation, topic_id)
    return topic.passages[0].text if topic and topic.value else None


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "heading": passage.heading,
        "text": passage.text,
        "source": passage.source,
        "force": passage.force.value,
        "variants": _variants(passage.variants),
    }


def _manifestation(item: Manifestation) -> dict[str, str]:
    return {"text": item.text, "source": item.source}


def _variants(variants: Iterable[Variant]) -> list[dict[str, str]]:
    return [{"text": variant.text, "source": variant.source} for variant in variants]
