import pytest

from content.spelling_guess import SpellingGuess

KNOWN = SpellingGuess(["semangat", "akuntabel", "pimpinan", "kerja", "rapat"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smangat", "semangat"),  # one letter left out
        ("semmangat", "semangat"),  # one too many
        ("semamgat", "semangat"),  # one changed
        ("semanagt", "semangat"),  # two swapped
        ("akntbl", "akuntabel"),  # vowels left out
        ("pmpinan", "pimpinan"),
    ],
)
def test_a_slip_of_the_finger_is_seen_through(typed, meant):
    assert KNOWN.guess(typed) == meant


@pytest.mark.parametrize("word", ["semangat", "rendang", "rap", "123", ""])
def test_known_strange_and_short_words_stay_as_they_are(word):
    assert KNOWN.guess(word) == word
