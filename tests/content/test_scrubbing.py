"""Nobody can be told from a question that is kept."""

import pytest

from content.named_people import GAP
from content.scrubbing import LONGEST, scrubbed, without_digits, worth_keeping


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("saya Siti Rahma, boleh mudik?", "saya …, boleh mudik?"),
        ("SITI   rahma boleh mudik?", "… boleh mudik?"),
        ("siti boleh mudik?", "… boleh mudik?"),
        ("si\u200bti boleh mudik?", "… boleh mudik?"),
        ("persiti boleh mudik?", "persiti boleh mudik?"),
        ("kata Ma'ruf boleh", "kata … boleh"),
        ("tanya @siti_r dulu", "tanya … dulu"),
        ("kirim ke siti.r@contoh.go.id ya", "kirim ke … ya"),
        ("lihat https://contoh.go.id/siti ya", "lihat … ya"),
        ("hubungi 0812-3456-7890 atau +62 812 3456 7890", "hubungi … atau …"),
        ("NIK 3313 0101 0101 0001 dan nip 19800101 200501 1 001", "NIK … dan nip …"),
        ("tanggal 17 Agustus 2026 pasal 8", "tanggal 17 Agustus 2026 pasal 8"),
        ("apa tugas anggota dan ketua", "apa tugas anggota dan ketua"),
        ("baris satu\nbaris   dua", "baris satu baris dua"),
        ("merah \x1b[31m\ud800 boleh", "merah [31m boleh"),
        ("Siti Rahma @siti boleh", "… boleh"),
        ("kata Rahma2 boleh", "kata … boleh"),
        ("#sitirahma boleh", "#… boleh"),
        ("kata siti_rahma boleh", "kata … boleh"),
        ("kata SitiRahma1987 boleh", "kata … boleh"),
        ("kata rahma_ boleh", "kata …_ boleh"),
        ("persitirahma boleh", "persitirahma boleh"),
        ("kata Rahmaaa boleh", "kata … boleh"),
        ("siiitirahmaa bilang boleh", "… bilang boleh"),
        ("kata maruf boleh", "kata maruf boleh"),
    ],
)
def test_names_addresses_and_long_numbers_are_taken_out(text, kept):
    assert scrubbed(text, ["Siti Rahma", "Ma'ruf", "Anggota 1", "Ketua Tim"]) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("pak darmawan minta fee", "pak … minta fee"),
        ("ibu Sumiati dari dinkes", "ibu … dari dinkes"),
        ("Bpk. Dr. Gunawan Wijaya, minta uang", "Bpk. Dr. …, minta uang"),
        ("lapor ke mbak Yanti", "lapor ke mbak …"),
        ("kata pak Siti Darmawan boleh", "kata pak … boleh"),
        ("pak camat minta jatah", "pak camat minta jatah"),
        ("bu kadis sama pak ketua", "bu kadis sama pak ketua"),
        ("kak boleh tanya soal mudik", "kak boleh tanya soal mudik"),
        ("pak, tolong jelaskan", "pak, tolong jelaskan"),
        ("kompak darmawisata", "kompak darmawisata"),
    ],
)
def test_behind_a_title_a_word_that_nobody_knows_is_a_name(text, kept):
    assert scrubbed(text, ["Siti Rahma"]) == kept


def test_where_nobody_has_a_name_the_words_stay():
    assert scrubbed("boleh mudik?", []) == "boleh mudik?"
    assert scrubbed("boleh mudik?", ["", "?", "17"]) == "boleh mudik?"


def test_a_long_text_is_cut_between_words_after_the_numbers_went():
    text = "kata " * 58 + "lalu 081234567890"
    kept = scrubbed(text + " akhir" * 20, [])
    assert len(kept) <= LONGEST
    assert kept.startswith("kata kata")
    assert "0812" not in kept
    assert kept.split()[-1] in {"lalu", GAP, "akhir"}
    assert len(scrubbed("a" * 4096, [])) == LONGEST


def test_no_digit_is_left():
    assert without_digits("pasal 8 ayat 12") == "pasal … ayat …"


@pytest.mark.parametrize("text", ["terima kasih", "Selamat pagi", "😀😀", "aaaaa", "12 34", "", "?!", "\u202e"])
def test_courtesies_and_noise_are_not_worth_keeping(text):
    assert not worth_keeping(text)


@pytest.mark.parametrize("text", ["twibon?", "gaji 13 kapan cair", "kalau lembur"])
def test_a_short_question_is_worth_keeping(text):
    assert worth_keeping(text)
