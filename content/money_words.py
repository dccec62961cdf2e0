"""Sums as Indonesians write them: "Rp12.345", "Rp357,50", "USD 1.234,50"."""

from decimal import ROUND_CEILING, Decimal

_CENT = Decimal("0.01")
_SIGNS = {"IDR": "Rp"}


def money_words(amount: Decimal, currency: str) -> str:
    """The sum in this currency (ISO 4217), never less than it is: rounded up to two places, none where it is whole."""
    rounded = amount.quantize(_CENT, rounding=ROUND_CEILING)
    whole, _, cents = f"{rounded:,}".partition(".")
    grouped = whole.replace(",", ".")
    return _SIGNS.get(currency, f"{currency} ") + (grouped if cents == "00" else f"{grouped},{cents}")
