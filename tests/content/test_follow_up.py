import pytest

from content.follow_up import follow_up
from content.knowledge_base import Answer, Declined, find_answer
from content.regulation_loader import load_regulations

REGULATIONS = load_regulations()
KUPANG = REGULATIONS["kupang-30-2025"]
TANGERANG = REGULATIONS["tangerang-66-2023"]
SERANG = REGULATIONS["serang-25-2018"]


@pytest.mark.parametrize(
    ("regulation", "context", "question", "topic"),
    [
        (KUPANG, "nilai/akuntabel/2", "contohnya?", "nilai/akuntabel/2"),
        (KUPANG, "nilai/loyal", "minta contoh dong kak", "nilai/loyal"),
        (KUPANG, "nilai/akuntabel/1", "yang nomor 2 apa?", "nilai/akuntabel/2"),
        (KUPANG, "nilai/adaptif", "yg ketiga?", "nilai/adaptif/3"),
        (SERANG, "nilai", "yang kedua apa", "nilai/integritas"),
        (TANGERANG, "aktivasi/apel-pagi", "kalau di rapat?", "aktivasi/rapat"),
        (SERANG, "kelompok/ketua", "kalau sekretaris?", "kelompok/sekretaris"),
    ],
)
def test_a_follow_up_is_understood_by_the_last_answer(regulation, context, question, topic):
    result = find_answer(regulation, question, context=context)
    assert isinstance(result, Answer)
    assert result.topic == topic


def test_a_question_on_another_subject_does_not_lean_on_the_last_answer():
    result = find_answer(KUPANG, "mobil dinas dipakai mudik keluarga boleh tidak", context="nilai/loyal")
    assert isinstance(result, Answer)
    assert result.topic == "nilai/akuntabel/2"


def test_a_number_that_the_value_lacks_is_not_made_up():
    assert follow_up(KUPANG, "nomor 9?", "nilai/loyal").topic is None
    assert follow_up(KUPANG, "nomor 9?", "nilai").topic is None


def test_without_a_last_answer_nothing_is_added():
    assert follow_up(KUPANG, "contohnya?", None).topic is None
    assert follow_up(KUPANG, "contohnya?", "twibbon").topic is None
    assert follow_up(KUPANG, "siapa ketuanya?", None).question == "siapa ketuanya?"


def test_what_leans_on_the_last_answer_is_looked_for_with_its_name():
    assert follow_up(SERANG, "siapa yang mengawasi?", "kelompok").question.endswith("siapa yang mengawasi?")
    assert follow_up(SERANG, "siapa yang mengawasi?", "kelompok").question != "siapa yang mengawasi?"


def test_a_follow_up_on_what_is_out_of_scope_is_declined():
    assert isinstance(find_answer(KUPANG, "kalau resep rendang?", context="nilai/loyal"), Declined)
