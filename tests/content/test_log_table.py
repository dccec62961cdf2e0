"""Entries of the log in words and as the decreed table."""

import csv
import io
from datetime import date

import pytest

from content.log_table import LogLine, Proof, evidence_words, log_csv, means_words, what_words

MONDAY = date(2026, 11, 30)


def rows(*lines):
    return list(csv.reader(io.StringIO(log_csv(lines).decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_columns_are_those_of_the_decreed_form():
    assert rows() == [
        ["No", "Waktu", "Kegiatan", "Bentuk/Media/Peralatan", "Permasalahan", "Upaya Pemecahan", "Data Dukung"]
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (LogLine("reading", MONDAY, "Apel pagi"), "Apel pagi: nilai budaya kerja dibacakan"),
        (
            LogLine("reading", MONDAY, "Apel pagi", afterwards=True),
            "Apel pagi: nilai budaya kerja dibacakan (dicatat susulan)",
        ),
        (LogLine("meeting", MONDAY, "Evaluasi"), "Rapat “Evaluasi” dibuka dengan pembacaan nilai"),
        (LogLine("forwarded", MONDAY, "Apel pagi"), "Apel pagi: diteruskan ke grup WhatsApp"),
        (
            LogLine("forwarded", MONDAY, "Apel pagi", afterwards=True),
            "Apel pagi: diteruskan ke grup WhatsApp (dicatat susulan)",
        ),
        (LogLine("twibbon", MONDAY, "Twibbon", count=7), "Twibbon: 7 orang memasang"),
        (LogLine("report", MONDAY, "<b>SPJ</b> & arsip", value="Akuntabel", n=1), "Akuntabel 1: <b>SPJ</b> & arsip"),
        (LogLine("activity", MONDAY, "Sosialisasi"), "Sosialisasi"),
    ],
)
def test_each_kind_in_words(line, words):
    assert what_words(line) == words


@pytest.mark.parametrize(
    ("kind", "ways", "words"),
    [
        ("reading", (), "Pembacaan bersama"),
        ("reading", ("groups",), "Pembacaan bersama; naskah dikirim ke grup kantor"),
        ("reading", ("persons",), "Pembacaan bersama; naskah dikirim kepada anggota satu per satu"),
        ("meeting", ("forwarded",), "Pembacaan di awal rapat; naskah diteruskan ke grup WhatsApp kantor"),
        (
            "meeting",
            ("persons", "forwarded"),
            "Pembacaan di awal rapat; naskah dikirim kepada anggota satu per satu dan diteruskan ke grup WhatsApp kantor",
        ),
    ],
)
def test_the_means_of_a_reading_are_the_ways_by_which_its_text_went(kind, ways, words):
    assert means_words(LogLine(kind, MONDAY, "Apel pagi", ways=ways)) == words


def test_a_row_says_when_what_how_and_with_which_proof():
    line = LogLine(
        "activity",
        MONDAY,
        "Sosialisasi",
        means="tatap muka",
        problem="waktu terbatas",
        remedy="dilanjutkan",
        evidence=(Proof("photo"), Proof("link", "https://example.org"), Proof("photo"), Proof("file", "hadir.pdf")),
    )
    assert rows(line)[1] == [
        "1",
        "Senin, 30 November 2026",
        "Sosialisasi",
        "tatap muka",
        "waktu terbatas",
        "dilanjutkan",
        "https://example.org\nhadir.pdf\n2 foto (tersimpan di percakapan bot)",
    ]


def test_the_hour_stands_behind_the_day():
    assert rows(LogLine("reading", MONDAY, "Apel pagi", time="07.41 WIB"))[1][1] == "Senin, 30 November 2026 07.41 WIB"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_becomes_a_formula(start):
    hostile = f"{start}HYPERLINK(1)"
    line = LogLine(
        "activity", MONDAY, hostile, means=hostile, problem=hostile, remedy=hostile, evidence=(Proof("file", hostile),)
    )
    assert all(cell.startswith("'") for cell in rows(line)[1][2:])


def test_names_are_not_in_the_file():
    assert "Anggota 1" not in log_csv([LogLine("reading", MONDAY, "Apel pagi", name="Anggota 1")]).decode()


def test_what_is_missing_is_an_empty_cell():
    line = LogLine("activity", MONDAY, "Sosialisasi")
    assert (means_words(line), evidence_words(line)) == ("", "")
