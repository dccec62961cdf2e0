import pytest

from content.follow_up import follow_up
from content.follow_up_words import follow_up_words, leans_wholly, points_back
from content.knowledge_base import Answer, Declined, Reason, find_answer
from content.normalising import words
from content.regulation_loader import load_regulations
from content.topics import labels

REGULATIONS = load_regulations()
KUPANG = REGULATIONS["kupang-30-2025"]
TANGERANG = REGULATIONS["tangerang-66-2023"]
SERANG = REGULATIONS["serang-25-2018"]
KARANGANYAR = REGULATIONS["karanganyar-44-2023"]
BANJARMASIN = REGULATIONS["banjarmasin-38-2016"]


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


@pytest.mark.parametrize(
    ("regulation", "question", "topic"),
    [
        (KUPANG, "siapa ketua tpbk?", "kelompok/ketua"),
        (TANGERANG, "kapan twibbon dipasang?", "aktivasi/twibbon"),
        (TANGERANG, "bagaimana kalau rapat dibuka?", "aktivasi/rapat"),
        (SERANG, "siapa sekretaris kbk", "kelompok/sekretaris"),
    ],
)
@pytest.mark.parametrize("context", ["nilai/akuntabel/2", "nilai/loyal", "nilai"])
def test_a_short_question_that_stands_by_itself_is_answered_as_without_a_last_answer(
    regulation, question, topic, context
):
    alone = find_answer(regulation, question)
    assert isinstance(alone, Answer)
    assert alone.topic == topic
    assert find_answer(regulation, question, context=context) == alone


@pytest.mark.parametrize("context", [None, "nilai", "nilai/akuntabel/2", "aktivasi", "kelompok"])
@pytest.mark.parametrize(
    ("regulation", "question", "topic"),
    [
        (KUPANG, "kalau twibbon?", "aktivasi/twibbon"),
        (KUPANG, "terus agen perubahan syaratnya apa", "agen-perubahan/kriteria"),
        (KARANGANYAR, "kalau penghargaan?", "penghargaan"),
        (KARANGANYAR, "kalau yel-yel?", "yel-yel"),
        (SERANG, "kalau di rapat?", "aktivasi/rapat"),
    ],
)
def test_the_last_answer_makes_nothing_a_subject_of_this_regulation(regulation, question, topic, context):
    result = find_answer(regulation, question, context=context)
    assert isinstance(result, Declined)
    assert result.topic == topic


@pytest.mark.parametrize("question", ["kapan?", "siapa ya", "tanggal berapa?", "kalau kapan?"])
def test_a_question_that_names_no_subject_is_about_the_last_one(question):
    result = find_answer(TANGERANG, question, context="aktivasi/twibbon")
    assert isinstance(result, Answer)
    assert result.topic == "aktivasi/twibbon"


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


@pytest.mark.parametrize(
    "question",
    [
        *("contohnya?", "pasal berapa?", "maksudnya?", "jelaskan lagi", "minta contoh dong", "lanjut dong", "cth"),
        *("yang nomor 2 apa?", "nmr 3", "yg kedua?", "tahap terakhir?", "yang nomor 20", "kapan?", "kalau gitu?"),
        *(
            "kalau laptop?",
            "kalau motor?",
            "kalau meja?",
            "kalau ke istri?",
            "formatnya?",
            "sanksinya apa?",
            "link nya mana?",
        ),
    ],
)
def test_what_says_nothing_alone_is_not_understood_without_an_answer_before_it(question):
    assert find_answer(KUPANG, question) == Declined(Reason.INCOMPLETE)
    assert find_answer(KUPANG, question, context="Twibbon") == Declined(Reason.INCOMPLETE)


@pytest.mark.parametrize("question", ["arti loyal", "contoh akuntabel", "pasal tentang mobil dinas"])
def test_what_names_its_subject_needs_no_answer_before_it(question):
    assert not isinstance(find_answer(KUPANG, question), Declined)


def test_a_follow_up_on_what_is_out_of_scope_is_declined():
    assert isinstance(find_answer(KUPANG, "kalau resep rendang?", context="nilai/loyal"), Declined)


