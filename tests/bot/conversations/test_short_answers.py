import pytest

from bot.conversations.short_answers import agrees, refuses, says_done, says_nothing


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


@pytest.mark.parametrize("text", ["ya", "Ya.", "iya pak", "Oke, setuju", "y", "ya sudah", "benar"])
def test_a_yes(text):
    assert agrees(text)
    assert not refuses(text)


@pytest.mark.parametrize("text", ["tidak", "Tidak usah.", "jangan dulu", "gak jadi pak", "belum"])
def test_a_no(text):
    assert refuses(text)
    assert not agrees(text)


@pytest.mark.parametrize("text", ["", "ya rapat besok", "tidak ada rapat besok", "kirim laporan", "baik hati", "2"])
def test_neither(text):
    assert not agrees(text)
    assert not refuses(text)
