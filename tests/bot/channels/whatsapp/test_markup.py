"""The neutral markup in WhatsApp's own, which no person's words can write."""

import re

import pytest

from bot.channels.whatsapp.markup import harmless, length, written


@pytest.mark.parametrize(
    ("neutral", "shown"),
    [
        ("<b>Apel pagi</b> pukul 07.30", "*Apel pagi* pukul 07.30"),
        ("<i>Pasal 8</i>", "_Pasal 8_"),
        ("<code>KODE_1</code>", "```KODE_1```"),
        ("<b>tebal <i>dan miring</i></b>", "*tebal* *_dan miring_*"),
        ("<b>satu\ndua</b>", "*satu*\n*dua*"),
        ("<b> </b>x", " x"),
        ("<blockquote>satu\n<b>dua</b> tiga\n\nempat</blockquote>\nlima", "> satu\n> *dua* tiga\n\n> empat\nlima"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
    ],
)
def test_marks_stand_where_whatsapp_reads_them(neutral, shown):
    assert written(neutral) == shown


@pytest.mark.parametrize("mark", ["*", "_", "~", "```", "`", "**"])
def test_words_of_a_person_format_nothing(mark):
    assert mark not in written(f"Anda {mark}menang{mark} hadiah")


def test_what_formats_nothing_is_left_as_it_was():
    for words in ("2 * 3 * 4", "nama_berkas_akhir.pdf", "~ 5 menit", "5*", "*"):
        assert harmless(words) == words


def test_an_address_is_never_changed():
    link = "https://wa.me/628110000001?text=Gabung%20_a-b_"
    assert written(f"Tautan: {link} *x*").split(" ")[1] == link


def test_a_code_keeps_every_sign_but_what_would_end_it():
    assert written("<code>a_*b*_c ``` d</code>") == "```a_*b*_c ''' d```"


def test_the_length_is_that_of_what_is_sent_in_utf_16():
    assert length("<b>a</b> \U0001f642") == len("*a* ") + 2


def test_every_line_of_a_quote_begins_as_one():
    lines = written("<blockquote>" + "\n".join(["baris"] * 5) + "</blockquote>").splitlines()
    assert all(re.match("> ", line) for line in lines)
