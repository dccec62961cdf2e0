"""A question that people mapped is known again in other words and spelling, and not by a word or two of it."""

from difflib import SequenceMatcher

import pytest

from content import mapped_question
from content.knowledge_base import find_answer
from content.mapped_question import Mapped, in_context, mapped_topic
from content.regulation_loader import load_regulations

KUPANG = load_regulations()["kupang-30-2025"]
PAY = "kapan gaji cair"
SANDALS = "bolehkah pakai sandal saat melayani"


def reaches(mapped, asked):
    return mapped_topic(asked, [Mapped("nilai", mapped)], {"nilai"}) == "nilai"


@pytest.mark.parametrize(
    ("mapped", "asked"),
    [
        (PAY, "Kapan gaji cair?"),
        (PAY, "kpn gaji cair min"),
        (PAY, "gaji kita cairnya kapan ya"),
        (PAY, "gaji cairnya tanggal berapa"),
        (SANDALS, "boleh gak melayani pakai sandal"),
        (SANDALS, "pake sendal pas melayani boleh?"),
        ("titip absen teman", "nitip absen sama temen"),
        ("pegawai tidur di musala", "pegawai tidur di mushola boleh?"),
        ("cara lapor pungli di kantor", "gmn melaporkan pungli di kantor"),
        ("antar anak sekolah naik mobil dinas", "mobil dinas buat antar anak ke sekolah, boleh?"),
    ],
)
def test_a_mapping_reaches_paraphrases(mapped, asked):
    assert reaches(mapped, asked)
    assert reaches(asked, mapped)


@pytest.mark.parametrize(
    ("mapped", "asked"),
    [
        (PAY, "gaji"),
        (PAY, "kapan"),
        (PAY, "gaji ke-13 berapa"),
        (PAY, "kapan gaji ke-13 cair"),
        (PAY, "kapan gaji naik"),
        (PAY, "kapan tpp cair"),
        (PAY, "potongan gaji"),
        (SANDALS, "sandal"),
        (SANDALS, "bolehkah pakai kaos saat melayani"),
        ("arisan di jam kerja", "jam kerja selama puasa"),
        ("kepanjangan BPJS itu apa", "kepanjangan BUMD itu apa"),
        ("siapa ketua koperasi", "kapan ketua koperasi"),
        ("tim kami menang lomba desa 2024", "tim kami menang lomba desa 2025"),
        ("motto", "motto hidup saya"),
        (PAY, ""),
        ("", ""),
    ],
)
def test_a_mapping_reaches_nothing_that_only_shares_words_with_it(mapped, asked):
    assert not reaches(mapped, asked)
    assert not reaches(asked, mapped)


def test_of_several_mappings_the_one_that_says_most_of_the_same_is_meant():
    mapped = [
        Mapped("a", PAY),
        Mapped("b", "kapan gaji dan tunjangan cair"),
        Mapped("c", "gaji dan tunjangan cair kapan"),
    ]
    assert mapped_topic("kapan gaji cair ya", mapped, {"a", "b", "c"}) == "a"
    assert mapped_topic("gaji & tunjangan kapan cair", mapped, {"a", "b", "c"}) == "b"
    assert mapped_topic("kapan gaji cair ya", mapped, {"c"}) is None


@pytest.mark.parametrize("asked", ["gaji", "gaji ke-13 berapa", "potongan gaji saya", "kapan cair"])
def test_what_is_not_mapped_is_answered_as_if_nothing_were(asked):
    assert find_answer(KUPANG, asked, [Mapped("nilai/akuntabel/1", PAY)]) == find_answer(KUPANG, asked)


def test_a_mapped_question_has_what_is_near_behind_its_topic():
    found = find_answer(KUPANG, "gaji cairnya kapan", [Mapped("nilai/akuntabel/1", PAY)])
    assert found.topic == "nilai/akuntabel/1"
    assert len(found.alternatives) == 2
    assert found.beside == ()


def test_three_hundred_mappings_are_gone_through_without_looking_for_slips_in_all_of_them(monkeypatch):
    mapped = [
        Mapped("nilai", f"pegawai bidang {number} menjemput anak sekolah naik mobil kantor") for number in range(300)
    ]
    compared = []

    def counted(*texts):
        compared.append(texts)
        return SequenceMatcher(*texts)

    monkeypatch.setattr(mapped_question, "SequenceMatcher", counted)
    assert mapped_topic("pegawai lain menolak rapat lewat layar", mapped, {"nilai"}) is None
    assert compared == []


def test_a_follow_up_is_mapped_for_the_answer_that_it_leaned_on_alone():
    mapped = [Mapped("role-model", in_context("Akuntabel 2", "kalau laptop?"))]
    for question, context, known in [
        ("kalo laptop", "nilai/akuntabel/2", True),
        ("kalau motor?", "nilai/akuntabel/2", False),
        ("kalau laptop?", "nilai/akuntabel/3", False),
    ]:
        found = find_answer(KUPANG, question, mapped, context)
        assert (getattr(found, "topic", None) == "role-model") is known, question
