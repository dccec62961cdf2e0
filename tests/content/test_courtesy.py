"""Courtesy is told from questions."""

import pytest

from content.courtesy import courtesy_in


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
        "salam",
        "integritas",
        "pagi " * 100,
    ],
)
def test_whatever_says_more_is_a_question(text):
    assert courtesy_in(text) is None