@pytest.mark.parametrize(
    ("context", "question", "topic"),
    [
        ("agen-perubahan", "syaratnya apa?", "agen-perubahan/kriteria"),
        ("agen-perubahan", "tahapannya?", "agen-perubahan/tahapan"),
        ("agen-perubahan/tahapan", "kalau tugasnya?", "agen-perubahan/peran"),
        ("aktivasi/twibbon", "kalau lagu?", "aktivasi/multimedia"),
        ("aktivasi/twibbon", "kalau medsos gimana", "aktivasi/media-sosial"),
        ("kelompok/ketua", "kalau sekretaris tugasnya apa", "kelompok/sekretaris"),
        ("kelompok/ketua", "tugasnya apa?", "kelompok/ketua"),
        ("agen-perubahan", "syarat naik pangkat", None),
        ("nilai/loyal", "lagunya?", None),
    ],
)
def test_a_part_is_known_by_what_people_call_it(context, question, topic):
    assert follow_up(TANGERANG, question, context).topic == topic


def test_a_part_that_this_regulation_lacks_is_looked_for_with_the_name_of_the_subject():
    assert follow_up(KUPANG, "syaratnya apa?", "agen-perubahan").question == "Agen perubahan syaratnya apa?"
    assert follow_up(KUPANG, "syarat naik pangkat", "agen-perubahan").question == "syarat naik pangkat"


@pytest.mark.parametrize(
    "question", ["pasal berapa?", "maksudnya?", "jelaskan lagi", "bisa dijelaskan lebih detail kak"]
)
@pytest.mark.parametrize("context", ["nilai/loyal/2", "agen-perubahan", "aktivasi"])
def test_who_asks_for_the_clause_or_the_meaning_asks_of_the_last_answer(question, context):
    assert follow_up(KUPANG, question, context).topic == context


def test_the_meaning_of_a_number_is_that_behaviours():
    assert follow_up(KUPANG, "poin 3 maksudnya gimana?", "nilai/loyal").topic == "nilai/loyal/3"


@pytest.mark.parametrize("question", ["pasal 3?", "maksud integritas?", "ya", "itu apa?"])
def test_what_names_something_else_or_nothing_is_not_the_last_answer_once_more(question):
    assert follow_up(KUPANG, question, "nilai/loyal").topic is None


@pytest.mark.parametrize(
    ("context", "question", "examples"),
    [
        ("nilai/akuntabel/2", "contohnya?", True),
        ("nilai/loyal", "yang nomor 2 contohnya apa?", True),
        ("nilai/akuntabel/2", "maksudnya?", False),
        ("agen-perubahan", "contohnya?", False),
    ],
)
def test_examples_are_asked_for_of_values_and_behaviours(context, question, examples):
    assert follow_up(KUPANG, question, context).examples is examples


def test_the_words_of_follow_ups_are_spelt_as_questions_are_read_and_name_parts_that_exist():
    known = follow_up_words()
    every = known.asking.union(
        *(known.of_examples, known.leaning, known.varying, known.counting, known.numbers, known.spelt),
        *(known.particulars, known.asked_by, known.chart, known.behaviours),
        *(*known.without_weight, *known.parts.values(), *known.subjects),
    )
    assert [word for word in every if "nya" not in word and words(word)[-1:] != (word,)] == []
    assert set(known.parts) <= {topic.partition("/")[2] for topic in labels().topics}


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        *((said, "nilai/akuntabel/1") for said in ("nomer 1", "no1", "kalau gitu yang nomor 1?", "pertama")),
        *(
            (said, "nilai/akuntabel/2")
            for said in ("nmr 2", "no 2 apa", "yg kedua?", "nomor dua dong", "perilaku ke-2")
        ),
        *(
            (said, "nilai/akuntabel/3")
            for said in ("poin 3 maksudnya apa", "yg ke 3", "trs yang ketiga?", "yg terakhir")
        ),
        *(
            (said, "nilai/akuntabel/2")
            for said in ("mksdnya?", "bisa dijelasin lagi gak", "jlskn lg", "jadi boleh gak?")
        ),
        *(
            (said, "nilai/akuntabel/2")
            for said in ("psl brp?", "mana pasalnya", "gak ngerti", "kok gitu?", "mksd nya apa")
        ),
        *((said, "nilai/akuntabel") for said in ("lengkapnya?", "lanjut dong", "selengkapny", "perilakunya apa aja?")),
        *((said, "nilai/akuntabel/2") for said in ("bener gak?", "berarti salah ya?", "terus saya harus gimana?")),
    ],
)
def test_chat_spellings_of_follow_ups_are_understood(question, topic):
    assert follow_up(KUPANG, question, "nilai/akuntabel/2").topic == topic


