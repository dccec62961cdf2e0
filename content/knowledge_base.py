"""find_answer: which topic of the asker's own regulation a question means, or the honest reason why none.

The model tells how near the question is to every topic, to topics that only other regulations have, and to subjects
that none deals with; calibrated chances decide between an answer, "did you mean" and a decline. A regulation whose
values the model was not taught is answered from its own words alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from content.acronym import acronym_asked
from content.courtesy import courtesy_in
from content.follow_up import follow_up
from content.follow_up_words import (
    NUMBERS,
    asks_particular,
    follow_up_said,
    is_asked,
    is_short,
    leans_only,
    leans_wholly,
    names_foreign_subject,
    points_back,
    varies,
)
from content.machine_talk import is_machine_talk
from content.mapped_question import Mapped, mapped_follow_up, mapped_topic
from content.noise import is_noise
from content.normalising import content_words, is_word, words
from content.question_bank import NOISE, OUT_OF_SCOPE, keys_of, own_words
from content.question_model import Reading, evidence, likelihood, packaged_model
from content.regulation import MissingPart, Regulation
from content.retrieval import Index, Saying
from content.topic_name import topic_mentioned, topic_named
from content.topics import Topic, topics_of
from content.value_name import beside_value_name, beside_value_words

SURE = 0.6  # chance that the question is in scope and the first topic right, from which it is answered outright
_SURE_BY_ITSELF = 0.9  # the same where it may be a circumstance of what was answered before
BESIDE = 0.25  # share of the first topic's score from which another is shown beside it
STRAY = 0.025  # chance of being in scope under which what is said beside a value's name is about something else
_DOUBTED = 0.8  # chance of being in scope under which what is said beside the words of values is read by itself
_BESIDE_STRAY, _BESIDE_SURE = 0.06, 0.25  # its own chance under which all is declined, or at most suggested
STRANGE = 0.12  # cosine to the nearest utterance under which a question is not understood at all
_NEAR_WORDS, _FAINT_WORDS, _KNOWN_WORDS = 0.30, 0.10, 0.4  # the same for a regulation known by its words alone
_MOST = 3


class Reason(StrEnum):
    """Why a question gets no answer."""

    NOT_REGULATED = "not_regulated"  # another regulation's topic, or no regulation's
    ATTACHMENT_MISSING = "attachment_missing"  # the part that would say it is absent from the text at hand
    NOT_UNDERSTOOD = "not_understood"  # nothing is close to the question
    INCOMPLETE = "incomplete"  # it leans on an answer that there was not, or that says nothing on it


class Answer(Struct, frozen=True):
    """The topic that is meant, and what comes next, nearest first; `beside`: of these what is near enough to show.

    `item`: the entry of the topic's list that was asked for, from 1; `leaning`: it is the last answer's, to which the
    question adds a circumstance that no topic is nearer to.
    """

    topic: str
    alternatives: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    item: int | None = None
    leaning: bool = False


class Suggestions(Struct, frozen=True):
    """Not sure: "did you mean", nearest first."""

    topics: tuple[str, ...]


class Declined(Struct, frozen=True):
    """No answer. `topic`: what the question seems to mean, where that is known; `missing`: the absent part."""

    reason: Reason
    topic: str | None = None
    missing: MissingPart | None = None


Result = Answer | Suggestions | Declined


def find_answer(
    regulation: Regulation, question: str, extra_utterances: Sequence[Mapped] = (), context: str | None = None
) -> Result:
    """The topic of this regulation that the question means. Never raises for any question.

    `extra_utterances`: questions that people mapped to topics, in force at once; `context`: the topic of the last
    answer, to which a follow-up such as "contohnya?" refers.
    """
    plain = _plain(regulation, question)
    if plain is not None:
        return plain
    last = topics_of(regulation).get(context or "")
    mapped = mapped_follow_up(last.heading, question, extra_utterances, topics_of(regulation)) if last else None
    if mapped is not None:
        return Answer(mapped)
    meant = follow_up(regulation, question, context)
    if meant.topic is not None:
        return Answer(meant.topic, item=meant.item)
    if meant.lacking is not None:
        return _lacking(regulation, question, meant.lacking)
    if leans_wholly(question) or (last is None and leans_only(question)):
        return Declined(Reason.INCOMPLETE)
    if varies(question, after_answer=last is not None) and not names_foreign_subject(question):
        return _varied(regulation, question, last, extra_utterances)
    found = _compared(regulation, question, meant.question, extra_utterances)
    if last is not None and is_short(question) and not names_foreign_subject(question):
        return _with_the_last(regulation, question, meant.question, found, last)
    if (points_back(question) or leans_only(question)) and _says_nothing(found) and not names_foreign_subject(question):
        return Declined(Reason.INCOMPLETE)
    return found


def _compared(
    regulation: Regulation, question: str, with_last: str, extra_utterances: Sequence[Mapped], sure: float = SURE
) -> Result:
    """What the question is nearest to; `with_last`: the same with the name of the last answer, should it need that."""
    asked, family = question, _family(regulation)
    mapped = mapped_topic(asked, extra_utterances, topics_of(regulation))
    if family is None:
        return Answer(mapped) if mapped else _by_words(regulation, with_last)
    reading = packaged_model().read(family, question)
    if with_last != question and _needs_the_last_answer(regulation, question, reading):
        question = with_last
        reading = packaged_model().read(family, question)
    own = _ranked(regulation, reading.scores)
    named = topic_named(regulation, asked) or topic_mentioned(regulation, asked)
    if plainly := _named_behaviour(regulation, asked) or mapped or named:
        known = plainly in topics_of(regulation)
        return _answer(plainly, own, {**reading.scores, plainly: 1.0}) if known else _declined(regulation, plainly)
    return _decided(regulation, question, reading, own, sure)


def _varied(regulation: Regulation, question: str, last: Topic | None, extra_utterances: Sequence[Mapped]) -> Result:
    """What "kalau laptop?" comes to: by itself, where that is plainly a topic, known or lacking; else the last answer.

    No such question is declined as not regulated: it names a circumstance, of which regulations need not say anything.
    """
    alone = _compared(regulation, question, question, extra_utterances)
    if isinstance(alone, Declined) and not _says_nothing(alone):
        return alone
    if isinstance(alone, Answer) and last is not None:
        if not alone.topic.startswith("nilai/") or alone.topic == last.id:
            return alone
        if isinstance(_compared(regulation, question, question, extra_utterances, _SURE_BY_ITSELF), Answer):
            return replace(alone, beside=(last.id, *alone.beside))
    topic = _of_the_last(regulation, question, last) if last is not None else None
    if topic is None:
        guessed = isinstance(alone, Suggestions) and len(content_words(question)) == 1
        return Declined(Reason.INCOMPLETE) if guessed or isinstance(alone, Declined) else alone
    beside = (alone.topic,) if isinstance(alone, Answer) else ()
    return Answer(topic, beside, beside, leaning=True)


def _lacking(regulation: Regulation, question: str, part: str) -> Result:
    """The part of the last subject that is not there, unless this regulation deals with it under another topic."""
    called = topic_named(regulation, " ".join(follow_up_said(question)))
    return Answer(called) if called and called in topics_of(regulation) else _declined(regulation, part)


def _with_the_last(regulation: Regulation, question: str, with_last: str, found: Result, last: Topic) -> Result:
    """What so few words come to that alone are near to nothing: what is nearest of the last answer's subject.

    They are never declined as not regulated: "siapa yang lapor" after the monitoring asks for a part of it, and whether
    that stands there cannot be told from these words. What asks nothing ("teman suka marah") begins a subject of its
    own, and so does much that is asked after a value: it has no particulars.
    """
    declined = _says_nothing(found) and found != Declined(Reason.NOT_UNDERSTOOD)
    if not declined and not isinstance(found, Suggestions):
        return found
    leans = last.value is None and (is_asked(question) if declined else asks_particular(question))
    topic = _of_the_last(regulation, question, last) if leans else None
    if topic is not None:
        beside = found.topics[:1] if isinstance(found, Suggestions) and found.topics[0] != topic else ()
        return Answer(topic, beside, beside, leaning=True)
    joined = _compared(regulation, with_last, with_last, ()) if declined and with_last != question else None
    if isinstance(joined, Suggestions) and _subject(joined.topics[0]) == _subject(last.id):
        return joined
    return Declined(Reason.INCOMPLETE) if declined else found


def _of_the_last(regulation: Regulation, question: str, last: Topic) -> str | None:
    """What is answered once more to a circumstance: the behaviour or value, or what is nearest of the same subject."""
    if last.value is not None:
        return last.id
    joined = f"{last.heading} {question}"
    found = _compared(regulation, joined, joined, ())
    return found.topic if isinstance(found, Answer) and _subject(found.topic) == _subject(last.id) else None


def _subject(topic: str) -> str:
    return topic.partition("/")[0]


def _says_nothing(found: Result) -> bool:
    """Whether it is a decline that names neither a topic nor an absent part."""
    return isinstance(found, Declined) and found.topic is None and found.missing is None


def _plain(regulation: Regulation, question: str) -> Result | None:
    """What needs no comparing: courtesies, code, and acronyms."""
    if courtesy_in(question, regulation.acronym):
        return Declined(Reason.NOT_UNDERSTOOD)
    if is_machine_talk(question):
        return Declined(Reason.NOT_REGULATED)
    acronym = acronym_asked(question)
    return _spelt_out(regulation, acronym) if acronym else None


def _spelt_out(regulation: Regulation, acronym: str) -> Result:
    """The values that an acronym stands for, and the motto that it may be too; another regulation's is declined."""
    if acronym.casefold() != (regulation.acronym or "").casefold():
        return Declined(Reason.NOT_REGULATED, f"nilai/{acronym}")
    motto = regulation.motto
    others = ("motto",) if motto and motto.text == acronym else ()
    return Answer("nilai", others, others)


