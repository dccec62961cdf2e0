"""Courtesy is told from questions."""

import pytest

from content.courtesy import asks, courtesy_in


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Selamat pagi", "greeting"),
        ("selamat pagi pak 🙏", "greeting"),
        ("Halo, bot!", "greeting"),
        ("assalamualaikum wr wb", "greeting"),
        ("oke, terima kasih banyak kak", "thanks"),
        ("siap, makasih ya", "thanks"),
        ("pagi, terima kasih", "greeting"),
    ],
)
def test_a_greeting_or_thanks_asks_nothing(text, kind):
    assert courtesy_in(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙏",
        "pak bu kak",
        "selamat pagi, apel pagi itu wajib?",
        "apel pagi",
        "terima kasih atas apa",
        "siap itu apa",
        "siap?",
        "pagi?",
        "salam",
        "integritas",
        "pagi " * 100,
    ],
)
def test_whatever_says_more_is_a_question(text):
    assert courtesy_in(text) is None


@pytest.mark.parametrize("text", ["SIAP", " SIAP. ", "SIAP!"])
def test_an_acronym_in_its_own_letters_asks_for_the_values_of_those_who_have_it(text):
    assert courtesy_in(text, "SIAP") is None
    assert courtesy_in(text, "BerAKHLAK") == courtesy_in(text) == "thanks"


@pytest.mark.parametrize("text", ["siap", "Siap", "siap pak", "SIAP PAK", "Siap, terima kasih"])
def test_an_acronym_that_is_a_word_of_courtesy_too_stays_one_in_other_letters(text):
    assert courtesy_in(text, "SIAP") == "thanks"


@pytest.mark.parametrize("text", ["apa arti akuntabel", "gimana caranya", "twibbon kpn", "mudik?", "siapa ketuanya"])
def test_people_ask_with_these_words(text):
    assert asks(text)


@pytest.mark.parametrize("text", ["hadir, Pak", "izin terlambat, Bu", "siap laksanakan", "foto sudah dikirim", ""])
def test_who_answers_does_not_ask(text):
    assert not asks(text)
