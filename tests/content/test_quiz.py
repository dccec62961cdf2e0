"""Whatever may be asked fits a poll, has one right value, quotes exactly, and nothing comes twice too soon."""

import re

import pytest

from content.message_catalog import catalog
from content.normalising import is_chat_form
from content.question_bank import packaged_bank, utterances_for
from content.quiz import (
    EXPLANATION_LIMIT,
    Situation,
    explanation,
    is_clear,
    next_situation,
    quiz_parameters,
    quiz_rules,
    situations_of,
)
from content.regulation import Behaviour
from content.regulation_loader import load_regulations
from content.rendering import render
from content.topics import topics_of
from tests.factories import make_regulation, make_value

REGULATIONS = load_regulations()
QUESTION_LIMIT, OPTION_LIMIT = 300, 100  # characters, https://core.telegram.org/bots/api#sendpoll
ALL = [
    (regulation, situation) for regulation in REGULATIONS.values() for situation in situations_of(regulation).values()
]


def asked_in_turn(regulation, count, seed="1"):
    asked = []
    for _ in range(count):
        asked.append(next_situation(regulation, asked, seed))
    return asked


@pytest.mark.parametrize("regulation", REGULATIONS.values(), ids=REGULATIONS)
def test_every_regulation_has_enough_for_two_years_on_every_one_of_its_values(regulation):
    situations = situations_of(regulation).values()
    assert len(situations) >= 104
    assert {situation.value.slug for situation in situations} == {value.slug for value in regulation.values}


def test_every_situation_becomes_a_quiz_within_the_limits_of_a_poll():
    for regulation, situation in ALL:
        parameters = quiz_parameters(regulation, situation) | {"title": "Kuis", "key": situation.key}
        quiz = render("quiz/post", parameters).quiz
        assert situation.text in quiz.question
        assert len(quiz.question) <= QUESTION_LIMIT
        assert 2 <= len(quiz.options) <= 10
        assert all(0 < len(option) <= OPTION_LIMIT for option in quiz.options)
        assert 0 < len(quiz.explanation) <= EXPLANATION_LIMIT
        assert "\n" not in quiz.explanation


def test_the_options_are_the_regulations_values_and_the_right_one_is_that_of_the_behaviour():
    for regulation, situation in ALL:
        parameters = quiz_parameters(regulation, situation)
        assert parameters["options"] == [value.name for value in regulation.values]
        right = regulation.values[parameters["right"]]
        assert situation.behaviour in right.behaviours
        assert right.name == parameters["options"][parameters["right"]]


def test_the_explanation_quotes_exactly_as_far_as_it_goes_and_names_the_clause():
    for _, situation in ALL:
        said, behaviour = explanation(situation), situation.behaviour
        head, _, rest = said.partition("“")
        quoted, _, clause = rest.rpartition("”")
        assert head == f"{situation.value.name} {behaviour.n}: "
        assert clause == f" ({behaviour.source})"
        assert quoted == behaviour.text or behaviour.text.startswith(f"{quoted.removesuffix(' …')} "), quoted
        assert quoted.endswith(" …") == (quoted != behaviour.text)


def test_a_long_behaviour_is_cut_between_words():
    behaviour = Behaviour(1, "kata " * 60 + "akhir", "Pasal 8 huruf b angka 2")
    said = explanation(Situation("k", "Petugas bekerja.", make_value("akuntabel"), behaviour))
    assert said.startswith("Akuntabel 1: “kata kata")
    assert said.endswith("kata …” (Pasal 8 huruf b angka 2)")
    assert 195 <= len(said) <= EXPLANATION_LIMIT


def test_no_situation_holds_a_word_as_it_is_typed_in_chats():
    typed = ((item.text, re.findall(r"[\w-]+", item.text)) for _, item in ALL)
    assert [text for text, words in typed if any(map(is_chat_form, words))] == []


def test_situations_read_as_sentences_and_none_is_about_two_values():
    seen = set()
    for regulation, situation in ALL:
        assert situation.text[0].isupper()
        assert situation.text.endswith(".")
        assert not situation.text.endswith("..")
        assert (regulation.id, situation.text) not in seen
        seen.add((regulation.id, situation.text))