def likeliest(regulation: Regulation, questions: Iterable[str], most: int) -> tuple[str, ...]:
    """The topics of this regulation that these questions are nearest to, whether near enough for an answer or not."""
    family = _family(regulation)
    total: dict[str, float] = defaultdict(float)
    for question in questions:
        scores = packaged_model().read(family, question).scores if family else _index(regulation).scores(question)
        for topic in topics_of(regulation).keys() & scores.keys():
            total[topic] += scores[topic]
    return tuple(sorted(total, key=lambda topic: (-total[topic], topic))[:most])


def _family(regulation: Regulation) -> str | None:
    return next((key for key in keys_of(regulation) if key in packaged_model().families), None)


def _needs_the_last_answer(regulation: Regulation, question: str, reading: Reading) -> bool:
    """Whether a question that leans does not stand by itself: the last answer makes nothing a subject of ours.

    It says nothing but when or who; or it is nearest to one of our topics, and too far from it for an answer.
    """
    if leans_only(question):
        return True
    own = _ranked(regulation, reading.scores)
    ours = max(reading.scores, key=lambda label: reading.scores[label]) in own
    return ours and not isinstance(_decided(regulation, question, reading, own), Answer)


def _ranked(regulation: Regulation, scores: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(topics_of(regulation).keys() & scores.keys(), key=lambda topic: -scores[topic]))


