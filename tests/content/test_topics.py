import pytest

from content.citation import is_citation
from content.regulation_loader import load_pack, load_regulations
from content.topics import labels, topic_label, topic_of, topics_of
from tests.fakes.regulation_pack import NAME, pack_text

REGULATIONS = load_regulations()
BERAKHLAK_ONLY_TOPICS = {"employer-branding", "role-model", "agen-perubahan"}
EXPECTED = {
    "kupang-30-2025": {"yel-yel", "kelompok/penanggung-jawab", "tim-daerah", *BERAKHLAK_ONLY_TOPICS},
    "tangerang-66-2023": {
        "aktivasi/twibbon",
        "aktivasi/multimedia",
        "agen-perubahan/kriteria",
        "agen-perubahan/tahapan",
        "agen-perubahan/peran",
        "agen-perubahan/mekanisme",
        "role-model",
        "penghargaan",
        "pembiayaan",
    },
    "karanganyar-44-2023": {
        "nilai-lokal",
        "aktivasi/twibbon",
        "aktivasi/apel-pagi",
        "monev/laporan",
        "monev/maturitas",
        "tim-daerah",
        *BERAKHLAK_ONLY_TOPICS,
    },
    "serang-25-2018": {
        "motto",
        "kelompok/fasilitator",
        "kelompok/koordinator",
        "tim-daerah",
        "institusionalisasi",
        "pembiayaan",
    },
    "banjarmasin-38-2016": {"motto", "salam", "kelompok/pengarah", "institusionalisasi", "sosialisasi", "penghargaan"},
}
ABSENT = {
    "kupang-30-2025": {"aktivasi/twibbon", "motto", "salam", "nilai-lokal", "agen-perubahan/kriteria", "pembiayaan"},
    "tangerang-66-2023": {"motto", "salam", "yel-yel", "nilai-lokal", "kelompok/penanggung-jawab", "monev/laporan"},
    "karanganyar-44-2023": {"motto", "salam", "yel-yel", "agen-perubahan/kriteria", "kelompok/ketua", "pembiayaan"},
    "serang-25-2018": {"aktivasi/twibbon", "salam", "nilai-lokal", "monev/laporan", "agen-perubahan"},
    "banjarmasin-38-2016": {"aktivasi/twibbon", "nilai-lokal", "employer-branding", "agen-perubahan", "monev/laporan"},
}


@pytest.fixture(params=sorted(REGULATIONS))
def regulation(request):
    return REGULATIONS[request.param]


def test_every_topic_quotes_something_with_its_clause(regulation):
    for topic in topics_of(regulation).values():
        assert topic.heading
        assert topic.passages
        for passage in topic.passages:
            assert passage.text.strip()
            assert is_citation(passage.source), (topic.id, passage.source)


def test_topics_are_those_of_the_closed_list_and_of_the_values(regulation):
    values = {f"nilai/{value.slug}" for value in regulation.values}
    behaviours = {f"nilai/{value.slug}/{item.n}" for value in regulation.values for item in value.behaviours}
    assert set(topics_of(regulation)) <= set(labels().topics) | values | behaviours
    assert values | behaviours | {"nilai", "kelompok", "monev", "definisi", "dasar-hukum"} <= set(topics_of(regulation))


def test_a_regulation_has_the_topics_it_speaks_of_and_no_others(regulation):
    assert EXPECTED[regulation.id] <= set(topics_of(regulation))
    assert not ABSENT[regulation.id] & set(topics_of(regulation))


def test_texts_are_those_of_the_pack(regulation):
    value = regulation.values[0]
    topic = topic_of(regulation, f"nilai/{value.slug}/1")
    assert topic.passages[0].text == value.behaviours[0].text
    assert topic.behaviour is value.behaviours[0]
    assert topic.manifestations == value.manifestations


def test_akuntabel_means_something_else_in_each_family():
    meanings = {topic_of(REGULATIONS[name], "nilai/akuntabel").passages[0].text for name in REGULATIONS}
    assert len({meaning.replace("bertanggungjawab", "bertanggung jawab") for meaning in meanings}) == 3


def test_karanganyars_third_adaptif_keeps_both_wordings():
    (passage,) = topic_of(REGULATIONS["karanganyar-44-2023"], "nilai/adaptif/3").passages
    assert passage.text == "bertindak positif"
    assert [variant.text.lower() for variant in passage.variants] == ["bertindak proaktif"]


def test_only_karanganyar_names_the_penta_helix():
    named = {
        name
        for name, regulation in REGULATIONS.items()
        for topic in topics_of(regulation).values()
        for item in topic.manifestations
        if "penta helix" in item.text.lower()
    }
    assert named == {"karanganyar-44-2023"}


def test_a_chair_of_two_bodies_is_quoted_for_both():
    sources = {passage.source for passage in topic_of(REGULATIONS["serang-25-2018"], "kelompok/ketua").passages}
    assert any(source.startswith("Pasal 13 ayat (4)") for source in sources)
    assert any(source.startswith("Pasal 11 ayat (3)") for source in sources)


def test_a_motto_is_quoted_in_its_whole_sentence():
    (passage,) = topic_of(REGULATIONS["serang-25-2018"], "motto").passages
    assert "SIAP" in passage.text
    assert len(passage.text) > len("SIAP")


def test_a_sixth_regulation_has_topics_without_code():
    sixth = load_pack(NAME, pack_text())
    assert {"nilai", "nilai/tepat-janji", "nilai/tepat-janji/2"} <= set(topics_of(sixth))


def test_a_topic_that_is_absent_still_has_a_name():
    regulation = REGULATIONS["kupang-30-2025"]
    assert topic_of(regulation, "aktivasi/twibbon") is None
    assert topic_label(regulation, "aktivasi/twibbon") == "Twibbon"
    assert topic_label(regulation, "nilai/semangat-kerja") == "Semangat kerja"


def test_a_seat_without_holder_and_duties_is_still_said_to_exist():
    seat = topic_of(load_pack(NAME, pack_text()), "kelompok/ketua")
    assert [(passage.text, passage.source) for passage in seat.passages] == [("Ketua", "Pasal 5 ayat (3)")]
