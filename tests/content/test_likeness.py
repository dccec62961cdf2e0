"""What is asked alike stands together, and stays together."""

from content.likeness import groups_of

ASKED = {
    3: "boleh pakai mobil dinas buat mudik?",
    4: "gaji ke 13 kapan cair",
    7: "mobil dinas dipakai mudik boleh gak",
    8: "absen finger error",
    9: "kapan gaji 13 cair min",
    12: "pakai mobil kantor untuk pulang kampung",
}


def test_phrasings_of_one_question_stand_together_the_biggest_group_first():
    assert groups_of(ASKED) == [(3, 7, 12), (4, 9), (8,)]


def test_what_comes_later_changes_no_earlier_group():
    before = groups_of(ASKED)
    after = groups_of(ASKED | {20: "mobil dinas buat mudik", 21: "kapan twibbon dipasang"})
    assert {group[0]: tuple(n for n in group if n < 20) for group in after if group[0] < 20} == {
        group[0]: group for group in before
    }


def test_a_group_that_was_decided_leaves_the_others_as_they_were():
    rest = {number: text for number, text in ASKED.items() if number not in {3, 7, 12}}
    assert groups_of(rest) == [(4, 9), (8,)]


def test_the_order_of_asking_alone_decides_not_the_order_of_reading():
    assert groups_of(dict(reversed(ASKED.items()))) == groups_of(ASKED)


def test_texts_without_words_stand_alone_and_nothing_is_nothing():
    assert groups_of({1: "😀", 2: "😀"}) == [(1,), (2,)]
    assert groups_of({}) == []