def _decided(
    regulation: Regulation, question: str, reading: Reading, own: tuple[str, ...], sure: float = SURE
) -> Result:
    scores = reading.scores
    outside = [label for label in scores if label.startswith(OUT_OF_SCOPE)]
    seen = evidence(scores, own, outside, question)
    absent = _named_part(regulation, question)
    if absent is not None:
        return Declined(Reason.ATTACHMENT_MISSING, missing=absent)
    said = any(len(word) > 1 and is_word(word) for word in words(question))
    if reading.nearest < STRANGE or not said or is_noise(question):
        return Declined(Reason.NOT_UNDERSTOOD)
    in_scope = likelihood(packaged_model().in_scope, seen)
    if in_scope < packaged_model().least:
        return _declined(regulation, max(scores.keys() - set(own), key=lambda label: scores[label]))
    beside = _chance_beside(regulation, question, own[0], in_scope)
    if beside < _BESIDE_STRAY or (own[0].count("/") == 1 and _strays(regulation, question)):
        return Declined(Reason.NOT_REGULATED)
    if in_scope * likelihood(packaged_model().right, seen) < sure or beside < _BESIDE_SURE:
        return Suggestions(own[:_MOST])
    return _answer(own[0], own, scores)


def _strays(regulation: Regulation, question: str) -> bool:
    """Whether what is said beside a value's name is on a subject of nobody's: "kolaborasi artis itu kapan".

    The name alone draws such a question to the value as a whole; a behaviour is meant by what is said beside it.
    """
    rest = beside_value_name(question)
    return rest is not None and _alone(regulation, rest)[1] < STRAY


