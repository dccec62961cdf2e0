"""A topic's bare name means that topic, in every regulation that has it."""

import pytest

from content.knowledge_base import Answer, Declined, Reason, find_answer
from content.regulation_loader import load_regulations
from content.topic_name import topic_mentioned, topic_named
from content.topics import labels, topics_of

REGULATIONS = load_regulations()
BANJARMASIN = REGULATIONS["banjarmasin-38-2016"]
SERANG = REGULATIONS["serang-25-2018"]
TANGERANG = REGULATIONS["tangerang-66-2023"]
NAMED = [
    (regulation, topic)
    for regulation in REGULATIONS.values()
    for topic in topics_of(regulation)
    if not topic.startswith("nilai/")
]


@pytest.mark.parametrize(("regulation", "topic"), NAMED, ids=[f"{pack.id} {topic}" for pack, topic in NAMED])
def test_a_topic_is_answered_by_its_name(regulation, topic):
    for name in {topic.rpartition("/")[2].replace("-", " "), labels().topics[topic]}:
        found = find_answer(regulation, name)
        assert isinstance(found, Answer)
        assert found.topic == topic


@pytest.mark.parametrize(
    ("question", "topic"),
    [("salam", "salam"), ("Salam?", "salam"), ("apa itu salam", "salam"), ("kelompok itu apa sih", "kelompok")],
)
def test_what_stands_around_a_name_may_ask_for_it(question, topic):
    assert topic_named(BANJARMASIN, question) == topic


@pytest.mark.parametrize("question", ["", "salam tiga jari", "rapat besok", "motto hidup", "akuntabel", "ketua adat"])
def test_what_says_more_or_is_no_topic_of_the_regulation_is_not_named(question):
    assert topic_named(BANJARMASIN, question) is None


@pytest.mark.parametrize("question", ["rapat", "laporan budaya kerja?", "rapat rutin", "laporan perkembangan itu apa"])
def test_what_banjarmasin_has_under_another_name_is_not_called_unregulated(question):
    found = find_answer(BANJARMASIN, question)
    assert isinstance(found, Answer)
    assert found.topic == "monev"


def test_every_other_name_is_that_of_a_topic_of_its_regulation():
    for name, called in (*labels().called_so.items(), *labels().mentioned.items()):
        assert set(called.values()) <= topics_of(REGULATIONS[name]).keys()


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("tangerang-66-2023", "deklarasi nilai wajib ya?"),
        ("tangerang-66-2023", "siapa yang mendeklarasikan nilai berakhlak"),
        ("tangerang-66-2023", "apa itu deklarasi"),
        ("karanganyar-44-2023", "kapan deklarasi berakhlak"),
        ("karanganyar-44-2023", "forum profesional itu apa"),
        ("karanganyar-44-2023", "forum-forum profesional tugasnya siapa"),
    ],
)
def test_a_passage_under_a_topic_of_another_name_is_found_by_its_own(name, question):
    found = find_answer(REGULATIONS[name], question)
    assert isinstance(found, Answer)
    assert found.topic == "monev"


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("kupang-30-2025", "deklarasi nilai wajib ya?"),
        ("tangerang-66-2023", "forum profesional itu apa"),
        ("karanganyar-44-2023", "deklarasi pilkada damai"),
        (
            "karanganyar-44-2023",
            "ikut forum profesional dokter di luar kota saat jam kerja tanpa izin atasan boleh tidak",
        ),
    ],
)
def test_neither_another_regulations_passage_nor_a_story_that_names_one_is_taken_for_it(name, question):
    assert topic_named(REGULATIONS[name], question) is None
    assert topic_mentioned(REGULATIONS[name], question) is None


def test_what_only_another_regulation_has_stays_declined_by_name():
    assert find_answer(BANJARMASIN, "twibbon") == Declined(Reason.NOT_REGULATED, "aktivasi/twibbon")
    assert find_answer(TANGERANG, "salam") == Declined(Reason.NOT_REGULATED, "salam")
    assert find_answer(SERANG, "kalau di rapat?").reason is Reason.ATTACHMENT_MISSING


@pytest.mark.parametrize("regulation", REGULATIONS.values(), ids=REGULATIONS)
def test_the_bare_name_of_a_value_that_only_others_have_is_declined_by_it(regulation):
    own = {value.slug for value in regulation.values}
    elsewhere = {value.slug: value.name for pack in REGULATIONS.values() for value in pack.values}
    for slug in elsewhere.keys() - own:
        for question in (elsewhere[slug], f"apa itu {elsewhere[slug].lower()}?"):
            found = find_answer(regulation, question)
            assert isinstance(found, Declined)
            assert found.topic == f"nilai/{slug}"
