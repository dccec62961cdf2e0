"""The bank is broad enough, and was not written from the questions that measure it."""

import json
from collections import Counter, defaultdict
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


class Questions:
    """Texts by the pieces that they hold: most share none with another text, and are not looked at."""

    def __init__(self, texts):
        self.held = [(text, pieces(text)) for text in texts]
        self.places = defaultdict(list)
        for place, (_, held) in enumerate(self.held):
            for piece in held:
                self.places[piece].append(place)

    def near(self, said):
        own = pieces(said)
        shared = Counter(chain.from_iterable(self.places[piece] for piece in own & self.places.keys()))
        least = NEAR * len(own) / (2 - NEAR)  # what is shared is no more than the shorter has
        looked_at = (self.held[place] for place, count in shared.items() if count >= least)
        return [text for text, held in looked_at if nearly_equal(own, held)]


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
    questions = Questions(json.loads(line)["text"] for line in QUESTIONS)
    assert len(questions.held) == 200
    bank = [said for said in set(every_utterance(packaged_bank())) if len(words(said)) >= 4]
    assert {said: near for said in bank if (near := questions.near(said))} == {}


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
