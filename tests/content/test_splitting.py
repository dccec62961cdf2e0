from hypothesis import given
from hypothesis import strategies as st

from content import markup
from content.message import Choice, Document, Message, Picture
from content.splitting import split_message

CHOICES = ((Choice("Sudah dibacakan", "reading.done:1"),),)


def test_a_short_message_stays_as_it_is():
    message = Message("<b>Selamat pagi</b>", CHOICES)
    assert split_message(message) == (message,)


def test_4096_visible_characters_are_one_message():
    assert len(split_message(Message("<b>" + "&amp;" * 4096 + "</b>"))) == 1


def test_parts_are_cut_between_paragraphs_and_numbered():
    message = Message("Satu satu satu.\n\nDua dua dua dua.\n\nTiga tiga tiga.", CHOICES)
    assert [part.text for part in split_message(message, limit=48)] == [
        "Satu satu satu.\n\nDua dua dua dua.\n\n(1/2)",
        "Tiga tiga tiga.\n\n(2/2)",
    ]


def test_without_paragraphs_the_cut_is_at_a_line_then_a_sentence_then_a_word():
    assert split_message(Message("satu dua tiga empat\nlima enam tujuh"), limit=33)[1].text.startswith("lima")
    assert split_message(Message("Satu dua tiga empat. Lima enam tujuh"), limit=33)[1].text.startswith("Lima")
    assert split_message(Message("satu dua tiga empat lima enam tujuh"), limit=33)[1].text.startswith("lima")


def test_choices_stand_under_the_last_part_only():
    parts = split_message(Message("kata " * 2000, CHOICES))
    assert [part.choices for part in parts] == [(), (), CHOICES]


def test_tags_are_closed_in_each_part():
    first, second = split_message(
        Message("<blockquote><b>" + "a" * 30 + "\n" + "b" * 20 + "</b></blockquote>"), limit=42
    )
    assert first.text == "<blockquote><b>" + "a" * 30 + "</b></blockquote>\n\n(1/2)"
    assert second.text == "<blockquote><b>" + "b" * 20 + "</b></blockquote>\n\n(2/2)"


def test_a_picture_goes_first_under_a_short_caption():
    picture = Picture("telegram", "file-1")
    parts = split_message(Message("kata " * 1200, CHOICES, picture=picture))
    assert [part.picture for part in parts] == [picture, None, None]
    assert markup.length(parts[0].text) <= 1024


def test_a_document_goes_first():
    document = Document("log.csv", b"a")
    parts = split_message(Message("kata " * 300, document=document))
    assert [part.document for part in parts] == [document, None]


def test_a_family_emoji_is_not_torn_apart():
    family = "👨‍👩‍👧"
    for part in split_message(Message(family * 50), limit=40):
        assert set(part.text.partition("\n")[0].replace(family, "")) == set()


def test_nothing_but_blanks_is_left_alone():
    message = Message(" " * 5000)
    assert split_message(message) == (message,)


@given(st.text(alphabet="ab <b></b>&\n.😀‍", max_size=600), st.integers(min_value=20, max_value=80))
def test_no_part_passes_its_limit_and_no_word_is_lost(text, limit):
    parts = split_message(Message(text), limit=limit)
    assert all(markup.length(part.text) <= limit for part in parts)
    if len(parts) > 1:
        whole = "".join(markup.plain_text(part.text).rpartition("\n\n(")[0] for part in parts)
        assert "".join(whole.split()) == "".join(markup.plain_text(text).split())
