"""The bank is broad enough, and was not written from the questions that measure it."""

import json
from itertools import chain
from pathlib import Path

import pytest

from content.normalising import words
from content.question_bank import packaged_bank, utterances_for
from content.regulation_loader import load_regulations
from content.topics import topics_of

REGULATIONS = load_regulations()
QUESTIONS = Path(__file__).with_name("questions").joinpath("dev.jsonl").read_text("utf-8").splitlines()
NEAR = 0.72  # share of three-letter pieces in common (Dice) from which two texts are the same question


def pieces(text):
    plain = f" {' '.join(words(text))} "
    return frozenset(plain[start : start + 3] for start in range(len(plain) - 2))


def nearly_equal(one, other):
    return 2 * len(one & other) >= NEAR * (len(one) + len(other))


def every_utterance(bank):
    yield from chain.from_iterable(chain.from_iterable(theme.situations) for theme in bank.themes)
    for by_topic in bank.values.situations.values():
        yield from chain.from_iterable(chain.from_iterable(by_topic.values()))
    yield from chain.from_iterable(chain.from_iterable(bank.programme.values()))
    yield from chain.from_iterable(chain.from_iterable(kind.situations) for kind in bank.out_of_scope)


def test_nearness_of_questions_looks_through_spelling_and_word_order():
    said = pieces("mobil dinas dipakai mudik keluarga, boleh tidak?")
    assert nearly_equal(said, pieces("Keluarga dipakai mudik mobil dinas: boleh gak"))
    assert nearly_equal(said, pieces("mobil dinas dipake mudik keluarga blh tdk"))
    assert not nearly_equal(said, pieces("motor dinas dipakai mengantar anak sekolah, boleh tidak?"))


def test_no_utterance_of_the_bank_nearly_equals_a_question_that_measures_it():
    questions = [(text, pieces(text)) for text in (json.loads(line)["text"] for line in QUESTIONS)]
    assert len(questions) == 200
    bank = ((said, pieces(said)) for said in set(every_utterance(packaged_bank())) if len(words(said)) >= 4)
    assert [(said, text) for said, own in bank for text, held in questions if nearly_equal(own, held)] == []


@pytest.mark.parametrize("name", sorted(REGULATIONS))
def test_every_behaviour_has_45_utterances_and_every_other_topic_25(name):
    said: dict[str, set[str]] = {}
    for saying in utterances_for(packaged_bank(), REGULATIONS[name]):
        for topic in saying.topics:
            said.setdefault(topic, set()).add(" ".join(words(saying.text)))
    few = {
        topic.id: len(said.get(topic.id, ()))
        for topic in topics_of(REGULATIONS[name]).values()
        if len(said.get(topic.id, ())) < (45 if topic.behaviour else 25)
    }
    assert few == {}


def test_the_bank_holds_5000_utterances_that_no_regulation_answers():
    kinds = packaged_bank().out_of_scope
    assert len({" ".join(words(text)) for kind in kinds for text in chain(*kind.situations)}) >= 5000
