"""What people mapped is printed so that the bank can read it."""

import msgspec
import yaml

from content.bank_export import MappedQuestion, bank_yaml
from content.question_bank import Situations, Theme
from content.regulation_loader import load_regulations

KARANGANYAR, SERANG = (load_regulations()[name] for name in ("karanganyar-44-2023", "serang-25-2018"))


def documents(*mapped):
    return list(yaml.safe_load_all(bank_yaml(MappedQuestion(*item) for item in mapped)))


def test_behaviours_become_themes_under_the_banks_name_for_the_regulation():
    (themes,) = documents(
        (KARANGANYAR, "nilai/akuntabel/2", "mobil dinas buat mudik"),
        (KARANGANYAR, "nilai/akuntabel/2", "pakai mobil dinas mudik boleh?"),
        (KARANGANYAR, "nilai/akuntabel/2", "ngeprint skripsi anak di kantor"),
        (SERANG, "nilai/integritas/1", "terima parsel"),
    )
    assert msgspec.convert(themes, tuple[Theme, ...]) == (
        Theme(
            {"berakhlak": ("nilai/akuntabel/2",)},
            (("mobil dinas buat mudik", "pakai mobil dinas mudik boleh?"), ("ngeprint skripsi anak di kantor",)),
        ),
        Theme({"serang-25-2018": ("nilai/integritas/1",)}, (("terima parsel",),)),
    )


def test_values_and_topics_of_the_programme_go_to_their_own_files():
    values, programme = documents(
        (KARANGANYAR, "nilai/loyal", "setia kawan"),
        (KARANGANYAR, "nilai", "daftar semua nilai"),
        (SERANG, "motto", "semboyan kita"),
        (KARANGANYAR, "aktivasi/twibbon", "bingkai foto: kapan?"),
    )
    assert msgspec.convert(values["situations"], dict[str, dict[str, Situations]]) == {
        "berakhlak": {"nilai/loyal": (("setia kawan",),)}
    }
    assert msgspec.convert(programme, dict[str, Situations]) == {
        "aktivasi/twibbon": (("bingkai foto: kapan?",),),
        "motto": (("semboyan kita",),),
        "nilai": (("daftar semua nilai",),),
    }


def test_each_document_names_its_file():
    text = bank_yaml([MappedQuestion(SERANG, "motto", "semboyan kita")])
    assert text.splitlines()[:2] == ["---", "# knowledge/programme.yaml"]


def test_the_same_words_are_told_once_and_what_the_regulation_lacks_not_at_all():
    (programme,) = documents((SERANG, "motto", "semboyan"), (SERANG, "motto", "semboyan"), (SERANG, "salam", "salam?"))
    assert programme == {"motto": [["semboyan"]]}
    assert documents() == []


def test_hostile_words_stay_words():
    (programme,) = documents((SERANG, "motto", "- x: !!python/object ['a"))
    assert programme == {"motto": [["- x: !!python/object ['a"]]}
