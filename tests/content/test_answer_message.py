import pytest

from content.answer_message import (
    answer_message,
    examples_message,
    manifestations_message,
    topic_message,
    values_message,
)
from content.knowledge_base import Answer, Declined, Reason, Suggestions, find_answer
from content.markup import length
from content.regulation_loader import load_regulations
from content.rendering import render
from content.splitting import TEXT_LIMIT
from content.topics import topics_of

REGULATIONS = load_regulations()


def said(keyed):
    return render(*keyed)


def labels(message):
    return [choice.label for row in message.choices for choice in row]


@pytest.mark.parametrize("name", sorted(REGULATIONS))
def test_every_topic_and_page_fits_one_message_with_clause_and_name(name):
    regulation = REGULATIONS[name]
    for topic in topics_of(regulation).values():
        _, parameters = topic_message(regulation, topic.id)
        for page in range(1, parameters.get("turning", {"pages": 1})["pages"] + 1):
            message = said(topic_message(regulation, topic.id, page=page))
            assert length(message.text) <= TEXT_LIMIT, topic.id
            assert regulation.title in message.text
            assert "<blockquote>" in message.text
            assert all(len(choice.action.encode()) <= 64 for row in message.choices for choice in row)
            assert all(len(row) <= 3 for row in message.choices)


@pytest.mark.parametrize("name", sorted(REGULATIONS))
def test_the_pages_of_a_topic_quote_all_of_it_once(name):
    regulation = REGULATIONS[name]
    _, first = topic_message(regulation, "definisi", page=1)
    quoted = []
    for page in range(1, first["turning"]["pages"] + 1):
        quoted += [passage["text"] for passage in topic_message(regulation, "definisi", page=page)[1]["passages"]]
    assert quoted == [passage.text for passage in topics_of(regulation)["definisi"].passages]


def test_a_long_answer_opens_at_the_page_that_was_asked_for():
    regulation = REGULATIONS["serang-25-2018"]
    message = said(topic_message(regulation, "definisi", "apa yang dimaksud institusionalisasi"))
    assert "Institusionalisasi adalah" in message.text
    assert "‹ Sebelumnya" in labels(message)


def test_a_question_that_only_names_the_topic_opens_it_at_the_beginning():
    _, parameters = topic_message(REGULATIONS["karanganyar-44-2023"], "nilai-lokal", "apa itu BAEK?")
    assert parameters["turning"]["page"] == 1


def test_a_behaviour_shows_value_clause_variant_and_three_manifestations():
    regulation = REGULATIONS["tangerang-66-2023"]
    message = said(answer_message(regulation, Answer("nilai/akuntabel/2"), "laptop kantor untuk main game"))
    assert "<b>Akuntabel</b>" in message.text
    assert "<blockquote>menggunakan kekayaan dan barang milik Daerah" in message.text
    assert "Pasal 5 huruf b" in message.text
    assert "Bunyinya berbeda di Lampiran I" in message.text
    assert "milik negara" in message.text
    assert "menggunakan perangkat kerja milik kantor hanya untuk keperluan pekerjaan" in message.text
    assert "Semua perwujudan" in labels(message)


def test_a_value_shows_the_manifestations_nearest_to_the_question_and_a_button_to_all():
    regulation = REGULATIONS["karanganyar-44-2023"]
    message = said(answer_message(regulation, Answer("nilai/akuntabel"), "akuntabel, apa sikap kita terhadap KKN"))
    assert "Menolak KKN" in message.text
    assert message.text.count("kolom Perwujudan Perilaku") == 3
    assert "Semua perwujudan" in labels(message)
    assert "erwujudan" not in said(answer_message(REGULATIONS["kupang-30-2025"], Answer("nilai/akuntabel"))).text


def test_a_regulation_without_manifestations_lends_none():
    message = said(answer_message(REGULATIONS["kupang-30-2025"], Answer("nilai/akuntabel/2")))
    assert "erwujudan" not in message.text
    assert "Semua perwujudan" not in labels(message)


def test_terms_are_the_regulations_own():
    assert "Panduan Perilaku (kode etik)" in said(topic_message(REGULATIONS["kupang-30-2025"], "nilai/loyal")).text
    assert "Perilaku penting" in said(topic_message(REGULATIONS["serang-25-2018"], "nilai/integritas")).text


def test_only_what_is_near_enough_is_a_press_away():
    result = Answer("nilai/akuntabel/2", ("nilai/loyal/2", "nilai/harmonis/1"), ("nilai/loyal/2",))
    assert labels(said(answer_message(REGULATIONS["kupang-30-2025"], result))) == ["Lihat juga: Loyal 2"]


def test_an_example_is_not_shown_as_law():
    message = said(topic_message(REGULATIONS["tangerang-66-2023"], "aktivasi/twibbon"))
    assert "disebut sebagai contoh" in message.text


def test_a_decline_names_the_topic_and_gives_no_quotation():
    message = said(answer_message(REGULATIONS["kupang-30-2025"], Declined(Reason.NOT_REGULATED, "aktivasi/twibbon")))
    assert "<b>Twibbon</b> tidak diatur" in message.text
    assert "<blockquote>" not in message.text


