"""Seats are called as the regulation calls them."""

import pytest

from content.regulation_loader import load_regulations
from content.seat_words import seat_words, seats_are_fixed, seats_of

REGULATIONS = load_regulations()


@pytest.mark.parametrize(
    ("regulation_id", "seats"),
    [
        ("kupang-30-2025", ("penanggung-jawab", "ketua", "sekretaris", "anggota")),
        ("tangerang-66-2023", ("kepala", "ketua", "sekretaris", "anggota")),
        ("serang-25-2018", ("penanggung-jawab", "fasilitator", "ketua", "sekretaris", "anggota")),
        ("banjarmasin-38-2016", ("pengarah", "ketua", "sekretaris", "anggota")),
    ],
)
def test_only_the_seats_that_the_regulation_names(regulation_id, seats):
    assert seats_of(REGULATIONS[regulation_id]) == seats
    assert seats_are_fixed(REGULATIONS[regulation_id])


def test_where_none_are_fixed_every_seat_is_the_offices_own():
    regulation = REGULATIONS["karanganyar-44-2023"]
    assert not seats_are_fixed(regulation)
    assert seats_of(regulation)[0] == "kepala"
    assert seat_words(regulation, "kepala") == "Kepala Perangkat Daerah"


@pytest.mark.parametrize("regulation", REGULATIONS.values(), ids=REGULATIONS)
def test_every_seat_has_a_name_and_ours_too(regulation):
    assert all(seat_words(regulation, slug)[0].isupper() for slug in (*seats_of(regulation), "administrator"))
    with pytest.raises(KeyError):
        seat_words(regulation, "bendahara")