def _chance_beside(regulation: Regulation, question: str, first: str, in_scope: float) -> float:
    """The chance that what is said beside the words of the values is in scope; 1 where these do not draw it to `first`.

    "solutif rambut rontok" is near to the behaviour by its one word; what all says together is in doubt.
    """
    doubted = first.startswith("nilai/") and in_scope < _DOUBTED
    rest = beside_value_words(regulation, question) if doubted else None
    nearest, chance = (first, 1.0) if rest is None else _alone(regulation, rest)
    return 1.0 if nearest == first else chance


def _alone(regulation: Regulation, text: str) -> tuple[str, float]:
    """The own topic that the text is nearest to, and its chance of being in scope; of a regulation that was taught."""
    scores = packaged_model().read(_family(regulation) or "", text).scores
    own = _ranked(regulation, scores)
    outside = [label for label in scores if label.startswith(OUT_OF_SCOPE)]
    return own[0], likelihood(packaged_model().in_scope, evidence(scores, own, outside, text))


def _answer(first: str, ranked: Sequence[str], scores: Mapping[str, float]) -> Answer:
    others = tuple(topic for topic in ranked if topic != first)[: _MOST - 1]
    return Answer(first, others, tuple(topic for topic in others if scores[topic] >= BESIDE * scores[first]))


def missing_part(regulation: Regulation, topic: str) -> MissingPart | None:
    """The absent part that would say something on this topic, if there is one."""
    return next((part for part in regulation.missing if topic in part.topics), None)


def _named_part(regulation: Regulation, question: str) -> MissingPart | None:
    """The absent part that the question asks for by its name ("apa isi lampirannya")."""
    said = {word.removesuffix("nya") for word in words(question)}
    return next((part for part in regulation.missing if part.part.lower() in said), None)


def _declined(regulation: Regulation, label: str) -> Declined:
    if label.startswith(OUT_OF_SCOPE):
        return Declined(Reason.NOT_UNDERSTOOD if label == NOISE else Reason.NOT_REGULATED)
    missing = missing_part(regulation, label)
    return Declined(Reason.ATTACHMENT_MISSING if missing else Reason.NOT_REGULATED, label, missing)


def _named_behaviour(regulation: Regulation, question: str) -> str | None:
    """The behaviour in "akuntabel 2" or "perilaku ketiga dari loyal", where the regulation has it."""
    said = words(question)
    number = next((NUMBERS[word] for word in said if word in NUMBERS), None)
    if number is None or len(said) > 8:
        return None
    joined = " ".join(said)
    named = [value for value in regulation.values if value.name.lower() in joined]
    topic = f"nilai/{named[0].slug}/{number}" if len(named) == 1 else ""
    return topic if topic in topics_of(regulation) else None


def _by_words(regulation: Regulation, question: str) -> Result:
    """For a regulation that the model was not taught: by nearness to its own words."""
    index = _index(regulation)
    scores = index.scores(question)
    ranked = tuple(sorted(scores, key=lambda topic: -scores[topic]))
    best = scores[ranked[0]] if ranked else 0.0
    if best < _FAINT_WORDS or index.known_share(question) < _KNOWN_WORDS:
        return Declined(Reason.NOT_UNDERSTOOD)
    return Suggestions(ranked[:_MOST]) if best < _NEAR_WORDS else _answer(ranked[0], ranked, scores)


@lru_cache(maxsize=16)
def _index(regulation: Regulation) -> Index:
    return Index(Saying(row.topics[0], row.text) for row in own_words(regulation))