@pytest.mark.parametrize(
    "text",
    [
        "gudang alat kantor berantakan",
        "petugas bekerja",
        "petugas meminta uang kepada warga yang mengurus surat, ini nilai apa",
        "pegawai memakai mobil dinas untuk mudik ke kampung, boleh atau tidak?",
        "Mohon penjelasan mengenai pelayanan bagi pemohon yang memiliki keterbatasan",
        "honorer ingin belajar membuat laporan, tapi operator lama diam saja",
        "pegawai pindahan ditertawakan karena logatnya setiap kali rapat dimulai",
        "petugas " + "sangat " * 40 + "rajin",
        "seorang pegawai dipanggil dengan nama hewan karena warna kulitnya",
        "petugas memilah sampah dengan semangat walaupun baunya menyengat hidung",
        "perawat menyapa pasien lanjut usia dengan kata yang merendahkan",
        "kader melihat warga malu karena tidak bisa membaca dan membantunya",
        'petugas menjawab sambil membentak "bisa baca tidak" kepada seorang pemohon',
        "seorang pegawai selalu makan dan bekerja sendirian, menolak setiap ajakan",
        "pegawai yang presensinya penuh tetapi orangnya tidak pernah ada di kantor",
        "dua org di bidang sy diem2an udh sebulan, suasana jd ga enak",
        "petugas yg jaga loket menolak warga yang datang lima menit sebelum tutup",
        "pegawai membantu temannya krn melihat pekerjaannya menumpuk sejak pagi",
        "petugas pencatat meteran menulis angka tanpa melihat meteran",
        "staf usul rapat dilakukan sambil jalan pagi, kepala bidang langsung menolak tanpa mendengar",
    ],
)
def test_fragments_questions_letters_slang_and_what_shames_are_not_asked(text):
    assert not is_clear(text)


@pytest.mark.parametrize(
    ("name", "twins"),
    [
        ("serang-25-2018", {("integritas", 1), ("akuntabel", 1)}),
        ("banjarmasin-38-2016", {("integritas", 3), ("integritas", 4), ("integritas", 6), ("akuntabel", 1)}),
    ],
)
def test_behaviours_that_two_values_share_are_not_asked_about(name, twins):
    asked = {(item.value.slug, item.behaviour.n) for item in situations_of(REGULATIONS[name]).values()}
    assert asked
    assert not asked & twins


def test_every_sentence_set_aside_stands_in_the_bank_and_every_twin_in_its_regulation():
    bank = {said.text for regulation in REGULATIONS.values() for said in utterances_for(packaged_bank(), regulation)}
    known = quiz_rules()
    assert known.undecided <= bank
    for name, twins in known.twins.items():
        assert twins <= topics_of(REGULATIONS[name]).keys()


@pytest.mark.parametrize("regulation", REGULATIONS.values(), ids=REGULATIONS)
def test_nothing_comes_again_before_everything_was_asked_and_then_the_oldest_does(regulation):
    size = len(situations_of(regulation))
    asked = asked_in_turn(regulation, 2 * size)
    assert set(asked[:size]) == set(situations_of(regulation))
    assert asked[size:] == asked[:size]


@pytest.mark.parametrize("regulation", REGULATIONS.values(), ids=REGULATIONS)
def test_the_first_quizzes_ask_about_every_value_in_turn(regulation):
    values = len(regulation.values)
    slugs = [key.partition("/")[0] for key in asked_in_turn(regulation, 2 * values)]
    assert len(set(slugs[:values])) == len(set(slugs[values:])) == values


def test_the_order_is_the_same_for_one_seed_and_differs_between_seeds():
    regulation = REGULATIONS["karanganyar-44-2023"]
    assert asked_in_turn(regulation, 10, "1") == asked_in_turn(regulation, 10, "1")
    assert asked_in_turn(regulation, 10, "1") != asked_in_turn(regulation, 10, "2")


def test_what_the_bank_has_no_more_does_no_harm_and_a_regulation_without_situations_is_asked_nothing():
    regulation = REGULATIONS["serang-25-2018"]
    gone = ["akuntabel/9/0000000000"]
    assert next_situation(regulation, gone, "1") in situations_of(regulation)
    assert next_situation(make_regulation({"asing": (2, 0)}), [], "1") is None


def test_the_text_form_says_the_same_as_the_poll_and_does_not_give_the_answer_away():
    parameters = catalog()["quiz/post"].parameters
    message = render("quiz/post", parameters)
    assert all(option in message.text for option in message.quiz.options)
    assert message.quiz.question.splitlines()[0] in message.text
    assert message.quiz.explanation not in message.text
    assert [choice.action for row in message.choices for choice in row] == ["quiz.answer"]
    answer = render("quiz/answer", {name: value for name, value in parameters.items() if name != "key"})
    assert "<b>Akuntabel</b> ✓" in answer.text
    assert message.quiz.explanation in answer.text


def test_signs_that_markup_escapes_arrive_plain_in_a_poll():
    parameters = catalog()["quiz/post"].parameters | {"situation": "Petugas A & B menulis <x>."}
    message = render("quiz/post", parameters)
    assert "A & B menulis <x>." in message.quiz.question
    assert "A &amp; B menulis &lt;x&gt;." in message.text
