"""A message takes the form for which its channel has room, and is never longer than the channel takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import markup
from content.message import Choice, Document, Message
from content.shortening import shortened, told_apart, width
from content.splitting import split_message
from scheduler.abilities import Abilities, abilities_of, declare
from scheduler.fitting import fitted, is_list

SMALL = Abilities(
    links=False,
    buttons=3,
    button_length=20,
    rows=10,
    row_length=24,
    description_length=72,
    text_length=400,
    body_length=100,
    caption_length=100,
)


def offering(*labels, text="Pilih", **more):
    return Message(text, (tuple(Choice(label, f"a.b:{n}") for n, label in enumerate(labels)),), **more)


def shown(message):
    return [choice.label for line in message.choices for choice in line]


def test_a_channel_that_declares_nothing_has_room_for_everything():
    message = offering(*"abcdefghijklmnop", text="kata " * 900)
    assert fitted(message, abilities_of("telegram")) == split_message(message)


def test_a_channel_declares_once():
    mine = Abilities(buttons=1)
    assert declare("test-once", mine) is mine
    assert declare("test-once", Abilities(buttons=1)) == abilities_of("test-once")
    with pytest.raises(ValueError, match="test-once"):
        declare("test-once", Abilities(buttons=2))


def test_the_shorter_label_is_used_where_the_longer_has_no_room():
    choice = Choice("Hapus semua jam khusus", "a.b", short="Hapus semua")
    (message,) = fitted(Message("x", ((choice, Choice("Kembali", "a.c")),)), SMALL)
    assert shown(message) == ["Hapus semua", "Kembali"]
    many = tuple(Choice(f"Tombol {n}", f"a:{n}") for n in range(3))
    (message,) = fitted(Message("x", ((choice, *many),)), SMALL)
    assert shown(message)[0] == "Hapus semua jam khusus"  # a row has room for it
    longer = Choice("Lihat juga: kelompok budaya kerja", "a.b", short="Kelompok budaya kerja")
    (message,) = fitted(Message("x", ((longer, *many),)), SMALL)
    (first, *_) = (choice for line in message.choices for choice in line)
    assert (first.label, first.description) == ("Kelompok budaya kerja", "Lihat juga: kelompok budaya kerja")


def test_of_two_labels_that_have_no_room_the_shorter_one_is_cut():
    one = Choice("Saya: Anggota Kelompok Budaya Kerja Kesatu", "a.b", short="A. K. B. Kerja Kesatuan Kelompok")
    ((row,),) = fitted(Message("x", ((one,),)), SMALL)[0].choices
    assert (row.label, row.description) == ("A. K. B. Kerja Kesatuan…", one.label)


def test_rows_whose_names_begin_alike_keep_what_tells_them_apart():
    office = "Grup WhatsApp Dinas Komunikasi, Informatika, Statistik, dan Persandian Kabupaten"
    (message,) = fitted(
        offering(*(f"▫️ {office} Bidang {name}" for name in ("Aptika", "IKP", "Statistik")), "Lanjut"), SMALL
    )
    (rows,) = message.choices
    assert [row.label for row in rows] == [
        "▫️ Grup…Bidang Aptika",
        "▫️ Grup…Bidang IKP",
        "▫️ Grup…Bidang Statistik",
        "Lanjut",
    ]
    assert [row.description.rpartition(" ")[2] for row in rows[:3]] == ["Aptika", "IKP", "Statistik"]


def test_a_line_about_a_choice_stands_under_its_row_and_under_no_button():
    one = Choice(
        "1", "a:1", description="melaksanakan tugas dengan jujur, bertanggung jawab, cermat, disiplin dan tekun"
    )
    (few,) = fitted(Message("x", ((one,),)), SMALL)
    assert [choice.description for line in few.choices for choice in line] == [None]
    others = tuple(Choice(str(n), f"a:{n}") for n in range(2, 5))
    (rows,) = fitted(Message("x", ((one, *others),)), SMALL)
    assert rows.choices[0][0].description == "melaksanakan tugas dengan jujur, bertanggung jawab, cermat, disiplin…"


def test_too_many_and_those_under_a_long_text_are_written_out():
    (many,) = fitted(offering(*(f"Grup {n}" for n in range(11))), SMALL)
    assert many.numbered
    assert "11. Grup 10" in many.text
    (long,) = fitted(offering("Ya", "Tidak", text="kata " * 40), SMALL)
    assert long.numbered
    assert long.text.endswith("1. Ya\n2. Tidak")


def test_labels_that_are_numbers_are_not_numbered_again():
    (message,) = fitted(offering("7", "8", "Berikutnya ›", text="7. satu\n8. dua\n" + "kata " * 30), SMALL)
    assert message.text.endswith("Balas dengan nomornya, atau tulis: Berikutnya ›.")


def test_an_address_is_written_out_and_the_rest_stay_buttons():
    link = Choice("Buka & lihat", url="https://contoh.go.id/?a=1&b=2")
    (message,) = fitted(Message("x", ((link,), (Choice("Ya", "a.b"),))), SMALL)
    assert markup.plain_text(message.text) == "x\n\nBuka & lihat: https://contoh.go.id/?a=1&b=2"
    assert shown(message) == ["Ya"]


def test_a_document_with_many_choices_goes_first_and_the_choices_by_themselves():
    file = Document("a.csv", b"x")
    first, second = fitted(offering(*(f"Pilihan yang agak panjang {n}" for n in range(9)), document=file), SMALL)
    assert (first.document, first.choices) == (file, ())
    assert second.document is None
    assert len(shown(second)) == 9


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=1500),
    st.lists(st.text("abc defg", min_size=1, max_size=90).filter(str.strip), max_size=14),
)
def test_whatever_is_said_fits_and_every_choice_stays(text, labels):
    parts = fitted(offering(*labels, text=f"x{text.replace('<', '')}"), SMALL)
    for part in parts:
        limit = SMALL.text_length if part.numbered or not part.choices else SMALL.body_length
        # one that cannot be cut to fit is one whose choices alone are longer than a text may be
        assert markup.length(part.text) <= limit or part.numbered
    assert len(shown(parts[-1])) == len(labels)


@given(st.text("abc dé\U0001f642", max_size=80), st.integers(4, 30))
def test_what_is_shortened_has_room_and_is_cut_between_words(words, room):
    kept = shortened(words, room)
    assert width(kept) <= room
    if kept != words and " " in kept.rstrip("…"):
        assert words.startswith(kept.rstrip("…"))
        assert words[len(kept.rstrip("…")) :].startswith(" ") or not kept.rstrip("…").strip()


@given(st.lists(st.text(max_size=60), max_size=4), st.integers(min_value=4, max_value=40))
def test_what_is_told_apart_has_room(names, room):
    assert all(width(name) <= room for name in told_apart(names, room))


def test_a_list_is_what_has_no_form_as_buttons():
    assert not is_list([Choice("Ya", "a")], SMALL)
    assert is_list([Choice("Ya", "a", description="Ya, simpan")], SMALL)
    assert is_list([Choice("a", "a"), Choice("a", "b")], SMALL)
    assert is_list([Choice(str(n), str(n)) for n in range(4)], SMALL)
