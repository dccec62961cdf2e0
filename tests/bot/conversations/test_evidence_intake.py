"""What a message brings as data dukung."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.evidence_intake import MOST_ITEMS, clean, joined, take_links
from bot.conversations.reports.line import read_report_line
from content.regulation_loader import load_regulations
from storage.models import EvidenceKind
from storage.queries.evidence import Item

KARANGANYAR = load_regulations()["karanganyar-44-2023"]


@pytest.mark.parametrize(
    ("text", "rest", "links"),
    [
        ("SPJ https://example.org/a.", "SPJ", ("https://example.org/a",)),
        ("(lihat www.example.org/a)", "(lihat", ("https://www.example.org/a",)),
        ("HTTP://EXAMPLE.ORG/A http://b.example", "", ("HTTP://EXAMPLE.ORG/A", "http://b.example")),
        ("a https://example.org b https://example.org", "a b", ("https://example.org",)),
        ("tanpa tautan http://", "tanpa tautan http://", ()),
        ("javascript:alert(1) file:///etc", "javascript:alert(1) file:///etc", ()),
    ],
)
def test_links_are_taken_out_of_the_text(text, rest, links):
    assert take_links(text) == (rest, links)


def test_a_link_that_nobody_could_store_stays_text():
    link = "https://example.org/" + "a" * 600
    assert take_links(link) == (link, ())


def test_what_nobody_sees_and_a_database_refuses_is_left_out():
    assert clean("  a\x00b\x1b \t c\r\nd\ud800  ") == "ab c\nd"


def test_each_item_counts_once_up_to_the_limit():
    items = [Item(EvidenceKind.PHOTO, str(number)) for number in range(MOST_ITEMS + 5)]
    assert joined(items[:3], items[:3]) == tuple(items[:3])
    assert len(joined((), items)) == MOST_ITEMS


@given(st.text())
def test_no_line_is_too_strange_to_be_read(line):
    read = read_report_line(KARANGANYAR, line)
    assert read.text == read.text.strip()


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)
