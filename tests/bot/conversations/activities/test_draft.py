"""How an activity in labelled lines is read, and what is asked next."""

from datetime import date

from bot.conversations.activities.draft import ActivityDraft, Column, labelled_lines


def test_each_label_names_its_column():
    lines = labelled_lines("Waktu: kemarin\nKEGIATAN : Sosialisasi\nBentuk/Media/Peralatan: aula\nData  dukung: x")
    assert lines == {
        Column.DAY: "kemarin",
        Column.WHAT: "Sosialisasi",
        Column.MEANS: "aula",
        Column.EVIDENCE: "x",
    }


def test_a_line_without_label_belongs_to_the_one_before():
    assert labelled_lines("Kegiatan: Sosialisasi\ndi aula: lantai 2\n\nUpaya: -") == {
        Column.WHAT: "Sosialisasi\ndi aula: lantai 2",
        Column.REMEDY: "-",
    }


def test_the_same_column_twice_is_kept_whole():
    assert labelled_lines("Media: aula\nPeralatan: proyektor")[Column.MEANS] == "aula\nproyektor"


def test_a_text_without_labels_has_no_lines():
    assert labelled_lines("Sosialisasi di aula\npukul: 9") == {}


def test_without_a_problem_no_remedy_is_asked_for():
    draft = ActivityDraft(key="k", day=date(2026, 11, 30), what="Sosialisasi", means="aula")
    assert draft.with_words(Column.PROBLEM, "").next_column() is Column.EVIDENCE
    assert draft.with_words(Column.PROBLEM, "Waktu terbatas").next_column() is Column.REMEDY