@pytest.mark.parametrize(
    ("name", "question", "said_of", "button"),
    [
        ("banjarmasin-38-2016", "laporan monev", "Formulir dan batas waktu laporan monev", "Monitoring dan evaluasi"),
        ("banjarmasin-38-2016", "siapa penanggung jawab", "Kedudukan penanggung jawab", "Kelompok Budaya Kerja (KBK)"),
        ("serang-25-2018", "indikator maturitas", "Indikator maturitas", "Monitoring dan evaluasi"),
    ],
)
def test_only_what_is_truly_absent_is_called_so_and_the_wider_topic_is_a_press_away(name, question, said_of, button):
    message = said(answer_message(REGULATIONS[name], find_answer(REGULATIONS[name], question)))
    assert said_of in message.text
    assert "<blockquote>" not in message.text
    assert labels(message) == [f"Lihat juga: {button}"]


def test_a_value_that_the_regulation_lacks_leads_to_no_other():
    regulation = REGULATIONS["kupang-30-2025"]
    assert labels(said(answer_message(regulation, Declined(Reason.NOT_REGULATED, "nilai/integritas")))) == []


def test_a_did_you_mean_words_what_a_number_or_a_value_alone_does_not_tell():
    suggested = Suggestions(("nilai/akuntabel/3", "nilai/loyal", "motto"))
    message = said(answer_message(REGULATIONS["kupang-30-2025"], suggested))
    assert "\n• <b>Akuntabel 3</b>: Tidak menyalahgunakan kewenangan jabatan\n" in message.text
    assert "\n• <b>Loyal</b>: berdedikasi dan mengutamakan kepentingan Bangsa dan Negara\n" in message.text
    assert "\n• <b>Motto</b>\n" in message.text
    assert labels(message) == ["Akuntabel 3", "Loyal", "Motto"]


@pytest.mark.parametrize("name", sorted(REGULATIONS))
def test_whatever_is_suggested_fits_one_message(name):
    regulation = REGULATIONS[name]
    longest = sorted(topics_of(regulation), key=lambda topic: -len(topics_of(regulation)[topic].passages[0].text))
    values = [topic for topic in longest if topic.startswith("nilai/")]
    assert length(said(answer_message(regulation, Suggestions(tuple(values[:3])))).text) <= TEXT_LIMIT


def test_an_absent_part_is_not_called_not_regulated():
    regulation = REGULATIONS["serang-25-2018"]
    message = said(answer_message(regulation, find_answer(regulation, "kapan pasang twibbon")))
    assert "tidak tersedia" in message.text
    assert "Ini tidak berarti hal itu tidak diatur." in message.text


def test_all_manifestations_are_paged():
    regulation = REGULATIONS["karanganyar-44-2023"]
    value = regulation.value("kolaboratif")
    pages = manifestations_message(regulation, "kolaboratif")[1]["turning"]["pages"]
    texts = [said(manifestations_message(regulation, "kolaboratif", page)).text for page in range(1, pages + 1)]
    assert all(any(item.text in text for text in texts) for item in value.manifestations)


def test_examples_are_the_manifestations_or_the_truth_that_there_are_none():
    shown = said(examples_message(REGULATIONS["karanganyar-44-2023"], "nilai/akuntabel/2"))
    assert "Menolak KKN" in shown.text
    none = said(examples_message(REGULATIONS["serang-25-2018"], "nilai/akuntabel/2"))
    assert "naskah Peraturan Walikota Serang" in none.text
    assert "tidak memuat contoh untuk <b>Akuntabel 2</b>" in none.text
    assert "Dalam praktik: " in none.text
    assert "bukan bunyi peraturan" in none.text
    with pytest.raises(LookupError):
        examples_message(REGULATIONS["serang-25-2018"], "motto")


@pytest.mark.parametrize("slug", ["kolaboratif", "integritas"])
def test_manifestations_that_do_not_exist_are_a_lookup_error(slug):
    with pytest.raises(LookupError):
        manifestations_message(REGULATIONS["kupang-30-2025"], slug)


def test_a_topic_that_does_not_exist_is_a_lookup_error():
    with pytest.raises(LookupError):
        topic_message(REGULATIONS["kupang-30-2025"], "salam")


@pytest.mark.parametrize("name", sorted(REGULATIONS))
def test_the_values_have_meaning_clause_and_a_button_each(name):
    regulation = REGULATIONS[name]
    message = said(values_message(regulation))
    assert labels(message) == [value.name for value in regulation.values]
    assert all(f"{value.meaning}</blockquote>\n{value.source}" in message.text for value in regulation.values)


def test_an_absent_part_asked_for_by_its_name_is_named():
    regulation = REGULATIONS["serang-25-2018"]
    message = said(answer_message(regulation, find_answer(regulation, "isi lampiran")))
    assert "<b>Lampiran</b> tidak tersedia" in message.text
    assert "tidak berarti isinya tidak diatur" in message.text
