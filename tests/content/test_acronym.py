"""Regulations' own acronyms: told from other uses of the word, answered by the list of values, or declined by name."""

import pytest

from content.acronym import acronym_asked
from content.normalising import words
from content.question_bank import packaged_bank
from content.regulation_loader import load_regulations


@pytest.mark.parametrize(
    ("question", "acronym"),
    [
        ("SIAP itu apa", "SIAP"),
        ("siap?", "SIAP"),
        ("arti SIAP apa ya min", "SIAP"),
        ("kepanjangan siap dalam budaya kerja", "SIAP"),
        ("S.I.A.P", "SIAP"),
        ("s i a p apa sih", "SIAP"),
        ("kepanjangan S-I-A-P itu apa", "SIAP"),
        ("S. I. A. P. singkatan apa", "SIAP"),
        ("b e r a k h l a k artinya apa", "BerAKHLAK"),
        ("berakhlak apa artinya", "BerAKHLAK"),
        ("BERAKHLAK singkatan dari apa sih", "BerAKHLAK"),
        ("berakhlak", "BerAKHLAK"),
        ("ber-akhlak tuh apaan", "BerAKHLAK"),
        ("tolong jelaskan core values BerAKHLAK", "BerAKHLAK"),
    ],
)
def test_an_acronym_alone_or_asked_for_its_meaning_is_known(question, acronym):
    assert acronym_asked(question) == acronym


@pytest.mark.parametrize(
    "question",
    [
        "",
        "apa artinya",
        "jingle berakhlak",
        "saya siap pindah tugas",
        "hubungan baek dan berakhlak",
        "beda siap dan berakhlak",
        "a s n siap mutasi",
        "s i a pa",
    ],
)
def test_what_is_about_something_else_is_left_alone(question):
    assert acronym_asked(question) is None


def test_what_the_bank_says_to_everybody_on_the_values_names_no_acronym():
    shared = [text for phrasings in packaged_bank().programme["nilai"] for text in phrasings]
    acronyms = {pack.acronym.casefold() for pack in load_regulations().values() if pack.acronym}
    assert shared
    assert not [text for text in shared if acronyms.intersection(words(text))]
