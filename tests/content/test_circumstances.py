"""A few words after an answer that change one thing of it, or ask for a part: "kalau laptop?", "bagannya mana"."""

import pytest

from content.follow_up import follow_up
from content.follow_up_words import varies
from content.knowledge_base import Answer, Declined, Reason, find_answer
from content.regulation_loader import load_regulations

REGULATIONS = load_regulations()
KUPANG = REGULATIONS["kupang-30-2025"]
TANGERANG = REGULATIONS["tangerang-66-2023"]
SERANG = REGULATIONS["serang-25-2018"]
KARANGANYAR = REGULATIONS["karanganyar-44-2023"]
BANJARMASIN = REGULATIONS["banjarmasin-38-2016"]


@pytest.mark.parametrize(
    ("regulation", "context"),
    [
        (KUPANG, "nilai/akuntabel/2"),
        (TANGERANG, "nilai/akuntabel/1"),
        (KARANGANYAR, "nilai/akuntabel/2"),
        (SERANG, "nilai/integritas/1"),
        (BANJARMASIN, "nilai/integritas/4"),
    ],
)
@pytest.mark.parametrize(
    "question",
    [
        *("kalau laptop?", "klo motor?", "kalau buat mudik?", "kalau hari libur?", "gimana kalau cuma sebentar?"),
        *(
            "kalau anak saya yang pakai?",
            "termasuk motor?",
            "motor juga?",
            "walaupun seizin atasan?",
            "trs klo hilang?",
        ),
        *("misal buat hajatan?", "seandainya pulsa?", "kalau nilainya kecil?", "kalau bensinnya bayar sendiri?"),
    ],
)
def test_a_circumstance_of_what_was_answered_is_answered_by_the_same_behaviour(regulation, context, question):
    result = find_answer(regulation, question, context=context)
    assert isinstance(result, Answer)
    assert result.topic == context


def test_a_circumstance_that_another_behaviour_may_be_nearer_to_names_that_too():
    result = find_answer(TANGERANG, "kalau temen sendiri?", context="nilai/akuntabel/1")
    assert (result.topic, result.beside, result.leaning) == ("nilai/akuntabel/1", ("nilai/harmonis/2",), True)


def test_what_plainly_is_another_behaviour_comes_first_and_the_last_one_beside_it():
    result = find_answer(KUPANG, "kalau titip absen?", context="nilai/akuntabel/2")
    assert (result.topic, result.beside[0], result.leaning) == ("nilai/akuntabel/1", "nilai/akuntabel/2", False)


@pytest.mark.parametrize(
    ("regulation", "context", "question"),
    [
        (KARANGANYAR, "aktivasi/twibbon", "kalau tanggal 17 hari minggu?"),
        (KARANGANYAR, "monev/laporan", "kalau lewat tanggal 10?"),
        (TANGERANG, "agen-perubahan/kriteria", "kalau pernah kena hukuman disiplin?"),
        (SERANG, "kelompok/ketua", "kalau ketuanya pindah?"),
        (BANJARMASIN, "salam", "kalau lupa?"),
    ],
)
def test_a_circumstance_of_another_subject_is_answered_by_it_too(regulation, context, question):
    assert find_answer(regulation, question, context=context) == Answer(context, leaning=True)


@pytest.mark.parametrize(
    ("regulation", "context", "question", "topic"),
    [
        (BANJARMASIN, "monev", "tiap berapa bulan?", "monev"),
        (BANJARMASIN, "salam", "kapan dipakai?", "salam"),
        (KUPANG, "kelompok", "boleh ganti nama?", "kelompok"),
        (TANGERANG, "agen-perubahan", "cara milihnya gmn", "agen-perubahan/tahapan"),
        (TANGERANG, "agen-perubahan", "kontrak boleh?", "agen-perubahan/kriteria"),
        (KARANGANYAR, "monev/laporan", "dikirim kemana", "monev/laporan"),
    ],
)
def test_a_few_words_near_to_nothing_alone_are_taken_for_the_last_subject_with_a_doubt(
    regulation, context, question, topic
):
    result = find_answer(regulation, question, context=context)
    assert isinstance(result, Answer)
    assert (result.topic, result.leaning) == (topic, True)


@pytest.mark.parametrize("context", ["monev", "kelompok", "nilai"])
@pytest.mark.parametrize("question", ["teman suka marah", "atasan galak", "kata kasar"])
def test_a_few_words_that_ask_nothing_of_the_last_subject_begin_their_own(question, context):
    alone = find_answer(KUPANG, question)
    assert not isinstance(alone, Declined)
    assert find_answer(KUPANG, question, context=context) == alone


def test_who_does_what_of_the_last_subject_is_told_with_a_doubt_where_it_is_not_plain():
    result = find_answer(BANJARMASIN, "siapa yang lapor", context="monev")
    assert result == Answer("monev", leaning=True)


@pytest.mark.parametrize("context", ["nilai/loyal", "kelompok", "monev"])
@pytest.mark.parametrize("question", ["nikah siri?", "kamu bodoh", "jadwal kereta"])
def test_a_few_words_that_fit_no_answer_are_not_called_unregulated_after_one(question, context):
    assert find_answer(KUPANG, question, context=context) == Declined(Reason.INCOMPLETE)


def test_the_last_answer_keeps_what_stands_by_itself_and_what_is_plainly_foreign():
    assert find_answer(KUPANG, "twibbon?", context="monev").reason is Reason.NOT_REGULATED
    assert find_answer(KUPANG, "resep rendang", context="monev") == Declined(Reason.NOT_REGULATED)
    assert find_answer(KUPANG, "makasih ya", context="monev") == Declined(Reason.NOT_UNDERSTOOD)


def test_a_report_that_goes_by_another_name_is_not_lacking():
    assert find_answer(BANJARMASIN, "laporannya?", context="monev") == Answer("monev")


@pytest.mark.parametrize("context", ["kelompok", "kelompok/ketua"])
def test_the_chart_is_asked_for_of_the_group(context):
    assert follow_up(KUPANG, "bagannya mana", context).topic == "kelompok"


@pytest.mark.parametrize(
    ("regulation", "context", "question"),
    [
        (TANGERANG, "nilai/loyal", "contohny ap"),
        (KARANGANYAR, "nilai/harmonis", "contone piye"),
        (SERANG, "nilai/integritas", "contohna naon"),
        (SERANG, "nilai/integritas", "contona?"),
        (KARANGANYAR, "nilai", "kepanjangane?"),
        (SERANG, "motto", "kepanjangannya?"),
        (TANGERANG, "aktivasi/twibbon", "temanya apa"),
        (KUPANG, "yel-yel", "teksnya mana"),
    ],
)
def test_regional_and_clipped_words_ask_for_the_last_answer_once_more(regulation, context, question):
    assert follow_up(regulation, question, context).topic == context


@pytest.mark.parametrize("context", ["nilai/akuntabel/2", "nilai/loyal", "kelompok/ketua", None])
@pytest.mark.parametrize(
    "question", ["kalau gaji?", "kalau resep rendang?", "kalau pajak motor?", "kalau bikin ktp?", "gajinya berapa?"]
)
def test_a_subject_that_none_deals_with_is_no_circumstance(question, context):
    assert find_answer(KUPANG, question, context=context) == Declined(Reason.NOT_REGULATED)


@pytest.mark.parametrize("question", ["kalau ada warga minta dipercepat dengan uang bagaimana", "rapat dibuka doa"])
def test_a_situation_told_at_length_is_no_circumstance(question):
    assert not varies(question, after_answer=True)
