"""What is said in one breath is one message where each costs, unless it would be offered in a worse form."""

from content.message import Choice, Document, Message
from scheduler.abilities import Abilities
from scheduler.bundling import bundled, go_together

DEAR = Abilities(charges=True, buttons=3, rows=10, button_length=20, row_length=24, text_length=400, body_length=100)
SAVED, ASKED = Message("Sudah dicatat."), Message("Simpan?", ((Choice("Ya", "a:1"), Choice("Tidak", "a:2")),))


def test_words_above_come_first_and_the_choices_of_the_last_first():
    offering = Message("Ada yang belum selesai.", ((Choice("Mulai baru", "a:3"),),))
    one = bundled([offering, SAVED, ASKED])
    assert one.text == "Ada yang belum selesai.\n\nSudah dicatat.\n\nSimpan?"
    assert [choice.label for line in one.choices for choice in line] == ["Ya", "Tidak", "Mulai baru"]
    assert go_together([offering, SAVED, ASKED], DEAR)


def test_where_nothing_costs_each_stays_a_message_of_its_own():
    assert not go_together([SAVED, ASKED], Abilities())


def test_what_has_no_room_together_stays_apart():
    assert not go_together([Message("kata " * 30), ASKED], DEAR)  # the buttons would have to be written out
    assert not go_together([Message("kata " * 70), Message("kata " * 70)], DEAR)


def test_buttons_never_become_a_list_by_it():
    more = Message("Masih ada.", ((Choice("Mulai baru", "a:3"), Choice("Buang", "a:4")),))
    assert not go_together([more, ASKED], DEAR)


def test_a_file_above_stays_what_it_is():
    assert not go_together([Message("Berkas", document=Document("a.csv", b"x")), ASKED], DEAR)