@pytest.mark.parametrize(
    "question",
    [
        "contohny?",
        "cntoh",
        "cth nya",
        "kasih contoh nyata dong min",
        "contoh sikapnya?",
        "cth kasus di kantor",
        "salah satu contohnya?",
        "perwujudannya apa",
        "contohh",
    ],
)
def test_chat_spellings_of_examples_are_understood(question):
    meant = follow_up(KUPANG, question, "nilai/akuntabel/2")
    assert (meant.topic, meant.examples) == ("nilai/akuntabel/2", True)


@pytest.mark.parametrize(
    ("regulation", "context", "question", "topic", "item"),
    [
        (TANGERANG, "agen-perubahan/kriteria", "yang nomor 2 apa?", "agen-perubahan/kriteria", 2),
        (TANGERANG, "agen-perubahan/kriteria", "syarat ke 5?", "agen-perubahan/kriteria", 5),
        (TANGERANG, "agen-perubahan/kriteria", "tahap kedua?", "agen-perubahan/tahapan", 2),
        (TANGERANG, "agen-perubahan/tahapan", "tahap terakhir apa", "agen-perubahan/tahapan", 3),
        (TANGERANG, "aktivasi", "nomer 5?", "aktivasi", 5),
        (KARANGANYAR, "aktivasi/twibbon", "yang nomor 2 apa?", "aktivasi", 2),
        (KARANGANYAR, "monev/maturitas", "level 3?", "monev/maturitas", 3),
        (KARANGANYAR, "monev/laporan", "kolom 4", "monev/laporan", 4),
        (SERANG, "kelompok/sekretaris", "tugas nomor 2 apa", "kelompok/sekretaris", 2),
        (BANJARMASIN, "sosialisasi", "yang kedua?", "sosialisasi", 2),
    ],
)
def test_an_entry_of_a_list_is_told_by_its_number(regulation, context, question, topic, item):
    assert find_answer(regulation, question, context=context) == Answer(topic, item=item)


def test_a_number_that_the_list_lacks_is_asked_about():
    assert find_answer(TANGERANG, "nomor 12", context="agen-perubahan/kriteria") == Declined(Reason.INCOMPLETE)


@pytest.mark.parametrize("question", ["formatnya?", "bentuk formatnya gmn", "kolomnya apa aja?", "deadlinenya?"])
def test_the_form_is_asked_for_of_monitoring_and_of_the_form_itself(question):
    for context in ("monev", "monev/laporan"):
        assert follow_up(KARANGANYAR, question, context).topic == "monev/laporan"
    assert find_answer(SERANG, question, context="monev").reason is Reason.ATTACHMENT_MISSING


@pytest.mark.parametrize(
    ("context", "question", "topic"),
    [
        ("kelompok", "ketuanya siapa?", "kelompok/ketua"),
        ("kelompok", "pj nya siapa", "kelompok/penanggung-jawab"),
        ("tim-daerah", "kalau sekretarisnya?", "kelompok/sekretaris"),
    ],
)
def test_a_seat_is_known_by_its_name_whoever_is_asked_for(context, question, topic):
    assert follow_up(KUPANG, question, context).topic == topic


@pytest.mark.parametrize(
    "question", ["kelas apa", "pasar berapa", "laptop?", "2", "maksud integritas?", "contoh loyal"]
)
def test_words_that_only_look_like_follow_ups_are_none(question):
    assert not leans_wholly(question)
    assert not points_back(question)
