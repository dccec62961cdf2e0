"""A value's name in a question about something else is no question about the value."""

import pytest

from content.knowledge_base import Answer, Declined, Suggestions, find_answer
from content.regulation_loader import load_regulations
from content.value_name import beside_value_name, beside_value_words

REGULATIONS = load_regulations()
BERAKHLAK = [REGULATIONS[name] for name in ("kupang-30-2025", "tangerang-66-2023", "karanganyar-44-2023")]


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("kolaborasi blackpink kapan", "blackpink kapan"),
        ("Loyal itu pilih partai apa?", "itu pilih partai apa"),
        ("berorientasi pelayanan toko bangunan", "toko bangunan"),
        ("kolaboratif itu apa", None),
        ("loyal", None),
        ("harmonis tu apa ko", None),
        ("beda loyal dan adaptif sehari-hari", None),
        ("partai apa", None),
        ("", None),
    ],
)
def test_what_is_said_beside_a_values_name_is_told(question, rest):
    assert beside_value_name(question) == rest


@pytest.mark.parametrize("regulation", BERAKHLAK, ids=[pack.id for pack in BERAKHLAK])
@pytest.mark.parametrize(
    "question",
    [
        "loyal itu pilih partai apa",
        "kolaborasi blackpink kapan",
        "harmonis itu nama band ya",
        "adaptif kacamata berapa",
        "loyal istri dua",
        "harmonis warna cat",
        "akuntabel siapa gubernur kita",
        "kompeten pasang ac di mana",
        "kolaboratif robot lego harga",
        "solutif rambut rontok",
        "harmonis rumah tangga tips",
        "adaptif cruise control",
        "loyal kopi langganan",
    ],
)
def test_a_value_named_in_a_question_on_another_subject_is_declined(regulation, question):
    assert isinstance(find_answer(regulation, question), Declined)


@pytest.mark.parametrize("regulation", BERAKHLAK, ids=[pack.id for pack in BERAKHLAK])
@pytest.mark.parametrize(
    "question",
    [
        "{} itu apa",
        "{} tuh gimana sih",
        "apa arti {}",
        "nilai {} pasal berapa",
        "{} untuk guru",
        "jelasin {} dong kak",
        "{} kuwi opo",
        "{} di kantor kecamatan gimana",
    ],
)
def test_a_value_that_is_asked_for_is_answered(regulation, question):
    for value in regulation.values:
        found = find_answer(regulation, question.format(value.name.lower()))
        assert isinstance(found, Answer | Suggestions)
        first = found.topic if isinstance(found, Answer) else found.topics[0]
        assert first.startswith(f"nilai/{value.slug}") or isinstance(found, Suggestions)


@pytest.mark.parametrize(("question", "topic"), [("loyal itu apa", "nilai/loyal"), ("harmonis?", "nilai/harmonis")])
def test_a_value_by_its_name_is_answered_outright(question, topic):
    for regulation in BERAKHLAK:
        assert find_answer(regulation, question).topic == topic


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("solutif rambut rontok", "rambut rontok"),
        ("rahasia awet muda", "awet muda"),
        ("menghargai", None),
        ("jadwal bola malam ini", None),
    ],
)
def test_what_is_said_beside_the_words_of_the_values_is_told(question, rest):
    assert beside_value_words(REGULATIONS["kupang-30-2025"], question) == rest


@pytest.mark.parametrize("regulation", BERAKHLAK, ids=[pack.id for pack in BERAKHLAK])
@pytest.mark.parametrize(
    "question",
    [
        "harmonis feng shui rumah",
        "kompeten servis ac panggilan",
        "responsif web css",
        "ikhlas ditinggal pacar",
        "kolaboratif filter machine learning",
        "kompeten mana messi atau ronaldo",
    ],
)
def test_a_word_of_the_values_in_another_sense_is_suggested_at_most(regulation, question):
    assert not isinstance(find_answer(regulation, question), Answer)


@pytest.mark.parametrize("regulation", BERAKHLAK, ids=[pack.id for pack in BERAKHLAK])
@pytest.mark.parametrize(
    ("question", "value"), [("loyal ke pimpinan gimana", "loyal"), ("harmonis sama teman sekantor", "harmonis")]
)
def test_a_value_with_what_it_is_about_is_answered(regulation, question, value):
    assert find_answer(regulation, question).topic.startswith(f"nilai/{value}")
