import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import markup
from content.markup import Run

TEXTS = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<i>", "</i>", "<code>", "</code>", "&lt;", "&amp;", "<x>", "a", "\n", "😀", "<", ">"]
    )
).map("".join)


def test_runs_know_the_tags_around_them():
    assert markup.parse("<b>Nilai <i>hari</i></b> ini") == [
        Run("Nilai ", ("b",)),
        Run("hari", ("b", "i")),
        Run(" ini", ()),
    ]


def test_plain_text_decodes_entities_and_drops_tags():
    assert markup.plain_text("<b>A &amp; B</b> &lt;i&gt;") == "A & B <i>"


def test_length_counts_what_is_seen():
    assert markup.length("<b>&lt;😀</b>") == 2


def test_an_unknown_tag_is_text():
    assert markup.write(markup.parse("<u>x</u>")) == "&lt;u&gt;x&lt;/u&gt;"


def test_a_tag_left_open_is_closed():
    assert markup.write(markup.parse("<b>x<i>y")) == "<b>x<i>y</i></b>"


@pytest.mark.parametrize(
    "text",
    [
        "<b>Pasal 6</b>\n<blockquote>huruf <code>b</code> &amp; c</blockquote>",
        "<b>Pasal 6</b> <i>huruf b</i> &lt; c",
        "Pasal 6",
        "",
    ],
)
def test_well_formed_text_is_left_as_it_was(text):
    assert markup.well_formed(text) == markup.write(markup.parse(text)) == text


@given(TEXTS)
def test_well_formed_text_reads_as_it_did_and_every_tag_is_closed_in_order(text):
    formed = markup.well_formed(text)
    assert markup.write(markup.parse(formed)) == markup.write(markup.parse(text))
    assert closed_in_order(formed)


def closed_in_order(text: str) -> bool:
    open_tags = []
    for closing, name in re.findall(r"<(/?)(\w+)>", text):
        if not closing:
            open_tags.append(name)
        elif not open_tags or open_tags.pop() != name:
            return False
    return not open_tags and not re.search(r"<(?!/?\w+>)|&(?!amp;|lt;|gt;)", text)


def test_a_long_text_is_looked_at_once():
    assert markup.well_formed("<b>" + "a" * 100_000) == "<b>" + "a" * 100_000 + "</b>"


@given(TEXTS)
def test_writing_keeps_the_plain_text(text):
    assert markup.plain_text(markup.write(markup.parse(text))) == markup.plain_text(text)
