from decimal import Decimal

import pytest

from content.money_words import money_words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("12345", "IDR", "Rp12.345"),
        ("12345.00", "IDR", "Rp12.345"),
        ("357.5", "IDR", "Rp357,50"),
        ("0", "IDR", "Rp0"),
        ("1234567.891", "IDR", "Rp1.234.567,90"),
        ("1234.5", "USD", "USD 1.234,50"),
        ("0.001", "USD", "USD 0,01"),
    ],
)
def test_sums_are_written_as_indonesians_do_and_never_too_small(amount, currency, words):
    assert money_words(Decimal(amount), currency) == words
