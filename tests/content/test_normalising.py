import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.normalising import LONGEST_QUESTION, content_words, is_chat_form, read_part, stem, words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmn klo mobil dinas dipake mudik", "bagaimana kalau mobil dinas dipakai mudik"),
        ("Yg TELAT gak boleh", "yang terlambat tidak boleh"),
        ("teman2 di kantor", "teman di kantor"),
        ("akuntabel 2, bulan 12", "akuntabel 2 bulan 12"),
        ("teman-teman di kantor", "teman di kantor"),
        ("kelompok budaya kerja", "kbk"),
        ("bertanggung jawab", "bertanggungjawab"),
        ("bagusss sekaliiii", "bagus sekali"),
    ],
)
def test_informal_spelling_is_read_as_the_standard_one(typed, meant):
    assert content_words(typed) == content_words(meant)


@pytest.mark.parametrize(
    "forms",
    [
        ("melayani", "pelayanan", "layani", "dilayani"),
        ("memperbaiki", "memperbaikinya"),
        ("menyalahgunakan", "disalahgunakan"),
        ("melaporkan", "laporan", "pelaporan", "dilaporkan"),
        ("menghargai", "dihargai", "hargai"),
        ("memakai", "dipakai", "pakai"),
    ],
)
def test_the_forms_of_one_word_share_a_stem(forms):
    assert len({stem(form) for form in forms}) == 1


def test_names_links_and_signs_are_no_words():
    assert words("@apel_bot 😀 apa motto? https://contoh.id/x <b>") == ("apa", "motto", "b")


def test_a_question_of_function_words_keeps_them():
    assert content_words("apa itu") == ("apa", "itu")


def test_no_more_than_the_longest_question_is_read_of_an_endless_text():
    assert len(" ".join(words("abcd " * 4096))) <= LONGEST_QUESTION


@given(st.text(max_size=300))
def test_any_text_becomes_words_of_letters_and_digits(text):
    assert all(word.replace("-", "").isalnum() for word in words(text))


@pytest.mark.parametrize("word", ["yg", "sy", "udh", "diem2an", "klo", "jd", "anak2", "krn"])
def test_what_is_typed_so_in_chats_alone_is_told(word):
    assert is_chat_form(word)


@pytest.mark.parametrize("word", ["yang", "RSUD", "PP", "warga", "tiba-tiba", "2050", "membuat"])
def test_what_is_spelt_as_in_a_book_is_no_chat_form(word):
    assert not is_chat_form(word)


@pytest.mark.parametrize(
    ("regional", "indonesian"),
    [
        ("kancane ora gelem sinau", "teman tidak gelem belajar"),
        ("pripun ngladosi tiyang sepuh", "bagaimana melayani orang sepuh"),
        ("kumaha carana mun teu boga laptop", "bagaimana carana kalau tidak boga laptop"),
        ("ulun kada bagawi isukan", "saya tidak bekerja besok"),
        ("sidin kada mahadang suruhan, manggawi surangan", "dia tidak menunggu perintah, mengerjakan sendiri"),
        ("kunaon teu nulungan dulur nu cape", "kenapa tidak menolong saudara yang lelah"),
        ("katong sonde dapa oto", "kita tidak dapat mobil"),
    ],
)
def test_regional_words_are_read_as_indonesian(regional, indonesian):
    said, meant = words(regional), words(indonesian)
    assert [stem(word) for word in said] == [stem(word) for word in meant]


@pytest.mark.parametrize(
    ("word", "root"), [("petugase", "petugas"), ("laporane", "lapor"), ("bukune", "buku"), ("sore", "sore")]
)
def test_the_javanese_ending_is_stripped(word, root):
    assert stem(word) == root


def test_of_a_long_text_the_beginning_and_the_end_are_read_in_whole_words():
    long = "mulai " + "cerita panjang " * 270 + "selesai"
    read = read_part(long)
    assert len(read) <= LONGEST_QUESTION
    assert read.startswith("mulai cerita")
    assert read.endswith("panjang selesai")
    assert set(read.split()) == {"mulai", "cerita", "panjang", "selesai"}
    assert len(read_part("a" * 5000)) <= LONGEST_QUESTION


def test_a_text_of_usual_length_is_read_whole():
    text = "ab " * (LONGEST_QUESTION // 3)
    assert read_part(text) == text


def test_signs_that_stand_for_many_letters_make_no_text_longer():
    assert len(" ".join(words("\ufdfa" * 4096))) <= LONGEST_QUESTION
