import pytest

from bot.conversations.short_answers import says_done, says_nothing


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "--",
        "Lewati",
        "tidak",
        "Tidak ada.",
        "tdk ada kendala",
        "gak ada",
        "Belum ada",
        "nihil",
        "tidak ada  bukti",
    ],
)
def test_nothing_is_said(text):
    assert says_nothing(text)
    assert says_done(text)


@pytest.mark.parametrize("text", ["Selesai", "sudah", "cukup", "itu saja"])
def test_no_more_is_said(text):
    assert says_done(text)
    assert not says_nothing(text)


@pytest.mark.parametrize(
    "text", ["tidak ada sinyal", "listrik padam", "belum semua hadir", "sudah ditegur", "https://a.id"]
)
def test_something_is_said(text):
    assert not says_done(text)
